//===- lower/UnrollBy.cpp - unrolling that a pass has decided on ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM's unroller without its own judgement, for the passes that unroll loops by a number of their own.

#include "lower/Pipeline.h"
#include "llvm/Analysis/AssumptionCache.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/OptimizationRemarkEmitter.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/Transforms/Utils/LoopSimplify.h"
#include "llvm/Transforms/Utils/LoopUtils.h"
#include "llvm/Transforms/Utils/UnrollLoop.h"

using namespace llvm;

namespace cordon {

void unrollBy(Loop &L, unsigned Count, bool Runtime, Function &F, FunctionAnalysisManager &AM) {
  auto &LI = AM.getResult<LoopAnalysis>(F);
  auto &SE = AM.getResult<ScalarEvolutionAnalysis>(F);
  auto &DT = AM.getResult<DominatorTreeAnalysis>(F);
  auto &AC = AM.getResult<AssumptionAnalysis>(F);
  simplifyLoop(&L, &DT, &LI, &SE, &AC, nullptr, /*PreserveLCSSA=*/false);
  formLCSSARecursively(L, DT, &LI, &SE);
  UnrollLoopOptions Options{};
  Options.Count = Count;
  Options.Force = true;
  Options.Runtime = Runtime;
  // A division of 32 bits before the loop, where the counter's step is not known, is soon made up for.
  const SCEV *Rounds = SE.getBackedgeTakenCount(&L);
  Options.AllowExpensiveTripCount = !isa<SCEVCouldNotCompute>(Rounds) && SE.getTypeSizeInBits(Rounds->getType()) <= 32;
  Options.SCEVExpansionBudget = 16;
  Loop *Remainder = nullptr;
  LoopUnrollResult Result =
      UnrollLoop(&L, Options, &LI, &SE, &DT, &AC, &AM.getResult<TargetIRAnalysis>(F),
                 &AM.getResult<OptimizationRemarkEmitterAnalysis>(F), /*PreserveLCSSA=*/true, &Remainder);
  // Neither is to be unrolled again.
  if (Result == LoopUnrollResult::PartiallyUnrolled)
    L.setLoopAlreadyUnrolled();
  if (Remainder)
    Remainder->setLoopAlreadyUnrolled();
}

} // namespace cordon
