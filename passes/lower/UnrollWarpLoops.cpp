//===- lower/UnrollWarpLoops.cpp - loops around votes and shuffles --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM does not unroll a loop with a convergent call whose trip count it does not know, since the remainder loop makes
// the call depend on more control flow. A warp's `.sync` operations name their threads, so what counts is that all of
// them come along in the same order: they do in a loop whose end is uniform, and in a body that is repeated with its exit
// test. nvcc unrolls these by four, and so does this pass.

#include "analysis/PTXAsm.h"
#include "lower/LoopPasses.h"
#include "llvm/Analysis/AssumptionCache.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/OptimizationRemarkEmitter.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/Analysis/UniformityAnalysis.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/InlineAsm.h"
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
static constexpr unsigned MaxBodySize = 128;

/// Operations that synchronize the threads of a warp and nothing else.
enum class WarpOperation {
  None,
  Masked, ///< votes, shuffles, matches, reductions: the threads of its mask
  Whole   ///< `.aligned`: all threads of the warp execute it, else behaviour is undefined
};

static WarpOperation intrinsicKind(StringRef Name) {
  if (!Name.consume_front("llvm.nvvm."))
    return WarpOperation::None;
  for (StringRef Prefix : {"vote.", "shfl.", "match.", "redux.", "bar.warp.sync"})
    if (Name.starts_with(Prefix))
      return WarpOperation::Masked;
  for (StringRef Prefix : {"mma.", "wmma.", "ldmatrix.", "stmatrix."})
    if (Name.starts_with(Prefix))
      return WarpOperation::Whole;
  return WarpOperation::None;
}

/// The same of assembly: all of it is warp operations and a thread's own arithmetic. A label cannot stand there twice.
static WarpOperation assemblyKind(StringRef Asm) {
  WarpOperation Kind = WarpOperation::None;
  for (StringRef Word : allMnemonics(Asm)) {
    auto [Base, Suffix] = Word.split('.');
    bool Sync = Suffix.starts_with("sync.") || Suffix.contains(".sync.");
    if (Sync && Word.contains(".aligned") && (Base == "mma" || Base == "wmma" || Base == "ldmatrix" || Base == "stmatrix"))
      Kind = WarpOperation::Whole;
    else if (Sync && (Base == "vote" || Base == "shfl" || Base == "match" || Base == "redux"))
      Kind = Kind == WarpOperation::Whole ? Kind : WarpOperation::Masked;
    else if (!isThreadLocalMnemonic(Word))
      return WarpOperation::None;
  }
  return Asm.contains(':') || Asm.contains('@') ? WarpOperation::None : Kind;
}

static WarpOperation kindOf(const CallBase &Call) {
  if (const auto *Asm = dyn_cast<InlineAsm>(Call.getCalledOperand()))
    return assemblyKind(Asm->getAsmString());
  const Function *F = Call.getCalledFunction();
  return F && F->isIntrinsic() ? intrinsicKind(F->getName()) : WarpOperation::None;
}

/// True for a loop to unroll. \p Whole: an operation of the whole warp stands in each round, so all threads make the same
/// number of rounds.
static bool wantsUnrolling(const Loop &L, ScalarEvolution &SE, const DominatorTree &DT, bool &Whole) {
  if (!L.isInnermost() || !L.getLoopLatch() || L.getExitingBlock() != L.getLoopLatch())
    return false;
  if (hasUnrollTransformation(&L) != TM_Unspecified || getBooleanLoopAttribute(&L, "llvm.loop.unroll.disable"))
    return false;
  unsigned Size = 0;
  bool Found = false;
  for (const BasicBlock *B : L.blocks())
    for (const Instruction &I : *B) {
      if (++Size > MaxBodySize)
        return false;
      const auto *Call = dyn_cast<CallBase>(&I);
      if (!Call || !Call->isConvergent())
        continue;
      WarpOperation Kind = kindOf(*Call);
      if (Kind == WarpOperation::None)
        return false;
      Found = true;
      Whole |= Kind == WarpOperation::Whole && DT.dominates(B, L.getLoopLatch());
    }
  // LLVM has judged those whose end it knows, but not for operations that wait as long as a matrix product.
  unsigned TripCount = SE.getSmallConstantTripCount(&L);
  return Found && (TripCount == 0 || (Whole && TripCount % Factor == 0 && TripCount > Factor));
}

PreservedAnalyses UnrollWarpLoopsPass::run(Function &F, FunctionAnalysisManager &AM) {
  auto &LI = AM.getResult<LoopAnalysis>(F);
  if (LI.empty())
    return PreservedAnalyses::all();
  auto &SE = AM.getResult<ScalarEvolutionAnalysis>(F);
  SmallVector<std::pair<Loop *, bool>, 4> Chosen;
  auto &Uniformity = AM.getResult<UniformityInfoAnalysis>(F);
  auto &DT = AM.getResult<DominatorTreeAnalysis>(F);
  for (Loop *L : LI.getLoopsInPreorder())
    if (bool Whole = false; wantsUnrolling(*L, SE, DT, Whole))
      Chosen.push_back({L, Whole || Uniformity.isUniform(L->getLoopLatch()->getTerminator())});
  if (Chosen.empty())
    return PreservedAnalyses::all();
  for (auto [L, Uniform] : Chosen)
    unrollBy(*L, Factor, Uniform && SE.getSmallConstantTripCount(L) == 0, F, AM);
  return PreservedAnalyses::none();
}

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
  Options.AllowExpensiveTripCount = false;
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

bool addLoopPassByName(StringRef Name, ModulePassManager &MPM) {
  if (Name == "cordon-unroll-local-arrays")
    MPM.addPass(createModuleToFunctionPassAdaptor(UnrollLocalArraysPass()));
  else if (Name == "cordon-unroll-warp-loops")
    MPM.addPass(createModuleToFunctionPassAdaptor(UnrollWarpLoopsPass()));
  else if (Name == "cordon-mul-high")
    MPM.addPass(createModuleToFunctionPassAdaptor(MulHighPass()));
  else if (Name == "cordon-order-blocks")
    MPM.addPass(createModuleToFunctionPassAdaptor(OrderBlocksPass()));
  else if (Name == "cordon-widen-copies")
    MPM.addPass(createModuleToFunctionPassAdaptor(WidenCopiesPass()));
  else if (Name == "cordon-unroll-branches")
    MPM.addPass(createModuleToFunctionPassAdaptor(UnrollBranchesPass()));
  else if (Name == "cordon-keep-unroll-marks")
    MPM.addPass(createModuleToFunctionPassAdaptor(KeepUnrollMarksPass()));
  else if (Name == "cordon-free-loops")
    MPM.addPass(createModuleToFunctionPassAdaptor(FreeLoopsPass()));
  else if (Name == "cordon-specialize-pointers")
    MPM.addPass(createModuleToFunctionPassAdaptor(SpecializePointersPass()));
  else if (Name == "cordon-raise-atomics")
    MPM.addPass(createModuleToFunctionPassAdaptor(RaiseAtomicsPass()));
  else if (Name == "cordon-lower-atomic-scope")
    MPM.addPass(createModuleToFunctionPassAdaptor(LowerAtomicScopePass()));
  else
    return false;
  return true;
}

} // namespace cordon
