//===- lower/UnrollWarpLoops.cpp - loops around votes and shuffles --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM does not unroll a loop with a convergent call whose trip count it does not know, since the remainder loop makes
// the call depend on more control flow. A warp's `.sync` operations name their threads, so what counts is that all of
// them come along in the same order: they do in a loop whose end is uniform, and in a body that is repeated with its exit
// test. nvcc unrolls these by four, and so does this pass.

#include "analysis/PTXAsm.h"
#include "lower/Pipeline.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/UniformityAnalysis.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

using namespace llvm;

namespace cordon {

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

} // namespace cordon
