//===- detect/HostSymbols.cpp - what host libraries define ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads symbol tables with LLVM's Object library: the dynamic symbols of shared objects, following DT_NEEDED, and the
// defined symbols of objects, bitcode and archive members. A versioned symbol counts under its plain name only where the
// linker would bind to it: `name@@V` (the default), not `name@V`, which is kept for old programs.
//===----------------------------------------------------------------------===//

#include "detect/Detect.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/Binary.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/SymbolicFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace llvm::object;

namespace cordon {
namespace {

/// Where a DT_NEEDED name is looked for: RUNPATH and RPATH of the library that needs it, its own folder, the system's.
std::string findNeeded(StringRef Name, ArrayRef<std::string> From) {
  SmallVector<std::string, 8> Folders(From.begin(), From.end());
  for (const char *System : {"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu",
                             "/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"})
    Folders.push_back(System);
  for (const std::string &Folder : Folders) {
    SmallString<128> Path(Folder);
    sys::path::append(Path, Name);
    if (sys::fs::exists(Path))
      return std::string(Path);
  }
  return "";
}

struct Dynamic {
  SmallVector<std::string, 8> Needed, RunPaths;
};

template <typename ELFT> Error readDynamic(const ELFObjectFile<ELFT> &Obj, StringRef Origin, Dynamic &Out) {
  const ELFFile<ELFT> &File = Obj.getELFFile();
  auto Entries = File.dynamicEntries();
  if (!Entries)
    return Entries.takeError();
  uint64_t StrTab = 0, StrSize = 0;
  for (const auto &E : *Entries) {
    if (E.getTag() == ELF::DT_STRTAB)
      StrTab = E.getPtr();
    else if (E.getTag() == ELF::DT_STRSZ)
      StrSize = E.getVal();
  }
  if (!StrTab)
    return Error::success();
  auto Mapped = File.toMappedAddr(StrTab);
  if (!Mapped)
    return Mapped.takeError();
  const char *End = reinterpret_cast<const char *>(File.base()) + File.getBufSize();
  StringRef Strings(reinterpret_cast<const char *>(*Mapped), 0);
  if (Strings.data() >= End)
    return Error::success();
  Strings = StringRef(Strings.data(), std::min<uint64_t>(StrSize, End - Strings.data()));
  for (const auto &E : *Entries) {
    if (E.getVal() >= Strings.size())
      continue;
    StringRef Text = Strings.drop_front(E.getVal()).take_until([](char C) { return C == 0; });
    if (E.getTag() == ELF::DT_NEEDED)
      Out.Needed.push_back(Text.str());
    else if (E.getTag() == ELF::DT_RUNPATH || E.getTag() == ELF::DT_RPATH)
      for (StringRef Path : split(Text, ':')) {
        std::string Full = Path.str();
        for (StringRef Macro : {"$ORIGIN", "${ORIGIN}"})
          if (size_t At = StringRef(Full).find(Macro); At != StringRef::npos)
            Full.replace(At, Macro.size(), Origin.str());
        Out.RunPaths.push_back(std::move(Full));
      }
  }
  return Error::success();
}

Error readDynamic(const ELFObjectFileBase &Obj, StringRef Origin, Dynamic &Out) {
  if (auto *O = dyn_cast<ELF64LEObjectFile>(&Obj))
    return readDynamic(*O, Origin, Out);
  if (auto *O = dyn_cast<ELF32LEObjectFile>(&Obj))
    return readDynamic(*O, Origin, Out);
  if (auto *O = dyn_cast<ELF64BEObjectFile>(&Obj))
    return readDynamic(*O, Origin, Out);
  return readDynamic(cast<ELF32BEObjectFile>(Obj), Origin, Out);
}

Error addSymbols(const SymbolicFile &File, StringSet<> &Names);

/// The dynamic symbols of a shared object, the symbol table of a relocatable one.
Error addELFSymbols(const ELFObjectFileBase &Obj, StringSet<> &Names) {
  const bool Shared = Obj.getEType() == ELF::ET_DYN;
  if (!Shared)
    return addSymbols(Obj, Names);
  std::vector<bool> Hidden; // by index: name@V, not bound to by new links
  if (Expected<std::vector<VersionEntry>> Versions = Obj.readDynsymVersions())
    for (const VersionEntry &V : *Versions)
      Hidden.push_back(!V.Name.empty() && !V.IsVerDef);
  else
    consumeError(Versions.takeError());
  size_t Index = 0;
  for (const ELFSymbolRef &S : Obj.getDynamicSymbolIterators()) {
    size_t At = Index++;
    Expected<uint32_t> Flags = S.getFlags();
    if (!Flags)
      return Flags.takeError();
    if ((*Flags & SymbolRef::SF_Undefined) || !(*Flags & SymbolRef::SF_Global) || (At < Hidden.size() && Hidden[At]))
      continue;
    Expected<StringRef> Name = S.getName();
    if (!Name)
      return Name.takeError();
    Names.insert(*Name);
  }
  return Error::success();
}

Error addSymbols(const SymbolicFile &File, StringSet<> &Names) {
  for (const BasicSymbolRef &S : File.symbols()) {
    Expected<uint32_t> Flags = S.getFlags();
    if (!Flags)
      return Flags.takeError();
    if ((*Flags & (BasicSymbolRef::SF_Undefined | BasicSymbolRef::SF_FormatSpecific)) ||
        !(*Flags & BasicSymbolRef::SF_Global))
      continue;
    std::string Name;
    raw_string_ostream OS(Name);
    if (Error E = S.printName(OS))
      return E;
    Names.insert(Name);
  }
  return Error::success();
}

} // namespace

std::string HostSymbols::addLibrary(StringRef File) { return addLibrary(File, /*Needed=*/false); }

std::string HostSymbols::addLibrary(StringRef File, bool Needed) {
  SmallString<128> Real;
  if (sys::fs::real_path(File, Real))
    Real = File;
  if (!Files.insert(Real).second)
    return "";
  auto Failed = [&](Error E) {
    std::string Why = toString(std::move(E));
    return Needed ? std::string() // a dependency that cannot be read defines nothing
                  : ("cannot read the host library '" + File + "': " + Why +
                     "; host-libs= takes shared objects, archives and objects")
                        .str();
  };
  Expected<OwningBinary<Binary>> Opened = createBinary(File);
  if (!Opened)
    return Failed(Opened.takeError());
  const Binary &Bin = *Opened->getBinary();
  if (auto *Obj = dyn_cast<ELFObjectFileBase>(&Bin)) {
    if (Error E = addELFSymbols(*Obj, Names))
      return Failed(std::move(E));
    if (Obj->getEType() != ELF::ET_DYN)
      return "";
    const std::string Origin = sys::path::parent_path(Real).str();
    Dynamic Dyn;
    if (Error E = readDynamic(*Obj, Origin, Dyn))
      return Failed(std::move(E));
    Dyn.RunPaths.push_back(Origin);
    for (const std::string &Name : Dyn.Needed)
      if (std::string Path = findNeeded(Name, Dyn.RunPaths); !Path.empty())
        addLibrary(Path, /*Needed=*/true);
    return "";
  }
  if (auto *Lib = dyn_cast<Archive>(&Bin)) {
    Error Iterating = Error::success();
    for (const Archive::Child &Child : Lib->children(Iterating)) {
      Expected<std::unique_ptr<Binary>> Member = Child.getAsBinary();
      if (!Member) { // an archive may hold other files too
        consumeError(Member.takeError());
        continue;
      }
      if (auto *Symbolic = dyn_cast<SymbolicFile>(Member->get()))
        if (Error E = addSymbols(*Symbolic, Names)) {
          consumeError(std::move(Iterating));
          return Failed(std::move(E));
        }
    }
    return Iterating ? Failed(std::move(Iterating)) : "";
  }
  if (auto *Symbolic = dyn_cast<SymbolicFile>(&Bin)) {
    if (Error E = addSymbols(*Symbolic, Names))
      return Failed(std::move(E));
    return "";
  }
  return Failed(createStringError("it has no symbol table"));
}

void HostSymbols::addBuffer(MemoryBufferRef Buffer) {
  Expected<std::unique_ptr<Binary>> Bin = createBinary(Buffer);
  if (!Bin)
    return consumeError(Bin.takeError());
  if (auto *Symbolic = dyn_cast<SymbolicFile>(Bin->get()))
    consumeError(addSymbols(*Symbolic, Names));
}

} // namespace cordon
