//===- cordon-smoke/Memory.h - the bytes that a spec stands for -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes buffers and parameter bytes from specs: fills, struct layout, and the places where a buffer's device address is
// to be written once it is known.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_MEMORY_H
#define CORDON_SMOKE_MEMORY_H

#include "Spec.h"
#include <map>

namespace cordon::smoke {

/// A buffer of elements on the device, and what the host knows of it.
struct Buffer {
  std::string Path; ///< "2", "1.0", a buffer's or a variable's name: how checks name it
  ScalarType Type = ScalarType::I32;
  uint64_t Count = 0;
  std::vector<uint8_t> Initial; ///< as the spec fills it
  std::vector<uint8_t> Before;  ///< as it was when the last launch started
  std::vector<uint8_t> After;   ///< as it was when the last launch ended
  uint64_t Address = 0;         ///< on the device; 0: not yet there
  bool IsVariable = false;      ///< memory of the image: not ours to release
  uint64_t bytes() const { return Count * sizeOf(Type); }
  /// "arg2", "arg1.0", or the name.
  std::string shown() const { return shownName(Path); }
  static std::string shownName(const std::string &Path) {
    return !Path.empty() && Path[0] >= '0' && Path[0] <= '9' ? "arg" + Path : Path;
  }
};

/// One parameter: its bytes, with holes for the addresses of buffers.
struct Argument {
  std::vector<uint8_t> Bytes;
  struct Pointer {
    uint64_t Offset;
    std::shared_ptr<Buffer> To;
  };
  std::vector<Pointer> Pointers;
  /// Writes the addresses; all buffers have one by now.
  void patch();
};

/// A scalar of an argument, by the name that expressions use.
struct ScalarValue {
  ScalarType Type;
  uint8_t Bytes[8];
};

using NamedBuffers = std::map<std::string, std::shared_ptr<Buffer>>;

/// Everything that the arguments of one launch stand for.
struct Arguments {
  std::vector<Argument> List;
  std::vector<std::shared_ptr<Buffer>> Buffers; ///< in order of appearance, named ones included
  std::map<std::string, ScalarValue> Scalars;   ///< "0", "1.2"
  NamedBuffers Arrays;                          ///< by value, for expressions: "0.1"
};

/// Makes a buffer's elements. \p Folder is where relative files are. Returns an error text, or an empty one.
std::string fillElements(const Spec &S, const std::string &Folder, std::vector<uint8_t> &Out);

/// Adds argument number List.size(). \p Error has the offset in the spec's text.
bool addArgument(const Spec &S, const NamedBuffers &Named, const std::string &Folder, Arguments &Out, TextError &Error);

/// Reads a whole file. Returns an error text, or an empty one.
std::string readFile(const std::string &Path, std::vector<uint8_t> &Out);
/// Writes a whole file, under a temporary name first. Returns an error text, or an empty one.
std::string writeFile(const std::string &Path, const void *Data, size_t Size);
/// \p Path as it is if absolute, else below \p Folder.
std::string joinPath(const std::string &Folder, const std::string &Path);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_MEMORY_H
