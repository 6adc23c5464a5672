//===- cordon/Build.cpp - cordon build ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The whole way. Into one object or module, the files are linked first, so that device code of one may call another's;
// into an archive, each keeps its member and its image.

#include "Driver.h"
#include "Inputs.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cordon::driver {
namespace {

class Build {
public:
  explicit Build(const Arguments &Args) : Args(Args) { prepareContext(Context); }
  int run();

private:
  Error parseOptions();
  Error readAll();
  int runWholeWay(Module &M);
  int buildOne();
  int buildArchive();

  const Arguments &Args;
  LLVMContext Context;
  CordonOptions Opts;
  HostCodeOptions HostCode;
  std::vector<InputModule> Inputs;
};

Error Build::parseOptions() {
  if (Args.Files.empty() || Args.Output.empty())
    return createStringError("cordon build takes FILE... and -o HOST.o, HOST.bc or HOST.a");
  if (Args.has("pic") && Args.has("no-pic"))
    return createStringError("--pic and --no-pic exclude each other");
  if (Args.has("pic") || Args.has("no-pic"))
    HostCode.PIC = Args.has("pic");
  HostCode.CPU = Args.value("host-cpu").value_or("");
  HostCode.OptLevel = Args.OptLevel;
  if (Args.OptLevel)
    Opts.Lower.OptLevel = *Args.OptLevel;
  return Args.apply(cordonSettings(), Opts);
}

Error Build::readAll() {
  for (const std::string &File : Args.Files) {
    enterStep("reading '" + File + "'", /*Reading=*/true);
    Expected<std::vector<InputModule>> Modules = readInputs(File);
    if (!Modules)
      return Modules.takeError();
    llvm::append_range(Inputs, *Modules);
  }
  return Error::success();
}

int Build::runWholeWay(Module &M) {
  enterStep("splitting and lowering '" + M.getModuleIdentifier() + "'");
  FindingSet Findings;
  bool Changed = false;
  runCordon(M, Opts, Findings, Changed);
  if (int Code = finish(Findings, M))
    return Code;
  enterStep("making host code of '" + M.getModuleIdentifier() + "'");
  return Success;
}

int Build::buildOne() {
  std::unique_ptr<Module> Whole;
  for (const InputModule &I : Inputs) {
    if (!I.IsModule)
      return fail(Usage, "'" + I.Name + "' holds no LLVM IR; write an archive with -o HOST.a to keep it");
    Expected<std::unique_ptr<Module>> M = parseInput(I, Context);
    if (!M)
      return fail(Usage, M.takeError());
    if (!Whole)
      Whole = std::move(*M);
    else if (Linker::linkModules(*Whole, std::move(*M)))
      return fail(Failure, "cannot link '" + I.Name + "' with the files before it");
  }
  if (int Code = runWholeWay(*Whole))
    return Code;
  StringRef Ending = sys::path::extension(Args.Output);
  if (Ending == ".bc" || Ending == ".ll") {
    if (Error E = writeModule(*Whole, Args.Output))
      return fail(Failure, std::move(E));
    return Success;
  }
  Expected<std::string> Object = compileHost(*Whole, HostCode);
  if (!Object)
    return fail(Failure, Object.takeError());
  if (Error E = writeBytes(*Object, Args.Output))
    return fail(Failure, std::move(E));
  return Success;
}

int Build::buildArchive() {
  std::vector<std::string> Objects, Names;
  for (const InputModule &I : Inputs) {
    StringRef From = I.Member.empty() ? sys::path::filename(I.Name) : StringRef(I.Member);
    if (!I.IsModule) {
      Objects.push_back(I.Bytes);
      Names.push_back(From.str());
      continue;
    }
    Expected<std::unique_ptr<Module>> M = parseInput(I, Context);
    if (!M)
      return fail(Usage, M.takeError());
    if (int Code = runWholeWay(**M))
      return Code;
    Expected<std::string> Object = compileHost(**M, HostCode);
    if (!Object)
      return fail(Failure, Object.takeError());
    Objects.push_back(std::move(*Object));
    Names.push_back(sys::path::extension(From) == ".o" ? From.str() : (sys::path::stem(From) + ".o").str());
  }
  std::vector<NewArchiveMember> Members;
  for (size_t I = 0; I < Objects.size(); ++I)
    Members.emplace_back(MemoryBufferRef(Objects[I], Names[I]));
  if (Error E = writeArchive(Args.Output, Members, SymtabWritingMode::NormalSymtab, object::Archive::K_GNU,
                             /*Deterministic=*/true, /*Thin=*/false))
    return fail(Failure, std::move(E));
  return Success;
}

int Build::run() {
  if (Error E = parseOptions())
    return fail(Usage, std::move(E));
  StringRef Ending = sys::path::extension(Args.Output);
  if (Ending != ".o" && Ending != ".bc" && Ending != ".ll" && Ending != ".a")
    return fail(Usage, "-o " + Args.Output + ": cordon build writes HOST.o, HOST.bc or HOST.a");
  if (Error E = readAll())
    return fail(Usage, std::move(E));
  return Ending == ".a" ? buildArchive() : buildOne();
}

} // namespace

int runBuild(const Arguments &Args) { return Build(Args).run(); }

} // namespace cordon::driver
