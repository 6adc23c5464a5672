//===- support/Remarks.cpp - findings as LLVM remarks ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same content as the text report, for tools that collect LLVM's optimization remarks. A remark hangs on a function:
// a finding on data goes to the function that its chain starts from.
//===----------------------------------------------------------------------===//

#include "cordon/Findings.h"
#include "llvm/Analysis/OptimizationRemarkEmitter.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

void emitRemarks(Module &M, const FindingSet &Findings) {
  if (!M.getContext().getDiagHandlerPtr()->isAnyRemarkEnabled() && !M.getContext().getLLVMRemarkStreamer())
    return;
  for (const Finding &F : Findings.findings()) {
    const Function *On = M.getFunction(F.Function);
    if (!On && !F.Chain.empty())
      On = M.getFunction(F.Chain.front().Function);
    if (!On || On->isDeclaration())
      On = nullptr;
    for (auto I = M.begin(); !On && I != M.end(); ++I)
      if (!I->isDeclaration())
        On = &*I;
    if (!On)
      continue; // no function at all: nothing to hang it on
    DiagnosticLocation Where(On->getSubprogram());
    OptimizationRemarkAnalysis Remark("cordon-detect", ruleName(F.R), Where, &On->getEntryBlock());
    if (!F.File.empty())
      Remark << F.File << ":" << ore::NV("Line", F.Line) << ":" << ore::NV("Column", F.Column) << ": ";
    Remark << ore::NV("Level", levelName(F.L)) << ": " << ore::NV("Message", F.Message) << " in '"
           << ore::NV("Function", F.Function) << "' [" << ore::NV("Symbol", F.Symbol) << "]";
    for (const std::string &Note : chainNotes(F))
      Remark << "; " << ore::NV("Chain", Note);
    M.getContext().diagnose(Remark);
  }
}

} // namespace cordon
