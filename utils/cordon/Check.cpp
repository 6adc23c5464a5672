//===- cordon/Check.cpp - cordon check ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// cordon-detect on many files as on one program: a symbol that another member defines is resolved, chains cross
// members, and there is one report.
//===----------------------------------------------------------------------===//

#include "Driver.h"
#include "Inputs.h"
#include "detect/Detect.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <map>

using namespace llvm;

namespace cordon::driver {
namespace {

/// "cordon: reading 12 of 340" on a terminal, once a run takes longer than a second.
class Progress {
public:
  explicit Progress(size_t Total) : Total(Total) {}
  void step(StringRef What) {
    ++Done;
    if (!sys::Process::StandardErrIsDisplayed() || Verbose)
      return;
    auto Now = std::chrono::steady_clock::now();
    if (Now - Last < std::chrono::milliseconds(Shown ? 200 : 1000))
      return;
    Last = Now;
    Shown = true;
    errs() << "\r\x1b[Kcordon: " << What << " " << Done << " of " << Total;
  }
  ~Progress() {
    if (Shown)
      errs() << "\r\x1b[K";
  }

private:
  size_t Total, Done = 0;
  bool Shown = false;
  std::chrono::steady_clock::time_point Last = std::chrono::steady_clock::now();
};

class Check {
public:
  explicit Check(const Arguments &Args) : Args(Args) { prepareContext(Context); }
  int run();

private:
  Error parseOptions();
  Error readAll();
  void analyse();

  const Arguments &Args;
  LLVMContext Context;
  DetectOptions Opts;
  DeviceSymbols Symbols;
  std::optional<HostSymbols> Libs;
  HostSymbols Foreign; ///< of archive members without IR
  std::vector<std::unique_ptr<Module>> Modules;
  std::vector<ModuleReport> Reports;
  FindingSet Rest; ///< failed steps
};

Error Check::parseOptions() {
  if (Args.Files.empty())
    return createStringError("cordon check takes FILE...: bitcode, textual IR, objects with embedded bitcode, archives");
  if (Error E = Args.apply(detectSettings(), Opts))
    return E;
  // The driver's flag is singular: it is repeated, or takes a list.
  if (std::optional<std::string> V = Args.value("host-lib"))
    for (StringRef Lib : split(*V, ':'))
      if (!Lib.empty())
        Opts.HostLibs.push_back(Lib.str());
  if (!Opts.SymbolsFile.empty())
    if (std::string Message = Symbols.addFile(Opts.SymbolsFile); !Message.empty())
      return createStringError(Message);
  for (const std::string &Lib : Opts.HostLibs) {
    if (!Libs)
      Libs.emplace();
    if (std::string Message = Libs->addLibrary(Lib); !Message.empty())
      return createStringError(Message);
  }
  Opts.Output = Args.Output.empty() ? "-" : Args.Output;
  return Error::success();
}

Error Check::readAll() {
  std::vector<InputModule> Inputs;
  for (const std::string &File : Args.Files) {
    Expected<std::vector<InputModule>> Read = readInputs(File);
    if (!Read)
      return Read.takeError();
    for (InputModule &I : *Read)
      Inputs.push_back(std::move(I));
  }
  Progress P(Inputs.size());
  for (InputModule &I : Inputs) {
    if (I.IsModule) {
      Expected<std::unique_ptr<Module>> M = parseInput(I, Context);
      if (!M)
        return M.takeError();
      Modules.push_back(std::move(*M));
    } else
      Foreign.addBuffer(MemoryBufferRef(I.Bytes, I.Name));
    I.Bytes = std::string(); // the modules take memory enough
    P.step("reading");
  }
  return Error::success();
}

void Check::analyse() {
  enterStep("checking");
  std::vector<Module *> Program;
  HostSymbols Members = Foreign;
  for (const auto &M : Modules) {
    Program.push_back(M.get());
    for (const GlobalValue &G : M->global_values())
      if (!G.isDeclarationForLinker() && !G.hasLocalLinkage())
        Members.addName(G.getName());
  }
  std::vector<DeviceUse> Uses = computeProgramUse(Program, Symbols);
  std::vector<FindingSet> Startups = findStartups(std::vector<const Module *>(Program.begin(), Program.end()));
  // An entry of the ignore file is unused if no module uses it.
  std::map<std::string, size_t> Unused;
  std::vector<Finding> UnusedEntries;
  Progress P(Modules.size());
  for (size_t I = 0; I != Modules.size(); ++I) {
    FindingSet Found;
    addHostFindings(*Modules[I], Uses[I], Symbols, Libs ? &*Libs : nullptr, &Members, Found);
    if (Uses[I].isHostModule())
      for (Finding &F : Startups[I].findings())
        Found.add(std::move(F));
    applyLevels(Opts, Found);
    if (I == 0) // the same for each module
      for (const std::string &F : Found.failures())
        Rest.fail(F);
    llvm::erase_if(Found.findings(), [&](const Finding &F) {
      if (F.R != Rule::UnusedIgnoreEntry)
        return false;
      if (++Unused[F.Symbol] == Modules.size())
        UnusedEntries.push_back(F);
      return true;
    });
    Found.sort();
    Reports.push_back(makeReport(*Modules[I], Uses[I], Symbols, Libs ? &*Libs : nullptr, &Members, Found));
    P.step("checking");
  }
  append_range(Reports.front().Findings, UnusedEntries);
}

int Check::run() {
  if (Error E = parseOptions())
    return fail(Usage, std::move(E));
  if (Error E = readAll())
    return fail(Usage, std::move(E));
  if (Modules.empty())
    return fail(Usage, "no module was given");
  analyse();
  if (!Rest.failures().empty()) { // of the ignore file
    for (const std::string &F : ArrayRef(Rest.failures()).drop_back())
      fail(Usage, F);
    return fail(Usage, Rest.failures().back());
  }
  enterStep("writing the report");
  auto Print = [&](raw_ostream &OS) { printReport(OS, Opts.Format, Reports); };
  if (Opts.Output == "-")
    Print(outs());
  else if (Error E = writeToOutput(Opts.Output, [&](raw_ostream &OS) {
             Print(OS);
             return Error::success();
           }))
    return fail(Failure, "cannot write '" + Opts.Output + "': " + toString(std::move(E)));
  size_t Errors = 0;
  for (const ModuleReport &R : Reports)
    Errors += count_if(R.Findings, [](const Finding &F) { return F.L == Level::Error; });
  if (!Errors)
    return Success;
  outs().flush();
  return fail(Failure, Twine(Errors) + (Errors == 1 ? " error in " : " errors in ") + Twine(Reports.size()) +
                           (Reports.size() == 1 ? " module" : " modules"));
}

} // namespace

int runCheck(const Arguments &Args) { return Check(Args).run(); }

} // namespace cordon::driver
