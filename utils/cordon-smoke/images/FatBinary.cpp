//===- cordon-smoke/images/FatBinary.cpp - what a fat binary holds --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A fat binary is a 16-byte header and entries, each with a header of its own that tells kind, architecture and
// compression. NVIDIA does not document the layout; it is what `fatbinary` of CUDA 13 writes. LZ4 entries are unpacked
// here, zstd ones with the system's libzstd where there is one; what cannot be unpacked is listed by its header.
//===----------------------------------------------------------------------===//
#include "Elf.h"
#include "Image.h"

#include <dlfcn.h>

using namespace cordon::smoke;

namespace {
constexpr uint32_t Magic = 0xba55ed50;
constexpr uint64_t FlagLz4 = 0x2000, FlagZstd = 0x8000;

/// One LZ4 block (lz4_Block_format.md). False if it is malformed or has another size.
bool unpackLz4(ByteView In, std::vector<uint8_t> &Out, size_t Size) {
  size_t At = 0;
  auto Length = [&](size_t N) -> size_t {
    if (N == 15) {
      uint8_t B = 255;
      while (B == 255 && In.read(At, B)) {
        ++At;
        N += B;
      }
    }
    return N;
  };
  while (At < In.Size) {
    uint8_t Token = In.Data[At++];
    size_t Literals = Length(Token >> 4);
    if (!In.has(At, Literals) || Literals > Size - Out.size())
      return false;
    Out.insert(Out.end(), In.Data + At, In.Data + At + Literals);
    At += Literals;
    if (At == In.Size || Out.size() == Size)
      break;
    uint16_t Back = 0;
    if (!In.read(At, Back) || !Back || Back > Out.size())
      return false;
    At += 2;
    size_t Match = Length(Token & 15) + 4;
    if (Match > Size - Out.size())
      return false;
    for (; Match; --Match)
      Out.push_back(Out[Out.size() - Back]);
  }
  return Out.size() == Size;
}

/// Uses the system's libzstd, so that nothing has to be linked. False if there is none, or the data is malformed.
bool unpackZstd(ByteView In, std::vector<uint8_t> &Out, size_t Size) {
  static void *Library = dlopen("libzstd.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!Library)
    return false;
  using Function = size_t (*)(void *, size_t, const void *, size_t);
  auto Decompress = reinterpret_cast<Function>(dlsym(Library, "ZSTD_decompress"));
  if (!Decompress)
    return false;
  Out.resize(Size);
  return Decompress(Out.data(), Size, In.Data, In.Size) == Size;
}

void describeEntry(ByteView Header, ByteView Body, ImageInfo &Out) {
  uint16_t Kind = Header.get<uint16_t>(0);
  uint64_t Packed = Header.get<uint32_t>(16), Flags = Header.get<uint64_t>(40), Full = Header.get<uint64_t>(56);
  uint32_t Sm = Header.get<uint32_t>(28);
  Out.Kind = Kind == 1 ? ImageKind::Ptx : ImageKind::Cubin;
  Out.Arch = "sm_" + std::to_string(Sm);
  if (Kind != 1 && Kind != 2) {
    Out.Note = "an entry of kind " + std::to_string(Kind) + ", which is not read";
    return;
  }
  std::vector<uint8_t> Unpacked;
  const char *Method = Flags & FlagLz4 ? "LZ4" : Flags & FlagZstd ? "zstd" : nullptr;
  if (Method) {
    // No image is as large as this; a header that says so is damaged.
    bool Ok = Full && Full <= (uint64_t(1) << 30) && Packed && Packed <= Body.Size;
    Body = Body.slice(0, Packed);
    Ok = Ok && (Flags & FlagLz4 ? unpackLz4(Body, Unpacked, Full) : unpackZstd(Body, Unpacked, Full));
    if (!Ok) {
      Out.Note = std::string("compressed (") + Method + ", " + std::to_string(Packed) + " bytes): not unpacked";
      return;
    }
    Body = {Unpacked.data(), Unpacked.size()};
  }
  std::string Error = Kind == 1 ? describePtx(reinterpret_cast<const char *>(Body.Data), Body.Size, Out)
                                : describeCubin(Body.Data, Body.Size, Out);
  if (!Error.empty())
    Out.Note = "damaged: " + Error;
  else if (Method)
    Out.Note = std::string("compressed (") + Method + ")";
}
} // namespace

size_t cordon::smoke::fatBinarySize(const uint8_t *Data, size_t Size) {
  ByteView V{Data, Size};
  if (Size < 16 || V.get<uint32_t>(0) != Magic)
    return 0;
  uint64_t Header = V.get<uint16_t>(6), Body = V.get<uint64_t>(8);
  return Header >= 16 && Header <= Size && Body <= Size - Header ? Header + Body : 0;
}

std::string cordon::smoke::describeFatBinary(const uint8_t *Data, size_t Size, ImageInfo &Out) {
  ByteView V{Data, Size};
  uint64_t End = fatBinarySize(Data, Size);
  if (!End)
    return "the fat binary is cut off: its header says " + std::to_string(V.get<uint64_t>(8)) + " bytes, and there are " +
           std::to_string(Size < 16 ? 0 : Size - 16);
  for (uint64_t At = V.get<uint16_t>(6); At < End;) {
    uint32_t Header = V.get<uint32_t>(At + 4);
    uint64_t Body = V.get<uint64_t>(At + 8);
    if (Header < 64 || Header > End - At || Body > End - At - Header)
      return "the fat binary is damaged: entry " + std::to_string(Out.Entries.size()) + " does not fit into it";
    ImageInfo Entry;
    Entry.Where = "entry " + std::to_string(Out.Entries.size());
    describeEntry(V.slice(At, Header), V.slice(At + Header, Body), Entry);
    Out.Entries.push_back(std::move(Entry));
    At += Header + Body;
  }
  return Out.Entries.empty() ? "the fat binary has no entries" : "";
}
