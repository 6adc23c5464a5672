//===- detect/Report.cpp - the data of a report, and where it goes --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What all formats print: sorted names and findings of one module.
//===----------------------------------------------------------------------===//

#include "detect/Detect.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cordon {

ModuleReport makeReport(const Module &M, const DeviceUse &Use, const DeviceSymbols &Symbols, const HostSymbols *Libs,
                        const HostSymbols *Members, const FindingSet &Findings) {
  ModuleReport R;
  R.Module = M.getModuleIdentifier();
  R.Triple = M.getTargetTriple().str();
  for (const Function *F : Use.deviceOnly())
    R.DeviceOnly.push_back(F->getName());
  for (const Function *F : Use.kernels())
    R.Kernels.push_back(F->getName());
  for (const GlobalValue *G : unresolvedSymbols(M, Use, Symbols, Libs, Members))
    R.Unresolved.push_back(G->getName());
  for (const auto &[F, Nearest] : Use.reachesDevice())
    R.ReachesDevice.push_back({F->getName(), Nearest->getName()});
  llvm::sort(R.DeviceOnly);
  llvm::sort(R.Kernels);
  llvm::sort(R.Unresolved);
  llvm::sort(R.ReachesDevice);
  R.Findings = Findings.findings();
  return R;
}

void printText(raw_ostream &OS, ArrayRef<ModuleReport> Reports) {
  for (const ModuleReport &R : Reports)
    for (Level L : {Level::Remark, Level::Warning, Level::Error})
      for (const Finding &F : R.Findings)
        if (F.L == L)
          printFinding(OS, F);
}

void printReport(raw_ostream &OS, ReportFormat Format, ArrayRef<ModuleReport> Reports) {
  switch (Format) {
  case ReportFormat::Text:
    return printText(OS, Reports);
  case ReportFormat::JSON:
    return printJSON(OS, Reports);
  case ReportFormat::SARIF:
    return printSARIF(OS, Reports);
  case ReportFormat::HTML:
    return printHTML(OS, Reports);
  }
}

} // namespace cordon
