//===- lower/LoopSize.cpp - what unrolling a loop costs -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counts instructions as they weigh in PTX: addresses and casts are part of what uses them.

#include "lower/LoopSize.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

namespace cordon {

/// What a division or remainder becomes, at least.
static constexpr unsigned DivisionSize = 4;

static unsigned sizeOf(const Instruction &I) {
  if (I.isDebugOrPseudoInst() || I.isLifetimeStartOrEnd() || isa<GetElementPtrInst, CastInst, AssumeInst>(I))
    return 0;
  switch (I.getOpcode()) {
  case Instruction::FDiv: // a reciprocal is an instruction of its own
    return isa<ConstantFP>(I.getOperand(0)) ? 1 : DivisionSize;
  case Instruction::FRem:
  case Instruction::SDiv:
  case Instruction::UDiv:
  case Instruction::SRem:
  case Instruction::URem:
    return isa<ConstantInt>(I.getOperand(1)) ? 2 : DivisionSize;
  default:
    return 1;
  }
}

/// Adds up the instructions of \p L for which \p Counts says so.
template <typename Predicate>
static std::optional<unsigned> addUp(const Loop &L, unsigned Limit, Predicate Counts) {
  unsigned Size = 0;
  for (const BasicBlock *B : L.blocks())
    for (const Instruction &I : *B) {
      if (const auto *Call = dyn_cast<CallBase>(&I))
        if (Call->isConvergent() || Call->cannotDuplicate() || !isa<IntrinsicInst>(Call))
          return std::nullopt;
      if (isa<PHINode>(I) && B == L.getHeader())
        continue;
      if (Counts(I))
        Size += sizeOf(I);
      if (Size > Limit)
        return std::nullopt;
    }
  return Size;
}

std::optional<unsigned> roundSize(const Loop &L, unsigned Limit) {
  return addUp(L, Limit, [](const Instruction &) { return true; });
}

std::optional<unsigned> roundSizeWhenWhole(const Loop &L, unsigned Limit, ScalarEvolution &SE) {
  SmallPtrSet<const Value *, 16> Known;
  for (const PHINode &Phi : L.getHeader()->phis())
    if (SE.isSCEVable(Phi.getType()))
      if (const auto *Counter = dyn_cast<SCEVAddRecExpr>(SE.getSCEV(const_cast<PHINode *>(&Phi))))
        if (all_of(Counter->operands(), [](const SCEV *S) { return isa<SCEVConstant>(S); }))
          Known.insert(&Phi);
  bool Changed = true;
  while (Changed) {
    Changed = false;
    for (const BasicBlock *B : L.blocks())
      for (const Instruction &I : *B)
        if (isa<BinaryOperator, CastInst, CmpInst, SelectInst, GetElementPtrInst>(I) && !Known.contains(&I) &&
            all_of(I.operands(), [&](const Value *Op) { return isa<Constant>(Op) || Known.contains(Op); }))
          Changed |= Known.insert(&I).second;
  }
  return addUp(L, Limit, [&](const Instruction &I) {
    if (Known.contains(&I))
      return false;
    const auto *Branch = dyn_cast<BranchInst>(&I);
    return !Branch || (Branch->isConditional() && !Known.contains(Branch->getCondition()));
  });
}

} // namespace cordon
