//===- lower/LoopPasses.h - loops of the device pipeline --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes that lowering adds to LLVM's pipeline. Each is a pass of its own for opt, and has a switch to leave it out.
//===----------------------------------------------------------------------===//
#ifndef CORDON_LOWER_LOOPPASSES_H
#define CORDON_LOWER_LOOPPASSES_H

#include "llvm/IR/PassManager.h"

namespace llvm {
class Loop;
} // namespace llvm

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

/// `cordon-order-blocks`: lays the blocks of each loop together and its exit behind it, so that loops end in a conditional
/// branch backwards, which ptxas unrolls. `-cordon-no-order-blocks` leaves it out of the pipeline.
class OrderBlocksPass : public llvm::PassInfoMixin<OrderBlocksPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &F, llvm::FunctionAnalysisManager &AM);
};

/// `cordon-unroll-branches`: unrolls small loops with branches by four. `-cordon-no-unroll-branches` leaves it out.
class UnrollBranchesPass : public llvm::PassInfoMixin<UnrollBranchesPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &F, llvm::FunctionAnalysisManager &AM);
};

/// `cordon-keep-unroll-marks`: remembers which loops the program itself says something about unrolling for.
class KeepUnrollMarksPass : public llvm::PassInfoMixin<KeepUnrollMarksPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &F, llvm::FunctionAnalysisManager &AM);
};

/// `cordon-free-loops`: drops LLVM's own `llvm.loop.unroll.disable`, so that ptxas may unroll further.
/// `-cordon-no-free-loops` leaves it out of the pipeline.
class FreeLoopsPass : public llvm::PassInfoMixin<FreeLoopsPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &F, llvm::FunctionAnalysisManager &AM);
};

/// Unrolls \p L by \p Count and marks it and its remainder. \p Runtime: one test for all rounds, and a remainder; else each
/// round keeps its exit unless the number of rounds is known. Analyses are kept up to date.
void unrollBy(llvm::Loop &L, unsigned Count, bool Runtime, llvm::Function &F, llvm::FunctionAnalysisManager &AM);

/// `cordon-widen-copies`: copies and fills of small blocks aligned to 16 go 16 bytes at a time.
/// `-cordon-no-widen-copies` leaves it out of the pipeline.
class WidenCopiesPass : public llvm::PassInfoMixin<WidenCopiesPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &F, llvm::FunctionAnalysisManager &AM);
};

/// `cordon-specialize-pointers`: tiles of matrix products are loaded and stored in the memory that their pointer comes from.
/// `-cordon-no-specialize-pointers` leaves it out of the pipeline.
class SpecializePointersPass : public llvm::PassInfoMixin<SpecializePointersPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &F, llvm::FunctionAnalysisManager &AM);
};

/// `cordon-raise-atomics`: atomics with a scope that a device module spells as intrinsics or assembly become atomicrmw.
class RaiseAtomicsPass : public llvm::PassInfoMixin<RaiseAtomicsPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &F, llvm::FunctionAnalysisManager &AM);
  static bool isRequired() { return true; }
};

/// `cordon-lower-atomic-scope`: atomicrmw of the system or the block become PTX with that scope, and `.global` where the
/// address space is known. Code generation depends on it: LLVM 22 drops these scopes.
class LowerAtomicScopePass : public llvm::PassInfoMixin<LowerAtomicScopePass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &F, llvm::FunctionAnalysisManager &AM);
  static bool isRequired() { return true; }
};

bool orderBlocksEnabled();
bool specializePointersEnabled();
bool unrollBranchesEnabled();
bool freeLoopsEnabled();
bool widenCopiesEnabled();
bool unrollLocalArraysEnabled();
bool unrollWarpLoopsEnabled();

/// Adds the pass called \p Name to \p MPM; false if there is none of that name.
bool addLoopPassByName(llvm::StringRef Name, llvm::ModulePassManager &MPM);

} // namespace cordon

#endif // CORDON_LOWER_LOOPPASSES_H
