//===- cordon/Inputs.cpp - reading bitcode, objects and archives ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bitcode stands in files of its own (clang -c -flto, julia --output-bc), in sections of objects (.llvmbc of
// -fembed-bitcode, .llvm.lto of -ffat-lto-objects), and either may be a member of an archive, thin ones included.
// `ld -r` joins sections, so that one may hold several modules one after another.
//===----------------------------------------------------------------------===//

#include "Inputs.h"
#include "Driver.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/Verifier.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace llvm::object;

namespace cordon::driver {
namespace {

class Reader {
public:
  explicit Reader(StringRef File) : File(File) {}
  std::vector<InputModule> Inputs;

  /// \p Member is empty for the file itself.
  Error read(MemoryBufferRef Buffer, StringRef Member);

private:
  Error readArchive(MemoryBufferRef Buffer);
  Error readObject(MemoryBufferRef Buffer, StringRef Member);
  void addBitcode(StringRef Bytes, StringRef Member);
  void addForeign(StringRef Bytes, StringRef Member);
  Error problem(StringRef Member, const Twine &Text) {
    return createStringError("'%s': %s", nameOf(Member).c_str(), Text.str().c_str());
  }
  std::string nameOf(StringRef Member) const {
    return Member.empty() ? File.str() : (File + "(" + Member + ")").str();
  }

  StringRef File;
};

constexpr char NoIR[] = "it holds no LLVM IR; give bitcode, textual IR, or objects made with -flto, -ffat-lto-objects or "
                        "-fembed-bitcode";

/// Starts of raw bitcode in a section where several modules were joined; padding lies between them.
std::vector<StringRef> splitBitcode(StringRef Bytes) {
  constexpr StringLiteral Magic("BC\xC0\xDE");
  std::vector<size_t> Starts;
  for (size_t At = Bytes.find(Magic); At != StringRef::npos; At = Bytes.find(Magic, At + 4))
    // Inside a module the same four bytes may occur by chance, but hardly followed by an identification block.
    if (At % 4 == 0 && (At == 0 || identify_magic(Bytes.drop_front(At)) == file_magic::bitcode))
      Starts.push_back(At);
  std::vector<StringRef> Parts;
  for (size_t I = 0; I != Starts.size(); ++I)
    Parts.push_back(Bytes.slice(Starts[I], I + 1 < Starts.size() ? Starts[I + 1] : Bytes.size()));
  return Parts;
}

void Reader::addBitcode(StringRef Bytes, StringRef Member) {
  size_t Count = 1;
  // What cannot be listed is left to parseInput and its message.
  if (Expected<std::vector<BitcodeModule>> Modules = getBitcodeModuleList(MemoryBufferRef(Bytes, nameOf(Member))))
    Count = std::max<size_t>(1, Modules->size());
  else
    consumeError(Modules.takeError());
  for (size_t I = 0; I != Count; ++I)
    Inputs.push_back({nameOf(Member), Member.str(), Bytes.str(), true, unsigned(I)});
}

void Reader::addForeign(StringRef Bytes, StringRef Member) {
  Inputs.push_back({nameOf(Member), Member.str(), Bytes.str(), false, 0});
}

Error Reader::readObject(MemoryBufferRef Buffer, StringRef Member) {
  Expected<std::unique_ptr<ObjectFile>> Object = ObjectFile::createObjectFile(Buffer);
  if (!Object)
    return problem(Member, "no valid object file: " + toString(Object.takeError()));
  bool Found = false;
  for (const SectionRef &S : (*Object)->sections()) {
    Expected<StringRef> Name = S.getName();
    if (!Name) {
      consumeError(Name.takeError());
      continue;
    }
    // isBitcode() leaves out -fembed-bitcode's section: linkers must not take it for LTO's.
    if (*Name != ".llvmbc" && !S.isBitcode())
      continue;
    Expected<StringRef> Contents = S.getContents();
    if (!Contents)
      return problem(Member, "its bitcode section cannot be read: " + toString(Contents.takeError()));
    for (StringRef Part : splitBitcode(*Contents)) {
      addBitcode(Part, Member);
      Found = true;
    }
  }
  if (Found)
    return Error::success();
  if (Member.empty())
    return problem(Member, NoIR);
  addForeign(Buffer.getBuffer(), Member);
  return Error::success();
}

Error Reader::readArchive(MemoryBufferRef Buffer) {
  Expected<std::unique_ptr<Archive>> Lib = Archive::create(Buffer);
  if (!Lib)
    return problem("", "no valid archive: " + toString(Lib.takeError()));
  Error Iterating = Error::success();
  size_t Seen = 0;
  for (const Archive::Child &Child : (*Lib)->children(Iterating)) {
    ++Seen;
    Expected<StringRef> Name = Child.getName();
    Expected<MemoryBufferRef> Bytes = Child.getMemoryBufferRef();
    if (!Name || !Bytes) {
      consumeError(std::move(Iterating));
      Error E = joinErrors(Name ? Error::success() : Name.takeError(), Bytes ? Error::success() : Bytes.takeError());
      return problem("", "a member cannot be read: " + toString(std::move(E)));
    }
    if (Error E = read(MemoryBufferRef(Bytes->getBuffer(), *Name), *Name)) {
      consumeError(std::move(Iterating));
      return E;
    }
  }
  if (Iterating)
    return problem("", "no valid archive: " + toString(std::move(Iterating)));
  if (!Seen)
    return problem("", "the archive has no members; give one that holds LLVM IR");
  if (none_of(Inputs, [](const InputModule &I) { return I.IsModule; }))
    return problem("", Twine("none of its ") + Twine(Seen) + " members holds LLVM IR; give bitcode, or objects made with "
                       "-flto, -ffat-lto-objects or -fembed-bitcode");
  return Error::success();
}

Error Reader::read(MemoryBufferRef Buffer, StringRef Member) {
  StringRef Bytes = Buffer.getBuffer();
  if (Bytes.empty() && Member.empty()) // valid as text, but hardly what was meant
    return problem(Member, "the file is empty");
  switch (file_magic Magic = identify_magic(Bytes)) {
  case file_magic::bitcode:
    addBitcode(Bytes, Member);
    return Error::success();
  case file_magic::archive:
    if (Member.empty())
      return readArchive(Buffer);
    addForeign(Bytes, Member);
    return Error::success();
  default:
    if (Magic.is_object())
      return readObject(Buffer, Member);
    // Textual IR has no magic. An archive may hold anything else; as a file of its own it must be IR.
    if (Member.empty() || Member.ends_with(".ll"))
      Inputs.push_back({nameOf(Member), Member.str(), Bytes.str(), true, 0});
    else
      addForeign(Bytes, Member);
    return Error::success();
  }
}

} // namespace

Expected<std::vector<InputModule>> readInputs(StringRef File) {
  enterStep("reading '" + File + "'", /*Reading=*/true);
  auto Buffer = MemoryBuffer::getFileOrSTDIN(File);
  if (!Buffer)
    return createStringError("cannot read '%s': %s", File.str().c_str(), Buffer.getError().message().c_str());
  Reader R(File);
  if (Error E = R.read((*Buffer)->getMemBufferRef(), ""))
    return E;
  return std::move(R.Inputs);
}

Expected<std::unique_ptr<Module>> parseInput(const InputModule &Input, LLVMContext &Context) {
  enterStep("reading '" + Input.Name + "'", /*Reading=*/true);
  auto Invalid = [&](StringRef Problem) {
    return createStringError("'%s' is no valid LLVM module: %s", Input.Name.c_str(), Problem.rtrim().str().c_str());
  };
  std::unique_ptr<Module> M;
  MemoryBufferRef Buffer(Input.Bytes, Input.Name);
  if (identify_magic(Input.Bytes) == file_magic::bitcode) {
    Expected<std::vector<BitcodeModule>> Modules = getBitcodeModuleList(Buffer);
    if (!Modules || Modules->size() <= Input.Index)
      return Invalid(Modules ? "it holds no module" : toString(Modules.takeError()));
    Expected<std::unique_ptr<Module>> Parsed = (*Modules)[Input.Index].parseModule(Context);
    if (!Parsed)
      return Invalid(toString(Parsed.takeError()));
    M = std::move(*Parsed);
  } else {
    SMDiagnostic Diagnostic;
    M = parseIR(Buffer, Diagnostic, Context);
    if (!M) // without the line itself, which may be binary
      return Invalid(("line " + Twine(Diagnostic.getLineNo()) + ": " + Diagnostic.getMessage()).str());
  }
  std::string Problem;
  raw_string_ostream OS(Problem);
  if (verifyModule(*M, &OS))
    return Invalid(Problem);
  M->setModuleIdentifier(Input.Name);
  return M;
}

} // namespace cordon::driver
