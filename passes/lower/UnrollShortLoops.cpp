//===- lower/UnrollShortLoops.cpp - loops of few rounds, whole ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM unrolls a loop of known rounds whole where all of them have at most 300 instructions, and looks at what becomes constant
// in it only up to ten rounds. nvcc allows about 400 instructions beside those that become constant, for any number of
// rounds: counting bits one by one took twice as long, and inner loops of filters and small matrices stayed loops. This pass
// marks such loops `llvm.loop.unroll.full`.

#include "lower/LoopSize.h"
#include "lower/Pipeline.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/IR/Dominators.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

using namespace llvm;

namespace cordon {

/// Instructions of all rounds of a loop.
static constexpr unsigned MaxUnrolledSize = 400;
static constexpr unsigned MaxRounds = 256;

PreservedAnalyses UnrollShortLoopsPass::run(Function &F, FunctionAnalysisManager &AM) {
  auto &LI = AM.getResult<LoopAnalysis>(F);
  if (LI.empty())
    return PreservedAnalyses::all();
  auto &SE = AM.getResult<ScalarEvolutionAnalysis>(F);
  for (Loop *L : LI.getLoopsInPreorder()) {
    if (!L->isInnermost() || hasUnrollTransformation(L) != TM_Unspecified || !L->getLoopLatch() || !L->getExitingBlock())
      continue;
    // The header of a loop that is not rotated yet is entered once more.
    unsigned Rounds = SE.getSmallConstantTripCount(L);
    if (Rounds > 1 && L->getExitingBlock() != L->getLoopLatch())
      --Rounds;
    if (Rounds < 2 || Rounds > MaxRounds)
      continue;
    if (roundSizeWhenWhole(*L, MaxUnrolledSize / Rounds, SE))
      addStringMetadataToLoop(L, "llvm.loop.unroll.full");
  }
  return PreservedAnalyses::all(); // metadata alone
}

} // namespace cordon
