//===- cordon-smoke/images/Elf.cpp - a careful ELF reader -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Offsets are those of Elf64_Ehdr, Elf64_Shdr and Elf64_Sym in the System V ABI's generic part.
//===----------------------------------------------------------------------===//
#include "Elf.h"

#include <algorithm>

using namespace cordon::smoke;

namespace {
constexpr uint32_t TypeSymbols = 2, TypeNoBits = 8;
constexpr uint64_t HeaderSize = 64, SectionHeaderSize = 64, SymbolSize = 24;
} // namespace

bool cordon::smoke::isElf(ByteView File) { return File.startsWith("\x7f" "ELF", 4); }

std::string cordon::smoke::readElf(ByteView File, ElfFile &Out) {
  if (!isElf(File) || File.Size < HeaderSize)
    return "the ELF header is cut off";
  if (File.Data[4] != 2 || File.Data[5] != 1)
    return "only 64-bit little-endian ELF files are read";
  Out.AbiVersion = File.Data[8];
  Out.Machine = File.get<uint16_t>(18);
  Out.Flags = File.get<uint32_t>(48);
  uint64_t Table = File.get<uint64_t>(40);
  uint64_t Count = File.get<uint16_t>(60), Names = File.get<uint16_t>(62);
  if (!Table)
    return "";
  if (File.get<uint16_t>(58) != SectionHeaderSize)
    return "the ELF file's section headers have an unknown size";
  // More sections than fit into 16 bits: the first header has the numbers.
  if (Count == 0)
    Count = File.slice(Table, SectionHeaderSize).get<uint64_t>(32);
  if (Names == 0xffff)
    Names = File.slice(Table, SectionHeaderSize).get<uint32_t>(40);
  if (Count > File.Size / SectionHeaderSize || !File.has(Table, Count * SectionHeaderSize))
    return "the ELF file is cut off: its section headers lie outside";
  std::vector<uint32_t> NameOffsets;
  for (uint64_t I = 0; I < Count; ++I) {
    ByteView H = File.slice(Table + I * SectionHeaderSize, SectionHeaderSize);
    ElfSection S;
    NameOffsets.push_back(H.get<uint32_t>(0));
    S.Type = H.get<uint32_t>(4);
    S.Size = H.get<uint64_t>(32);
    S.Link = H.get<uint32_t>(40);
    S.Info = H.get<uint32_t>(44);
    uint64_t Offset = H.get<uint64_t>(24);
    if (S.Type != TypeNoBits && S.Type != 0) {
      if (!File.has(Offset, S.Size))
        return "the ELF file is cut off: a section lies outside";
      S.Bytes = File.slice(Offset, S.Size);
    }
    Out.Sections.push_back(std::move(S));
  }
  if (Names < Out.Sections.size())
    for (uint64_t I = 0; I < Count; ++I)
      Out.Sections[I].Name = Out.Sections[Names].Bytes.text(NameOffsets[I]);
  for (const ElfSection &S : Out.Sections) {
    if (S.Type != TypeSymbols || S.Link >= Out.Sections.size())
      continue;
    ByteView Strings = Out.Sections[S.Link].Bytes;
    for (uint64_t At = 0; S.Bytes.has(At, SymbolSize); At += SymbolSize) {
      ElfSymbol Sym;
      Sym.Name = Strings.text(S.Bytes.get<uint32_t>(At));
      Sym.Type = S.Bytes.get<uint8_t>(At + 4) & 15;
      Sym.Other = S.Bytes.get<uint8_t>(At + 5);
      Sym.Section = S.Bytes.get<uint16_t>(At + 6);
      Sym.Value = S.Bytes.get<uint64_t>(At + 8);
      Sym.Size = S.Bytes.get<uint64_t>(At + 16);
      Out.Symbols.push_back(std::move(Sym));
    }
  }
  return "";
}

uint64_t cordon::smoke::elfSize(ByteView File) {
  ElfFile Elf;
  if (!readElf(File, Elf).empty())
    return 0;
  uint64_t End = HeaderSize;
  uint64_t Table = File.get<uint64_t>(40);
  if (Table)
    End = std::max(End, Table + Elf.Sections.size() * SectionHeaderSize);
  uint64_t Programs = File.get<uint64_t>(32);
  if (Programs && Programs < File.Size)
    End = std::max(End, Programs + uint64_t(File.get<uint16_t>(54)) * File.get<uint16_t>(56));
  for (const ElfSection &S : Elf.Sections)
    if (S.Bytes.Size)
      End = std::max<uint64_t>(End, S.Bytes.Data - File.Data + S.Bytes.Size);
  return std::min<uint64_t>(End, File.Size);
}
