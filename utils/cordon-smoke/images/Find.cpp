//===- cordon-smoke/images/Find.cpp - finding images in files -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tells what a file is by its first bytes and takes the device images out of host files: the sections .nv_fatbin (CUDA's,
// and our own registration's) and .llvm.offloading (LLVM's OffloadBinary) of ELF objects and executables, and the members
// of archives.
//===----------------------------------------------------------------------===//
#include "Elf.h"
#include "Image.h"

using namespace cordon::smoke;

namespace {
constexpr uint32_t FatMagic = 0xba55ed50;

struct Finder {
  std::vector<ImagePart> &Out;
  std::string Error;
  unsigned Depth = 0;

  void add(ImageKind K, const std::string &Where, ByteView V) {
    Out.push_back({K, Where, std::vector<uint8_t>(V.Data, V.Data + V.Size)});
  }

  bool fail(const std::string &Where, const std::string &Message) {
    if (Error.empty())
      Error = (Where.empty() ? "" : Where + ": ") + Message;
    return false;
  }

  /// True unless the bytes are damaged; whether anything was found shows in Out.
  bool take(ByteView V, const std::string &Where) {
    // Containers in containers end somewhere.
    if (++Depth > 8)
      return fail(Where, "containers are nested too deeply");
    bool Ok = dispatch(V, Where);
    --Depth;
    return Ok;
  }

  bool dispatch(ByteView V, const std::string &Where) {
    if (isElf(V))
      return takeElf(V, Where);
    if (V.get<uint32_t>(0) == FatMagic && V.Size >= 4)
      return takeFatBinary(V, Where);
    if (V.startsWith("BC\xc0\xde", 4) || V.startsWith("\xde\xc0\x17\x0b", 4))
      return add(ImageKind::Bitcode, Where, V), true;
    if (V.startsWith("\x10\xff\x10\xad", 4))
      return takeOffloadBinaries(V, Where);
    if (V.startsWith("!<arch>\n", 8))
      return takeArchive(V, Where);
    if (V.startsWith("!<thin>\n", 8))
      return fail(Where, "a thin archive holds no files: pass its members");
    if (isPtx(V))
      return add(ImageKind::Ptx, Where, V), true;
    if (isTextualIr(V))
      return add(ImageKind::Bitcode, Where, V), true;
    return true;
  }

  bool takeElf(ByteView V, const std::string &Where) {
    ElfFile Elf;
    std::string Message = readElf(V, Elf);
    if (!Message.empty())
      return fail(Where, Message);
    if (Elf.Machine == MachineCuda)
      return add(ImageKind::Cubin, Where, V), true;
    std::string Prefix = Where.empty() ? "" : Where + ", ";
    for (const ElfSection &S : Elf.Sections) {
      bool Fat = S.Name == ".nv_fatbin" || S.Name == "__nv_relfatbin" || S.Name == ".hip_fatbin";
      if (Fat && S.Bytes.Size && !takeFatBinaries(S.Bytes, Prefix + "section " + S.Name))
        return false;
      if (S.Name == ".llvm.offloading" && S.Bytes.Size && !takeOffloadBinaries(S.Bytes, Prefix + "section " + S.Name))
        return false;
    }
    return true;
  }

  bool takeFatBinary(ByteView V, const std::string &Where) {
    size_t N = fatBinarySize(V.Data, V.Size);
    if (!N)
      return fail(Where, "the fat binary is cut off or damaged");
    return add(ImageKind::FatBinary, Where, V.slice(0, N)), true;
  }

  /// A section with several fat binaries, each aligned to 8 bytes, or with an image that stands without a container.
  bool takeFatBinaries(ByteView V, const std::string &Where) {
    size_t Before = Out.size();
    for (uint64_t At = 0; At < V.Size;) {
      ByteView Rest = V.slice(At, V.Size - At);
      if (Rest.get<uint32_t>(0) != FatMagic) {
        At += 8;
        continue;
      }
      size_t N = fatBinarySize(Rest.Data, Rest.Size);
      if (!N)
        return fail(Where, "the fat binary is cut off or damaged");
      add(ImageKind::FatBinary, Where + " at " + std::to_string(At), Rest.slice(0, N));
      At += (N + 7) / 8 * 8;
    }
    return Out.size() != Before || take(V, Where);
  }

  /// One or more OffloadBinary: u8 magic[4], u32 version, u64 size, u64 entry offset, u64 entry size; an entry is u16
  /// image kind, u16 offload kind, u32 flags, u64 string offset, u64 strings, u64 image offset, u64 image size. Version 2
  /// has an entry count in place of the entry's size (llvm/Object/OffloadBinary.h).
  bool takeOffloadBinaries(ByteView V, const std::string &Where) {
    for (uint64_t At = 0; At < V.Size;) {
      ByteView Rest = V.slice(At, V.Size - At);
      if (!Rest.startsWith("\x10\xff\x10\xad", 4)) {
        At += 8;
        continue;
      }
      uint32_t Version = Rest.get<uint32_t>(4);
      uint64_t Size = Rest.get<uint64_t>(8), Entries = Rest.get<uint64_t>(16);
      uint64_t Count = Version >= 2 ? Rest.get<uint64_t>(24) : 1;
      if (Size < 32 || !Rest.has(0, Size) || Count > Size / 40)
        return fail(Where, "the offload binary is cut off or damaged");
      ByteView Binary = Rest.slice(0, Size);
      for (uint64_t I = 0; I < Count; ++I) {
        ByteView Entry = Binary.slice(Entries + I * 40, 40);
        uint64_t Offset = Entry.get<uint64_t>(24), Bytes = Entry.get<uint64_t>(32);
        if (!Entry.Size || !Binary.has(Offset, Bytes))
          return fail(Where, "the offload binary is cut off or damaged");
        if (Bytes && !take(Binary.slice(Offset, Bytes), Where + " at " + std::to_string(At)))
          return false;
      }
      At += (Size + 7) / 8 * 8;
    }
    return true;
  }

  /// The members of a System V archive; names are for messages only.
  bool takeArchive(ByteView V, const std::string &Where) {
    for (uint64_t At = 8; At + 60 <= V.Size;) {
      ByteView Header = V.slice(At, 60);
      uint64_t Size = 0;
      for (unsigned I = 48; I < 58 && Header.Data[I] >= '0' && Header.Data[I] <= '9'; ++I)
        Size = Size * 10 + (Header.Data[I] - '0');
      if (Header.Data[58] != '`' || !V.has(At + 60, Size))
        return fail(Where, "the archive is cut off or damaged");
      std::string Name(reinterpret_cast<const char *>(Header.Data), 16);
      Name.resize(Name.find_last_not_of(" /") == std::string::npos ? 0 : Name.find_last_not_of(" /") + 1);
      if (Size && !take(V.slice(At + 60, Size), "member '" + Name + "'"))
        return false;
      At += 60 + Size + (Size & 1);
    }
    return true;
  }

  /// Whether the first token behind blanks and comments is \p Word.
  static size_t skipComments(ByteView V, char Comment) {
    size_t At = 0;
    for (;;) {
      while (At < V.Size && (V.Data[At] == ' ' || V.Data[At] == '\t' || V.Data[At] == '\r' || V.Data[At] == '\n'))
        ++At;
      bool Line = Comment == ';' ? V.get<char>(At) == ';' : V.get<char>(At) == '/' && V.get<char>(At + 1) == '/';
      if (Line) {
        while (At < V.Size && V.Data[At] != '\n')
          ++At;
      } else if (Comment == '/' && V.get<char>(At) == '/' && V.get<char>(At + 1) == '*') {
        while (At < V.Size && !(V.Data[At] == '*' && V.get<char>(At + 1) == '/'))
          ++At;
        At += 2;
      } else {
        return At;
      }
    }
  }

  static bool isPtx(ByteView V) {
    size_t At = skipComments(V, '/');
    return At < V.Size && V.slice(At, V.Size - At).startsWith(".version", 8);
  }

  /// Textual LLVM IR, which the CPU backend's LLVM reads as well.
  static bool isTextualIr(ByteView V) {
    size_t At = skipComments(V, ';');
    if (At >= V.Size)
      return false;
    ByteView Rest = V.slice(At, V.Size - At);
    for (const char *Word : {"target ", "source_filename", "define ", "declare ", "@", "%", "module asm", "$"})
      if (Rest.startsWith(Word, std::strlen(Word)))
        return true;
    return false;
  }
};
} // namespace

const char *cordon::smoke::nameOf(ImageKind K) {
  switch (K) {
  case ImageKind::Ptx:
    return "PTX";
  case ImageKind::Cubin:
    return "cubin";
  case ImageKind::FatBinary:
    return "fat binary";
  case ImageKind::Bitcode:
    return "LLVM bitcode";
  }
  return "";
}

std::string cordon::smoke::findImages(const std::vector<uint8_t> &Data, const std::string &Path,
                                      std::vector<ImagePart> &Out) {
  size_t Before = Out.size();
  Finder F{Out, ""};
  if (!F.take({Data.data(), Data.size()}, ""))
    return "'" + Path + "': " + F.Error;
  if (Out.size() == Before)
    return "'" + Path +
           "' holds no device image (PTX, cubin, fat binary, LLVM bitcode, or a host file with .nv_fatbin or "
           ".llvm.offloading)";
  return "";
}

std::string cordon::smoke::describeImage(const ImagePart &Part, ImageInfo &Out) {
  Out.Kind = Part.Kind;
  Out.Where = Part.Where;
  switch (Part.Kind) {
  case ImageKind::Ptx:
    return describePtx(reinterpret_cast<const char *>(Part.Bytes.data()), Part.Bytes.size(), Out);
  case ImageKind::Cubin:
    return describeCubin(Part.Bytes.data(), Part.Bytes.size(), Out);
  case ImageKind::FatBinary:
    return describeFatBinary(Part.Bytes.data(), Part.Bytes.size(), Out);
  case ImageKind::Bitcode:
    return "";
  }
  return "";
}
