//===- lower/UnrollLoops.cpp - innermost loops, as far as nvcc unrolls ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM's limit for NVPTX, 75 instructions, counts on ptxas to unroll further. But ptxas does not unroll a loop with branches
// in its body, nor one with a division or square root, which it expands to branches, nor one that LLVM has made long. nvcc
// unrolls all of them before ptxas: by up to eight where the number of rounds is known, else by up to four, to at most some 170
// instructions (a test of points against a polygon ran 1.15 to 1.3 times as long without, an n-body force 1.1). Before LLVM's
// unroller this pass does the same to innermost loops that end at one place.

#include "lower/LoopSize.h"
#include "lower/Pipeline.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

using namespace llvm;

namespace cordon {

/// Instructions of all rounds together.
static constexpr unsigned MaxUnrolledSize = 170;
/// LLVM's own limit: known rounds that it unrolls by four itself are left to it. Where they are not known it takes eight, which
/// ptxas multiplies: a kernel of many such loops was half as long again as nvcc's.
static constexpr unsigned LLVMUnrolledSize = 75;
/// Instructions of one round of a loop whose end is not known: longer ones make up for no remainder.
static constexpr unsigned MaxRuntimeSize = 65;
static constexpr unsigned MaxKnownFactor = 8, MaxRuntimeFactor = 4;

/// By how much to unroll \p L; 1: leave it alone.
static unsigned factorFor(const Loop &L, ScalarEvolution &SE) {
  if (!L.isInnermost() || !L.getLoopLatch() || L.getExitingBlock() != L.getLoopLatch())
    return 1;
  if (hasUnrollTransformation(&L) != TM_Unspecified)
    return 1;
  if (isa<SCEVCouldNotCompute>(SE.getBackedgeTakenCount(&L)))
    return 1;
  std::optional<unsigned> Size = roundSize(L, MaxUnrolledSize);
  if (!Size)
    return 1;
  if (unsigned Rounds = SE.getSmallConstantTripCount(&L)) {
    if (*Size * MaxRuntimeFactor <= LLVMUnrolledSize)
      return 1;
    unsigned Factor = MaxKnownFactor;
    while (Factor > 1 && (Rounds % Factor != 0 || Factor * *Size > MaxUnrolledSize))
      Factor /= 2;
    return Factor < Rounds ? Factor : 1; // whole is LLVM's to decide
  }
  if (*Size > MaxRuntimeSize)
    return 1;
  return *Size * MaxRuntimeFactor <= MaxUnrolledSize ? MaxRuntimeFactor : MaxRuntimeFactor / 2;
}

PreservedAnalyses UnrollLoopsPass::run(Function &F, FunctionAnalysisManager &AM) {
  auto &LI = AM.getResult<LoopAnalysis>(F);
  if (LI.empty())
    return PreservedAnalyses::all();
  auto &SE = AM.getResult<ScalarEvolutionAnalysis>(F);
  SmallVector<std::pair<Loop *, unsigned>, 4> Chosen;
  for (Loop *L : LI.getLoopsInPreorder())
    if (unsigned Factor = factorFor(*L, SE); Factor > 1)
      Chosen.push_back({L, Factor});
  if (Chosen.empty())
    return PreservedAnalyses::all();
  for (auto [L, Factor] : Chosen)
    unrollBy(*L, Factor, /*Runtime=*/SE.getSmallConstantTripCount(L) == 0, F, AM);
  return PreservedAnalyses::none();
}

} // namespace cordon
