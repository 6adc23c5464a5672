//===- cordon-smoke/images/Elf.h - a careful ELF reader ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sections and symbols of 64-bit little-endian ELF files, which cubins and the supported hosts' objects are. Whatever lies
// outside the file's bytes makes the read fail with a message.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_IMAGES_ELF_H
#define CORDON_SMOKE_IMAGES_ELF_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace cordon::smoke {

/// Bytes with checked reads.
struct ByteView {
  const uint8_t *Data = nullptr;
  size_t Size = 0;

  bool has(uint64_t At, uint64_t N) const { return At <= Size && N <= Size - At; }
  /// False, and \p Out untouched, if it lies outside.
  template <typename T> bool read(uint64_t At, T &Out) const {
    if (!has(At, sizeof(T)))
      return false;
    std::memcpy(&Out, Data + At, sizeof(T));
    return true;
  }
  /// As read, but 0 outside.
  template <typename T> T get(uint64_t At) const {
    T Out{};
    read(At, Out);
    return Out;
  }
  /// Empty if any part lies outside.
  ByteView slice(uint64_t At, uint64_t N) const { return has(At, N) ? ByteView{Data + At, size_t(N)} : ByteView(); }
  /// The text at \p At up to its NUL, or up to the end.
  std::string text(uint64_t At) const {
    if (At >= Size)
      return "";
    return std::string(reinterpret_cast<const char *>(Data + At),
                       strnlen(reinterpret_cast<const char *>(Data + At), Size - At));
  }
  bool startsWith(const char *Magic, size_t N) const { return Size >= N && std::memcmp(Data, Magic, N) == 0; }
};

struct ElfSection {
  std::string Name;
  uint32_t Type = 0, Link = 0, Info = 0;
  uint64_t Size = 0; ///< also of sections without bytes
  ByteView Bytes;    ///< empty for SHT_NOBITS
};

struct ElfSymbol {
  std::string Name;
  uint8_t Type = 0, Other = 0;
  uint16_t Section = 0;
  uint64_t Value = 0, Size = 0;
};

struct ElfFile {
  uint16_t Machine = 0;
  uint8_t AbiVersion = 0;
  uint32_t Flags = 0;
  std::vector<ElfSection> Sections;
  std::vector<ElfSymbol> Symbols;
  const ElfSection *find(const std::string &Name) const {
    for (const ElfSection &S : Sections)
      if (S.Name == Name)
        return &S;
    return nullptr;
  }
};

constexpr uint16_t MachineCuda = 190; // EM_CUDA

bool isElf(ByteView File);
/// Returns an error text, or an empty one.
std::string readElf(ByteView File, ElfFile &Out);
/// How many bytes the ELF file at the start of \p File has, by its headers; 0 if they are wrong.
uint64_t elfSize(ByteView File);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_IMAGES_ELF_H
