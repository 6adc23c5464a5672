//===- lower/LoopPasses.h - loops of the device pipeline --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes that lowering adds to LLVM's pipeline. Each is a pass of its own for opt, and has a switch to leave it out.
//===----------------------------------------------------------------------===//
#ifndef CORDON_LOWER_LOOPPASSES_H
#define CORDON_LOWER_LOOPPASSES_H

#include "llvm/IR/PassManager.h"

namespace cordon {

/// `cordon-unroll-local-arrays`: marks loops whose counters index a local array, so that LLVM unrolls them fully and
/// the array becomes registers. `-cordon-no-unroll-local-arrays` leaves it out of the pipeline.
class UnrollLocalArraysPass : public llvm::PassInfoMixin<UnrollLocalArraysPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &F, llvm::FunctionAnalysisManager &AM);
};

/// `cordon-unroll-warp-loops`: unrolls loops around warp votes and shuffles by four, as nvcc does.
/// `-cordon-no-unroll-warp-loops` leaves it out of the pipeline.
class UnrollWarpLoopsPass : public llvm::PassInfoMixin<UnrollWarpLoopsPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &F, llvm::FunctionAnalysisManager &AM);
};

/// `cordon-mul-high`: takes the upper half of a 32 by 32 bit product with mul.hi, also where the extensions are not next
/// to it. Code generation depends on it: ptxas miscompiles the long form in loops.
class MulHighPass : public llvm::PassInfoMixin<MulHighPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &F, llvm::FunctionAnalysisManager &AM);
};

bool unrollLocalArraysEnabled();
bool unrollWarpLoopsEnabled();

/// Adds the pass called \p Name to \p MPM; false if there is none of that name.
bool addLoopPassByName(llvm::StringRef Name, llvm::ModulePassManager &MPM);

} // namespace cordon

#endif // CORDON_LOWER_LOOPPASSES_H
