//===- lower/UnrollLocalArrays.cpp - local arrays become registers --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A local array that is indexed by a loop counter lies in local memory, hundreds of cycles away, unless the loop is
// unrolled completely: then every index is a constant and SROA makes registers of the elements. LLVM's threshold for full
// unrolling knows nothing of that; this pass marks such loops `llvm.loop.unroll.full` where their whole size stays
// bounded. A loop that says something about unrolling itself is left alone.

#include "lower/Pipeline.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

using namespace llvm;

namespace cordon {

namespace {

/// Instructions that a loop nest may have after unrolling; LLVM's own limit for loops that are marked is twice that.
constexpr uint64_t MaxUnrolledSize = 8192;
/// Elements that a thread could hold in registers at all.
constexpr uint64_t MaxArrayBytes = 1024;
constexpr unsigned MaxIndexDepth = 8;

class LocalArrayLoops {
public:
  LocalArrayLoops(Function &F, LoopInfo &LI, ScalarEvolution &SE) : F(F), LI(LI), SE(SE) {}
  bool run();

private:
  void collect(AllocaInst &Array);
  bool counters(Value *Index, unsigned Depth, SmallSetVector<Loop *, 4> &Found);
  uint64_t unrolledSize(const Loop &L) const;
  unsigned rounds(const Loop &L) const;

  Function &F;
  LoopInfo &LI;
  ScalarEvolution &SE;
  SmallSetVector<Loop *, 8> Loops;
};

/// The loops whose counters \p Index is made of; false where it depends on anything else than them and constants.
bool LocalArrayLoops::counters(Value *Index, unsigned Depth, SmallSetVector<Loop *, 4> &Found) {
  if (isa<ConstantInt>(Index))
    return true;
  auto *I = dyn_cast<Instruction>(Index);
  if (!I || Depth > MaxIndexDepth)
    return false;
  if (auto *Phi = dyn_cast<PHINode>(I)) {
    Loop *L = LI.getLoopFor(Phi->getParent());
    if (!L || L->getHeader() != Phi->getParent() || !SE.isSCEVable(Phi->getType()) ||
        !isa<SCEVAddRecExpr>(SE.getSCEV(Phi)))
      return false;
    Found.insert(L);
    return true;
  }
  if (!isa<BinaryOperator, CastInst>(I))
    return false;
  return all_of(I->operands(), [&](Value *Op) { return counters(Op, Depth + 1, Found); });
}

void LocalArrayLoops::collect(AllocaInst &Array) {
  SmallVector<Value *, 8> Work = {&Array};
  SmallPtrSet<Value *, 16> Seen;
  SmallSetVector<Loop *, 8> Here;
  while (!Work.empty()) {
    Value *At = Work.pop_back_val();
    if (!Seen.insert(At).second)
      continue;
    for (User *U : At->users()) {
      if (auto *GEP = dyn_cast<GetElementPtrInst>(U)) {
        for (Value *Index : GEP->indices()) {
          SmallSetVector<Loop *, 4> Found;
          // One index that no unrolling makes constant, and the array stays in memory.
          if (!counters(Index, 0, Found))
            return;
          Here.insert(Found.begin(), Found.end());
        }
        Work.push_back(GEP);
      } else if (isa<AddrSpaceCastInst>(U)) {
        Work.push_back(U);
      } else if (auto *Store = dyn_cast<StoreInst>(U); Store && Store->getValueOperand() == At) {
        return; // escapes
      } else if (auto *Call = dyn_cast<CallBase>(U)) {
        auto *I = dyn_cast<IntrinsicInst>(Call);
        if (!I || !(I->isLifetimeStartOrEnd() || isa<MemIntrinsic>(I) || isa<DbgInfoIntrinsic>(I)))
          return;
      } else if (!isa<LoadInst, StoreInst>(U)) {
        return;
      }
    }
  }
  Loops.insert(Here.begin(), Here.end());
}

/// The least that an exit allows, as LLVM's unroller counts: others may be checks that nobody knows the outcome of.
unsigned LocalArrayLoops::rounds(const Loop &L) const {
  SmallVector<BasicBlock *, 4> Exiting;
  L.getExitingBlocks(Exiting);
  unsigned Least = 0;
  for (BasicBlock *B : Exiting)
    if (unsigned Rounds = SE.getSmallConstantTripCount(&L, B))
      Least = Least ? std::min(Least, Rounds) : Rounds;
  return Least;
}

uint64_t LocalArrayLoops::unrolledSize(const Loop &L) const {
  uint64_t Size = 0;
  for (const BasicBlock *B : L.blocks())
    if (LI.getLoopFor(B) == &L)
      Size += B->size();
  for (const Loop *Inner : L)
    Size += unrolledSize(*Inner);
  // What is not marked stays a loop.
  return Loops.contains(const_cast<Loop *>(&L)) ? Size * rounds(L) : Size;
}

bool LocalArrayLoops::run() {
  for (Instruction &I : instructions(F))
    if (auto *A = dyn_cast<AllocaInst>(&I); A && A->isStaticAlloca()) {
      std::optional<TypeSize> Size = A->getAllocationSize(F.getDataLayout());
      if (Size && !Size->isScalable() && Size->getFixedValue() <= MaxArrayBytes)
        collect(*A);
    }
  Loops.remove_if([&](Loop *L) {
    return rounds(*L) == 0 || hasUnrollTransformation(L) != TM_Unspecified;
  });
  bool Changed = false;
  for (Loop *L : Loops) {
    // The outermost marked loop of a nest decides for all: half of it unrolled leaves the array in memory.
    Loop *Outermost = L;
    for (Loop *Up = L->getParentLoop(); Up; Up = Up->getParentLoop())
      if (Loops.contains(Up))
        Outermost = Up;
    if (unrolledSize(*Outermost) > MaxUnrolledSize)
      continue;
    addStringMetadataToLoop(L, "llvm.loop.unroll.full");
    Changed = true;
  }
  return Changed;
}

} // namespace

PreservedAnalyses UnrollLocalArraysPass::run(Function &F, FunctionAnalysisManager &AM) {
  if (none_of(instructions(F), [](const Instruction &I) { return isa<AllocaInst>(I); }))
    return PreservedAnalyses::all();
  LocalArrayLoops(F, AM.getResult<LoopAnalysis>(F), AM.getResult<ScalarEvolutionAnalysis>(F)).run();
  return PreservedAnalyses::all(); // metadata alone
}

} // namespace cordon
