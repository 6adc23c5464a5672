//===- lower/UnrollWarpLoops.cpp - loops around votes and shuffles --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM does not unroll a loop with a convergent call whose trip count it does not know, since the remainder loop makes
// the call depend on more control flow. A warp's `.sync` operations name their threads, so what counts is that all of
// them come along in the same order: they do in a loop whose end is uniform, and in a body that is repeated with its exit
// test. nvcc unrolls these by four, and so does this pass.

#include "lower/LoopPasses.h"
#include "llvm/Analysis/AssumptionCache.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/OptimizationRemarkEmitter.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/Analysis/UniformityAnalysis.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Transforms/Utils/LoopSimplify.h"
#include "llvm/Transforms/Utils/LoopUtils.h"
#include "llvm/Transforms/Utils/UnrollLoop.h"

using namespace llvm;

namespace cordon {

static cl::opt<bool> Disabled("cordon-no-unroll-warp-loops", cl::Hidden,
                              cl::desc("Cordon: leave loops around warp operations to LLVM"));
bool unrollWarpLoopsEnabled() { return !Disabled; }

static constexpr unsigned Factor = 4;
static constexpr unsigned MaxBodySize = 64;

/// A vote, match, shuffle or reduction: it synchronizes the threads of its mask and nothing else.
static bool isWarpOperation(const CallBase &Call) {
  const Function *F = Call.getCalledFunction();
  if (!F || !F->isIntrinsic())
    return false;
  StringRef Name = F->getName();
  if (!Name.consume_front("llvm.nvvm."))
    return false;
  return Name.starts_with("vote.") || Name.starts_with("shfl.") || Name.starts_with("match.") ||
         Name.starts_with("redux.");
}

static bool wantsUnrolling(const Loop &L, ScalarEvolution &SE) {
  if (!L.isInnermost() || !L.getLoopLatch() || L.getExitingBlock() != L.getLoopLatch())
    return false;
  if (hasUnrollTransformation(&L) != TM_Unspecified || getBooleanLoopAttribute(&L, "llvm.loop.unroll.disable"))
    return false;
  if (SE.getSmallConstantTripCount(&L)) // LLVM has judged it
    return false;
  unsigned Size = 0;
  bool Found = false;
  for (const BasicBlock *B : L.blocks())
    for (const Instruction &I : *B) {
      if (++Size > MaxBodySize)
        return false;
      if (const auto *Call = dyn_cast<CallBase>(&I); Call && Call->isConvergent()) {
        if (!isWarpOperation(*Call))
          return false;
        Found = true;
      }
    }
  return Found;
}

PreservedAnalyses UnrollWarpLoopsPass::run(Function &F, FunctionAnalysisManager &AM) {
  auto &LI = AM.getResult<LoopAnalysis>(F);
  if (LI.empty())
    return PreservedAnalyses::all();
  auto &SE = AM.getResult<ScalarEvolutionAnalysis>(F);
  SmallVector<std::pair<Loop *, bool>, 4> Chosen;
  auto &Uniformity = AM.getResult<UniformityInfoAnalysis>(F);
  for (Loop *L : LI.getLoopsInPreorder())
    if (wantsUnrolling(*L, SE))
      Chosen.push_back({L, Uniformity.isUniform(L->getLoopLatch()->getTerminator())});
  if (Chosen.empty())
    return PreservedAnalyses::all();
  auto &DT = AM.getResult<DominatorTreeAnalysis>(F);
  auto &AC = AM.getResult<AssumptionAnalysis>(F);
  auto &TTI = AM.getResult<TargetIRAnalysis>(F);
  auto &ORE = AM.getResult<OptimizationRemarkEmitterAnalysis>(F);
  for (auto [L, Uniform] : Chosen) {
    simplifyLoop(L, &DT, &LI, &SE, &AC, nullptr, /*PreserveLCSSA=*/false);
    formLCSSARecursively(*L, DT, &LI, &SE);
    UnrollLoopOptions Options{};
    Options.Count = Factor;
    Options.Force = true;
    Options.Runtime = Uniform;
    Options.AllowExpensiveTripCount = false;
    Options.SCEVExpansionBudget = 4;
    Loop *Remainder = nullptr;
    LoopUnrollResult Result = UnrollLoop(L, Options, &LI, &SE, &DT, &AC, &TTI, &ORE, /*PreserveLCSSA=*/true, &Remainder);
    // Neither is to be unrolled again.
    if (Result == LoopUnrollResult::PartiallyUnrolled)
      L->setLoopAlreadyUnrolled();
    if (Remainder)
      Remainder->setLoopAlreadyUnrolled();
  }
  return PreservedAnalyses::none();
}

bool addLoopPassByName(StringRef Name, ModulePassManager &MPM) {
  if (Name == "cordon-unroll-local-arrays")
    MPM.addPass(createModuleToFunctionPassAdaptor(UnrollLocalArraysPass()));
  else if (Name == "cordon-unroll-warp-loops")
    MPM.addPass(createModuleToFunctionPassAdaptor(UnrollWarpLoopsPass()));
  else if (Name == "cordon-mul-high")
    MPM.addPass(createModuleToFunctionPassAdaptor(MulHighPass()));
  else
    return false;
  return true;
}

} // namespace cordon
