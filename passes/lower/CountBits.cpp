//===- lower/CountBits.cpp - loops that count bits ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `for (n = 0; x; ++n) x &= x - 1;` is one instruction of the GPU, and nvcc makes it so. LLVM knows the loop too, but asks its
// target whether counting is fast, and NVPTX's says nothing (such a kernel took 4.2 times as long). This pass computes what such
// a loop leaves behind and lets it end after one round; what remains of it is dead.

#include "lower/Pipeline.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

using namespace llvm;
using namespace llvm::PatternMatch;

namespace cordon {
namespace {

/// The value whose bits \p L, of one block, takes away one by one until none is left; null if it does anything else.
PHINode *countedValue(const Loop &L, Instruction *&Rest) {
  BasicBlock *B = L.getHeader();
  auto *Branch = dyn_cast<BranchInst>(B->getTerminator());
  if (L.getNumBlocks() != 1 || !L.getExitBlock() || !Branch || !Branch->isConditional())
    return nullptr;
  CmpPredicate Predicate;
  if (!match(Branch->getCondition(), m_ICmp(Predicate, m_Instruction(Rest), m_Zero())) || !ICmpInst::isEquality(Predicate))
    return nullptr;
  if (Branch->getSuccessor(Predicate == ICmpInst::ICMP_EQ) != B)
    return nullptr;
  Value *X;
  if (!match(Rest, m_c_And(m_Value(X), m_Add(m_Deferred(X), m_AllOnes()))))
    return nullptr;
  auto *Phi = dyn_cast<PHINode>(X);
  if (!Phi || Phi->getParent() != B || Phi->getIncomingValueForBlock(B) != Rest || !Phi->getType()->isIntegerTy())
    return nullptr;
  return Phi;
}

bool leaves(const Instruction &I, const Loop &L) {
  return any_of(I.users(), [&](const User *U) { return !L.contains(cast<Instruction>(U)); });
}

bool countBits(Loop &L, LoopInfo &LI, DominatorTree &DT) {
  Instruction *Rest;
  PHINode *X = countedValue(L, Rest);
  if (!X)
    return false;
  BasicBlock *B = L.getHeader();
  // Beside it, only counters: each with a constant step.
  SmallDenseMap<Instruction *, std::pair<PHINode *, ConstantInt *>, 4> Steps;
  for (Instruction &I : *B) {
    auto *Phi = dyn_cast<PHINode>(&I);
    if (Phi && Phi != X) {
      ConstantInt *Step;
      auto *Next = dyn_cast<Instruction>(Phi->getIncomingValueForBlock(B));
      if (!Next || !match(Next, m_Add(m_Specific(Phi), m_ConstantInt(Step))) || leaves(*Phi, L))
        return false;
      Steps[Next] = {Phi, Step};
    }
  }
  for (Instruction &I : *B)
    if (I.mayHaveSideEffects() || (leaves(I, L) && &I != Rest && !Steps.contains(&I)))
      return false;
  BasicBlock *Before = L.getLoopPreheader();
  if (!Before)
    Before = InsertPreheaderForLoop(&L, &DT, &LI, nullptr, /*PreserveLCSSA=*/false);
  if (!Before)
    return false;
  IRBuilder<> Builder(Before->getTerminator());
  Value *Start = X->getIncomingValueForBlock(Before);
  Value *Bits = Builder.CreateUnaryIntrinsic(Intrinsic::ctpop, Start);
  // The loop tests at its end.
  Value *Rounds = Builder.CreateBinaryIntrinsic(Intrinsic::umax, Bits, ConstantInt::get(Bits->getType(), 1));
  auto ReplaceBehind = [&](Instruction *I, Value *V) {
    I->replaceUsesWithIf(V, [&](const Use &U) { return !L.contains(cast<Instruction>(U.getUser())); });
  };
  ReplaceBehind(Rest, Constant::getNullValue(Rest->getType()));
  for (auto &[Next, Counter] : Steps) {
    auto [Phi, Step] = Counter;
    if (!leaves(*Next, L))
      continue;
    Value *Sum = Builder.CreateMul(Builder.CreateZExtOrTrunc(Rounds, Phi->getType()), Step);
    ReplaceBehind(Next, Builder.CreateAdd(Phi->getIncomingValueForBlock(Before), Sum));
  }
  auto *Branch = cast<BranchInst>(B->getTerminator());
  Branch->setCondition(ConstantInt::getBool(B->getContext(), Branch->getSuccessor(0) != B));
  return true;
}

} // namespace

PreservedAnalyses CountBitsPass::run(Function &F, FunctionAnalysisManager &AM) {
  auto &LI = AM.getResult<LoopAnalysis>(F);
  if (LI.empty())
    return PreservedAnalyses::all();
  auto &DT = AM.getResult<DominatorTreeAnalysis>(F);
  bool Changed = false;
  for (Loop *L : LI.getLoopsInPreorder())
    if (L->isInnermost())
      Changed |= countBits(*L, LI, DT);
  return Changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

} // namespace cordon
