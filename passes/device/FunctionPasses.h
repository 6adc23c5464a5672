//===- device/FunctionPasses.h - LLVM's passes on one function --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef CORDON_DEVICE_FUNCTIONPASSES_H
#define CORDON_DEVICE_FUNCTIONPASSES_H

#include "llvm/Passes/PassBuilder.h"

namespace cordon {

/// Runs \p P on \p F with analyses of its own: the caller may change other functions at any time.
template <typename PassT> void runFunctionPass(llvm::Function &F, PassT P) {
  llvm::LoopAnalysisManager LAM;
  llvm::FunctionAnalysisManager FAM;
  llvm::CGSCCAnalysisManager CGAM;
  llvm::ModuleAnalysisManager MAM;
  llvm::PassBuilder PB;
  PB.registerModuleAnalyses(MAM);
  PB.registerCGSCCAnalyses(CGAM);
  PB.registerFunctionAnalyses(FAM);
  PB.registerLoopAnalyses(LAM);
  PB.crossRegisterProxies(LAM, FAM, CGAM, MAM);
  P.run(F, FAM);
}

} // namespace cordon

#endif // CORDON_DEVICE_FUNCTIONPASSES_H
