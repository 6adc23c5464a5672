//===- cordon-smoke/images/Cubin.cpp - what a cubin holds -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels, parameter layouts, registers and variables of a cubin, from its symbols and its .nv.info sections. NVIDIA
// documents neither; the attribute numbers are those that cuobjdump and readelf name (EIATTR_*), seen in files that
// ptxas of CUDA 13 wrote for sm_75 to sm_120.
//===----------------------------------------------------------------------===//
#include "Elf.h"
#include "Image.h"

#include <algorithm>
#include <map>

using namespace cordon::smoke;

namespace {
enum Attribute : uint8_t {
  MaxThreads = 0x05,      // three u32
  ReqThreads = 0x10,      // three u32
  FrameSize = 0x11,       // symbol, bytes
  ParamInfo = 0x17,       // u32 index, u16 ordinal, u16 offset, u32 with the size from bit 18 on
  ParamSize = 0x19,       // size of all parameters, in the value itself
  RegisterCount = 0x2f,   // symbol, registers
  ParamInfoLarge = 0x45   // u32 index, u32 ordinal (16), offset, size: parameters above 4 KiB
};

struct Reader {
  std::map<std::string, ImageKernel> Kernels;
  const ElfFile &Elf;

  explicit Reader(const ElfFile &E) : Elf(E) {}

  /// Walks an .nv.info section: u8 format, u8 attribute, u16 value or size, and for format 4 the payload.
  template <typename F> void walk(ByteView Info, F Handle) {
    for (uint64_t At = 0; Info.has(At, 4);) {
      uint8_t Format = Info.get<uint8_t>(At), Attr = Info.get<uint8_t>(At + 1);
      uint16_t Value = Info.get<uint16_t>(At + 2);
      At += 4;
      ByteView Payload;
      if (Format == 4) {
        if (!Info.has(At, Value))
          return;
        Payload = Info.slice(At, Value);
        At += Value;
      }
      Handle(Attr, Value, Payload);
    }
  }

  /// The global .nv.info names functions by symbol index.
  void readGlobal(ByteView Info) {
    walk(Info, [&](uint8_t Attr, uint16_t, ByteView P) {
      uint32_t Index = P.get<uint32_t>(0), Value = P.get<uint32_t>(4);
      if (P.Size < 8 || Index >= Elf.Symbols.size())
        return;
      auto It = Kernels.find(Elf.Symbols[Index].Name);
      if (It == Kernels.end())
        return;
      if (Attr == RegisterCount)
        It->second.Registers = Value;
      else if (Attr == FrameSize)
        It->second.LocalBytes = Value;
    });
  }

  void readKernel(ByteView Info, ImageKernel &K) {
    std::map<uint32_t, ImageKernel::Param> Params;
    K.ParamsKnown = true;
    walk(Info, [&](uint8_t Attr, uint16_t, ByteView P) {
      if (Attr == ParamInfo && P.Size >= 12)
        Params[P.get<uint16_t>(4)] = {P.get<uint16_t>(6), P.get<uint32_t>(8) >> 18};
      else if (Attr == ParamInfoLarge && P.Size >= 12)
        Params[P.get<uint16_t>(4)] = {P.get<uint16_t>(6), P.get<uint32_t>(P.Size - 4)};
      else if ((Attr == MaxThreads || Attr == ReqThreads) && P.Size >= 12)
        (Attr == MaxThreads ? K.MaxThreads : K.NeededThreads) = {P.get<uint32_t>(0), P.get<uint32_t>(4),
                                                                 P.get<uint32_t>(8)};
    });
    for (const auto &P : Params)
      K.Params.push_back(P.second);
  }
};

/// "sm_90a" from the header's flags. Since ABI version 8 the number stands in the second byte, before that in the first.
std::string archOf(const ElfFile &Elf) {
  bool New = Elf.AbiVersion >= 8;
  unsigned Number = New ? (Elf.Flags >> 8) & 0xff : Elf.Flags & 0xff;
  std::string Name = "sm_" + std::to_string(Number);
  // The letter of sm_90a and sm_100f stands in the note with ptxas' command line alone.
  if (const ElfSection *Note = Elf.find(".note.nv.tkinfo")) {
    std::string Text(Note->Bytes.Data, Note->Bytes.Data + Note->Bytes.Size);
    size_t At = Text.find("-arch " + Name);
    char Letter = At == std::string::npos || At + 6 + Name.size() >= Text.size() ? ' ' : Text[At + 6 + Name.size()];
    if (Letter == 'a' || Letter == 'f')
      Name += Letter;
  }
  return Name;
}
} // namespace

std::string cordon::smoke::describeCubin(const uint8_t *Data, size_t Size, ImageInfo &Out) {
  ElfFile Elf;
  std::string Error = readElf({Data, Size}, Elf);
  if (!Error.empty())
    return Error;
  if (Elf.Machine != MachineCuda)
    return "this ELF file is no cubin: its machine is " + std::to_string(Elf.Machine);
  Out.Arch = archOf(Elf);
  unsigned Sm = Elf.AbiVersion >= 8 ? (Elf.Flags >> 8) & 0xff : Elf.Flags & 0xff;
  Reader R(Elf);
  for (const ElfSymbol &S : Elf.Symbols) {
    // A function with STO_CUDA_ENTRY is a kernel.
    if (S.Type == 2 && (S.Other & 0x10) && S.Section) {
      R.Kernels[S.Name].Name = S.Name;
      continue;
    }
    if (S.Type != 1 || S.Section == 0 || S.Section >= Elf.Sections.size())
      continue;
    const std::string &Home = Elf.Sections[S.Section].Name;
    const char *Space = Home.compare(0, 10, ".nv.global") == 0    ? "global"
                        : Home == ".nv.constant3"                  ? "constant"
                        : Home.compare(0, 10, ".nv.shared") == 0   ? "shared"
                                                                   : nullptr;
    if (Space)
      Out.Variables.push_back({S.Name, Space, S.Size});
  }
  for (auto &K : R.Kernels) {
    if (const ElfSection *Info = Elf.find(".nv.info." + K.first))
      R.readKernel(Info->Bytes, K.second);
    const ElfSection *Shared = Elf.find(".nv.shared." + K.first);
    uint64_t Bytes = Shared ? Shared->Size : 0;
    // From sm_90 on, the section's first KiB is the system's.
    if (Sm >= 90 && Bytes >= 1024)
      Bytes -= 1024;
    K.second.SharedBytes = static_cast<int64_t>(Bytes);
  }
  if (const ElfSection *Info = Elf.find(".nv.info"))
    R.readGlobal(Info->Bytes);
  for (auto &K : R.Kernels)
    Out.Kernels.push_back(std::move(K.second));
  std::sort(Out.Variables.begin(), Out.Variables.end(),
            [](const ImageVariable &A, const ImageVariable &B) { return A.Name < B.Name; });
  return "";
}
