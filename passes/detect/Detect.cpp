//===- detect/Detect.cpp - cordon-detect ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reports all findings of a host module in the wanted format and changes nothing. Text on the standard error stream is
// LLVM's diagnostics; every other format goes to `output=`, and the run still fails where a finding is an error.
//===----------------------------------------------------------------------===//

#include "detect/Detect.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cordon {
namespace {

/// The files that the options name. A file that cannot be read is a failed step, and nothing is taken from it.
struct DetectInputs {
  DeviceSymbols Symbols;
  std::optional<HostSymbols> Libs;

  DetectInputs(const DetectOptions &Opts, FindingSet &Findings) {
    auto Check = [&](std::string Error) {
      if (!Error.empty())
        Findings.fail(Error);
    };
    if (!Opts.SymbolsFile.empty())
      Check(Symbols.addFile(Opts.SymbolsFile));
    for (const std::string &Lib : Opts.HostLibs) {
      if (!Libs)
        Libs.emplace();
      Check(Libs->addLibrary(Lib));
    }
  }
  const HostSymbols *libs() const { return Libs ? &*Libs : nullptr; }
};

} // namespace

void detectLeaks(Module &M, const DeviceUse &Use, const DetectOptions &Opts, FindingSet &Findings) {
  DetectInputs Inputs(Opts, Findings);
  addHostFindings(M, Use, Inputs.Symbols, Inputs.libs(), /*Members=*/nullptr, Findings);
  if (!Use.isHostModule())
    return;
  const Module *Program = &M;
  std::vector<FindingSet> Startups = findStartups(Program);
  for (Finding &F : Startups.front().findings())
    Findings.add(std::move(F));
}

void writeReport(Module &M, const DeviceUse &Use, const DetectOptions &Opts, FindingSet &Findings) {
  FindingSet Ignored; // what cannot be read has been reported by detectLeaks
  DetectInputs Inputs(Opts, Ignored);
  Findings.sort();
  ModuleReport R = makeReport(M, Use, Inputs.Symbols, Inputs.libs(), /*Members=*/nullptr, Findings);
  if (Opts.Output == "-" || Opts.Output.empty()) {
    printReport(outs(), Opts.Format, R);
    outs().flush();
    return;
  }
  if (Error E = writeToOutput(Opts.Output, [&](raw_ostream &OS) {
        printReport(OS, Opts.Format, R);
        return Error::success();
      }))
    Findings.fail("cannot write the report to '" + Opts.Output + "': " + toString(std::move(E)) +
                  "; give output= a file in a folder that can be written");
}

PreservedAnalyses DetectPass::run(Module &M, ModuleAnalysisManager &AM) {
  FindingSet Findings;
  std::optional<DeviceUse> Own;
  if (!Opts.SymbolsFile.empty()) {
    DeviceSymbols Symbols;
    if (Symbols.addFile(Opts.SymbolsFile).empty()) // else detectLeaks reports it
      Own = computeDeviceUse(M, Symbols);
  }
  const DeviceUse &Use = Own ? *Own : AM.getResult<DeviceUseAnalysis>(M);
  detectLeaks(M, Use, Opts, Findings);
  applyLevels(Opts, Findings);
  emitRemarks(M, Findings);
  const bool ToTerminal = Opts.Format == ReportFormat::Text && (Opts.Output == "-" || Opts.Output.empty());
  if (!ToTerminal) {
    writeReport(M, Use, Opts, Findings);
    Findings.reportLast(M);
  } else
    Findings.report(M);
  return PreservedAnalyses::all();
}

} // namespace cordon
