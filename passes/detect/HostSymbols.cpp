//===- detect/HostSymbols.cpp - what host libraries define ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads symbol tables with LLVM's Object library: the dynamic symbols of shared objects, following DT_NEEDED, and the
// defined symbols of objects, bitcode and archive members. A linker script (libc.so often is one) stands for its files. A
// versioned symbol counts under its plain name only where the linker would bind to it: `name@@V` (the default), not
// `name@V`, which is kept for old programs.
//===----------------------------------------------------------------------===//

#include "detect/Detect.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/Binary.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/SymbolicFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace llvm::object;

namespace cordon {
namespace {

/// The system's folders: the usual ones, and those of /etc/ld.so.conf.d.
const std::vector<std::string> &systemFolders() {
  static const std::vector<std::string> Folders = [] {
    std::vector<std::string> Found = {"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu",
                                      "/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib",
                                      "/usr/local/lib"};
    std::error_code EC;
    std::vector<std::string> Files;
    for (sys::fs::directory_iterator I("/etc/ld.so.conf.d", EC), End; !EC && I != End; I.increment(EC))
      if (StringRef(I->path()).ends_with(".conf"))
        Files.push_back(I->path());
    llvm::sort(Files);
    for (const std::string &File : Files)
      if (auto Buffer = MemoryBuffer::getFile(File, /*IsText=*/true))
        for (line_iterator Line(**Buffer, /*SkipBlanks=*/true, '#'); !Line.is_at_end(); ++Line)
          if (sys::path::is_absolute(Line->trim()))
            Found.push_back(Line->trim().str());
    return Found;
  }();
  return Folders;
}

std::string findIn(StringRef Name, ArrayRef<std::string> Folders) {
  for (const std::string &Folder : Folders) {
    SmallString<128> Path(Folder);
    sys::path::append(Path, Name);
    if (sys::fs::exists(Path))
      return std::string(Path);
  }
  return "";
}

/// Where a DT_NEEDED name is looked for: RUNPATH and RPATH of the library that needs it, its own folder, the system's.
std::string findNeeded(StringRef Name, ArrayRef<std::string> From) {
  if (Name.contains('/'))
    return sys::fs::exists(Name) ? Name.str() : "";
  std::string Found = findIn(Name, From);
  return Found.empty() ? findIn(Name, systemFolders()) : Found;
}

/// The next word of a linker script; a parenthesis is one.
StringRef nextWord(StringRef &Text) {
  for (Text = Text.ltrim(" \t\r\n,;"); Text.consume_front("/*"); Text = Text.ltrim(" \t\r\n,;")) {
    size_t End = Text.find("*/");
    Text = End == StringRef::npos ? StringRef() : Text.drop_front(End + 2);
  }
  size_t Length = StringRef("()").contains(Text.empty() ? ' ' : Text[0]) ? 1 : Text.find_first_of(" \t\r\n,;()");
  StringRef Word = Text.take_front(Length);
  Text = Text.drop_front(Word.size());
  return Word.trim('"');
}

bool isLinkerScript(StringRef Text) {
  StringRef Word = nextWord(Text);
  return Word == "GROUP" || Word == "INPUT" || Word == "OUTPUT_FORMAT" || Word == "SEARCH_DIR";
}

/// A file of INPUT or GROUP: a path, `-lNAME`, or a name in one of \p Folders.
std::string findScriptInput(StringRef Word, ArrayRef<std::string> Folders) {
  Word.consume_front("="); // the system root
  if (sys::path::is_absolute(Word))
    return sys::fs::exists(Word) ? Word.str() : "";
  if (!Word.consume_front("-l"))
    return findIn(Word, Folders);
  std::string Shared = findIn(("lib" + Word + ".so").str(), Folders);
  return Shared.empty() ? findIn(("lib" + Word + ".a").str(), Folders) : Shared;
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
  Error E = addFile(File);
  std::string Why = toString(std::move(E));
  if (Why.empty() || Needed) // a dependency that cannot be read defines nothing
    return "";
  return ("cannot read the host library '" + File + "': " + Why + "; host-libs= takes shared objects, archives and objects")
      .str();
}

Error HostSymbols::addFile(StringRef File) {
  auto Buffer = MemoryBuffer::getFile(File);
  if (!Buffer)
    return errorCodeToError(Buffer.getError());
  MemoryBufferRef Bytes = (*Buffer)->getMemBufferRef();
  if (identify_magic(Bytes.getBuffer()) == file_magic::unknown && isLinkerScript(Bytes.getBuffer()))
    return addScript(Bytes.getBuffer(), File);
  LLVMContext Context; // for bitcode
  Expected<std::unique_ptr<Binary>> Opened = createBinary(Bytes, &Context);
  if (!Opened)
    return Opened.takeError();
  const Binary &Bin = **Opened;
  if (auto *Obj = dyn_cast<ELFObjectFileBase>(&Bin); Obj && Obj->getEType() == ELF::ET_DYN)
    return addShared(*Obj, File);
  if (auto *Symbolic = dyn_cast<SymbolicFile>(&Bin))
    return addSymbols(*Symbolic, Names);
  auto *Lib = dyn_cast<Archive>(&Bin);
  if (!Lib)
    return createStringError("it has no symbol table");
  Error Iterating = Error::success();
  for (const Archive::Child &Child : Lib->children(Iterating)) {
    Expected<MemoryBufferRef> Contents = Child.getMemoryBufferRef();
    if (!Contents) { // of a thin archive whose member is gone
      consumeError(std::move(Iterating));
      return Contents.takeError();
    }
    Expected<std::unique_ptr<Binary>> Member = createBinary(*Contents, &Context);
    if (!Member) { // an archive may hold other files too
      consumeError(Member.takeError());
      continue;
    }
    if (auto *Symbolic = dyn_cast<SymbolicFile>(Member->get()))
      if (Error E = addSymbols(*Symbolic, Names)) {
        consumeError(std::move(Iterating));
        return E;
      }
  }
  return Iterating;
}

Error HostSymbols::addShared(const ELFObjectFileBase &Obj, StringRef File) {
  if (Error E = addELFSymbols(Obj, Names))
    return E;
  SmallString<128> Real;
  if (sys::fs::real_path(File, Real))
    Real = File;
  Dynamic Dyn;
  if (Error E = readDynamic(Obj, sys::path::parent_path(Real), Dyn))
    return E;
  Dyn.RunPaths.push_back(sys::path::parent_path(Real).str());
  Dyn.RunPaths.push_back(sys::path::parent_path(File).str()); // where its name stands, if that is a link
  for (const std::string &Name : Dyn.Needed)
    if (std::string Path = findNeeded(Name, Dyn.RunPaths); !Path.empty())
      addLibrary(Path, /*Needed=*/true);
    else if (Missing.empty())
      Missing = (Name + ", which " + File + " needs").str();
  return Error::success();
}

/// `GROUP ( /lib/libc.so.6 libc_nonshared.a AS_NEEDED ( -lm ) )`, as libc.so is on most systems.
Error HostSymbols::addScript(StringRef Text, StringRef File) {
  SmallVector<std::string, 10> Folders{sys::path::parent_path(File).str()};
  append_range(Folders, systemFolders());
  SmallVector<bool, 4> Opened; // the parentheses we are in: does what stands in them name files?
  StringRef Word = nextWord(Text);
  while (!Word.empty()) {
    StringRef Next = nextWord(Text);
    if (Next == "(") {
      Opened.push_back(Word == "GROUP" || Word == "INPUT" || Word == "AS_NEEDED");
      Next = nextWord(Text);
    } else if (Word == ")") {
      if (Opened.empty())
        return createStringError("its parentheses do not match");
      Opened.pop_back();
    } else if (!Opened.empty() && Opened.back()) {
      std::string Path = findScriptInput(Word, Folders);
      if (Path.empty())
        return createStringError("it names '" + Word + "', which is not there");
      if (std::string Why = addLibrary(Path, /*Needed=*/false); !Why.empty())
        return createStringError(Why);
    }
    Word = Next;
  }
  return Error::success();
}

void HostSymbols::addBuffer(MemoryBufferRef Buffer) {
  LLVMContext Context;
  Expected<std::unique_ptr<Binary>> Bin = createBinary(Buffer, &Context);
  if (!Bin)
    return consumeError(Bin.takeError());
  if (auto *Symbolic = dyn_cast<SymbolicFile>(Bin->get()))
    consumeError(addSymbols(*Symbolic, Names));
}

} // namespace cordon
