//===- cordon-smoke/images/Image.h - what an image file holds ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds device images in files (PTX, cubins, fat binaries, LLVM bitcode, and host objects, executables and archives that
// carry them) and says what is inside, without a driver and without LLVM. Every reader checks every offset against the
// bytes that are there: files may be truncated or hostile.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_IMAGES_IMAGE_H
#define CORDON_SMOKE_IMAGES_IMAGE_H

#include <cstdint>
#include <string>
#include <vector>

namespace cordon::smoke {

enum class ImageKind : uint8_t { Ptx, Cubin, FatBinary, Bitcode };
const char *nameOf(ImageKind K);

/// A kernel as an image describes it; -1 and empty mean that the image does not say.
struct ImageKernel {
  std::string Name; ///< the device name
  struct Param {
    uint64_t Offset, Size;
  };
  std::vector<Param> Params;
  bool ParamsKnown = false;
  int64_t Registers = -1, SharedBytes = -1, LocalBytes = -1;
  std::vector<uint32_t> MaxThreads, NeededThreads; ///< .maxntid, .reqntid
};

struct ImageVariable {
  std::string Name, Space; ///< "global", "constant", "shared"
  uint64_t Size = 0;
};

/// One image, or one entry of a fat binary.
struct ImageInfo {
  ImageKind Kind = ImageKind::Ptx;
  std::string Where;   ///< "section .nv_fatbin", "entry 1", or empty for a whole file
  std::string Arch;    ///< "sm_90a", or empty
  std::string Version; ///< "PTX 8.7", or empty
  std::string Note;    ///< why there is no more, such as "compressed"
  std::vector<ImageKernel> Kernels;
  std::vector<ImageVariable> Variables;
  std::vector<ImageInfo> Entries; ///< of a fat binary
};

/// An image within a file's bytes.
struct ImagePart {
  ImageKind Kind = ImageKind::Ptx;
  std::string Where;
  std::vector<uint8_t> Bytes;
};

/// Finds the images of a file. Returns an error text, or an empty one; a file without any image is an error.
std::string findImages(const std::vector<uint8_t> &Data, const std::string &Path, std::vector<ImagePart> &Out);

/// Reads what one image says of itself. Returns an error text, or an empty one. Bitcode has only its kind.
std::string describeImage(const ImagePart &Part, ImageInfo &Out);

/// Calls \p F for an image and all its entries.
template <typename Function> void forEachImage(const ImageInfo &I, Function F) {
  F(I);
  for (const ImageInfo &E : I.Entries)
    forEachImage(E, F);
}

// The readers of single formats.
std::string describePtx(const char *Text, size_t Size, ImageInfo &Out);
std::string describeCubin(const uint8_t *Data, size_t Size, ImageInfo &Out);
std::string describeFatBinary(const uint8_t *Data, size_t Size, ImageInfo &Out);
/// The size of the fat binary that starts here, header included; 0 if none does, or if it is cut off.
size_t fatBinarySize(const uint8_t *Data, size_t Size);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_IMAGES_IMAGE_H
