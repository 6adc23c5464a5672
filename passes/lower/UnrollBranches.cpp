//===- lower/UnrollBranches.cpp - loops with branches in their body -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ptxas unrolls loops of one block. Those with branches inside are left to LLVM, whose limit for NVPTX, 75 instructions,
// counts on ptxas: a test of points against a polygon ran 1.15 to 1.3 times as long as nvcc's, which unrolls it by four.
// This pass unrolls small ones by four before LLVM's unroller sees them.

#include "lower/Pipeline.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

using namespace llvm;

namespace cordon {

static constexpr unsigned Factor = 4;
/// Instructions of a body; below the smaller bound LLVM unrolls by four and more itself.
static constexpr unsigned MinBodySize = 18, MaxBodySize = 48;

static bool wantsUnrolling(const Loop &L, ScalarEvolution &SE) {
  if (!L.isInnermost() || L.getNumBlocks() < 2 || !L.getLoopLatch() || L.getExitingBlock() != L.getLoopLatch())
    return false;
  if (hasUnrollTransformation(&L) != TM_Unspecified || !L.isLoopSimplifyForm())
    return false;
  // A few rounds are unrolled whole; a remainder of a known number is left to LLVM, which finds a better factor.
  if (unsigned Rounds = SE.getSmallConstantTripCount(&L); Rounds && (Rounds % Factor != 0 || Rounds <= 16))
    return false;
  if (isa<SCEVCouldNotCompute>(SE.getBackedgeTakenCount(&L)))
    return false;
  unsigned Size = 0;
  for (const BasicBlock *B : L.blocks())
    for (const Instruction &I : *B) {
      if (isa<PHINode>(I) || I.isDebugOrPseudoInst())
        continue;
      if (const auto *Call = dyn_cast<CallBase>(&I)) {
        if (Call->isConvergent() || Call->cannotDuplicate() || !isa<IntrinsicInst>(Call))
          return false;
      }
      if (++Size > MaxBodySize)
        return false;
    }
  return Size >= MinBodySize;
}

PreservedAnalyses UnrollBranchesPass::run(Function &F, FunctionAnalysisManager &AM) {
  auto &LI = AM.getResult<LoopAnalysis>(F);
  if (LI.empty())
    return PreservedAnalyses::all();
  auto &SE = AM.getResult<ScalarEvolutionAnalysis>(F);
  SmallVector<Loop *, 4> Chosen;
  for (Loop *L : LI.getLoopsInPreorder())
    if (wantsUnrolling(*L, SE))
      Chosen.push_back(L);
  if (Chosen.empty())
    return PreservedAnalyses::all();
  for (Loop *L : Chosen)
    unrollBy(*L, Factor, /*Runtime=*/SE.getSmallConstantTripCount(L) == 0, F, AM);
  return PreservedAnalyses::none();
}

} // namespace cordon
