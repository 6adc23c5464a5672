//===- lower/RecomputeGuards.cpp - guards are not kept over a loop --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A thread that works on several elements tests each index before it loads and again before it stores, and in between stands
// the loop that takes the time. LLVM makes one comparison of the two; but a thread has seven predicates, which the loop could
// use, and more comparisons lie in registers throughout it: 144 instead of 114 for a test of 32 points against a polygon, hence
// half the blocks on an SM, and 1.5 times the time; 1.12 for 4 points. So it is compared again after such a loop, as nvcc does,
// where the comparisons have an index in common.

#include "lower/Pipeline.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"

using namespace llvm;

namespace cordon {
namespace {

/// An index and a constant: what is compared can be made again of the index.
const BinaryOperator *offsetIndex(const Value *V) {
  const auto *Sum = dyn_cast<BinaryOperator>(V);
  bool Offset = Sum && isa<ConstantInt>(Sum->getOperand(1)) && isa<Instruction>(Sum->getOperand(0)) &&
                (Sum->getOpcode() == Instruction::Add || Sum->getOpcode() == Instruction::Or);
  return Offset ? Sum : nullptr;
}

/// What has to live through the loop instead of the comparison; null if nothing has to.
const Value *keptFor(const Value *Operand) {
  if (isa<Constant, Argument>(Operand))
    return nullptr;
  const BinaryOperator *Sum = offsetIndex(Operand);
  return Sum ? Sum->getOperand(0) : Operand;
}

/// The uses behind \p L of a comparison that stands before it and is not used in it.
struct Guard {
  ICmpInst *Compare;
  SmallVector<Use *, 2> Behind;
};

SmallVector<Guard, 16> guardsOver(const Loop &L, const DominatorTree &DT) {
  SmallVector<Guard, 16> Guards;
  for (BasicBlock *B = DT.getNode(L.getHeader())->getIDom()->getBlock(); B;) {
    for (Instruction &I : *B) {
      auto *Compare = dyn_cast<ICmpInst>(&I);
      if (!Compare || !Compare->getOperand(0)->getType()->isIntegerTy())
        continue;
      Guard G = {Compare, {}};
      bool Inside = false;
      for (Use &U : Compare->uses()) {
        auto *User = cast<Instruction>(U.getUser());
        Inside |= L.contains(User);
        if (!L.contains(User) && isa<BranchInst>(User) && DT.dominates(L.getHeader(), User->getParent()))
          G.Behind.push_back(&U);
      }
      if (!Inside && !G.Behind.empty())
        Guards.push_back(std::move(G));
    }
    const DomTreeNode *Up = DT.getNode(B)->getIDom();
    B = Up ? Up->getBlock() : nullptr;
  }
  return Guards;
}

/// Repeats the comparisons where they are used. What they compare passes through empty assembly once, so that code generation
/// does not find the first comparison again.
class Repeater {
public:
  Repeater(BasicBlock &Begin) : Begin(Begin) {}

  void repeat(Guard &G) {
    for (Use *U : G.Behind) {
      IRBuilder<> B(cast<Instruction>(U->getUser()));
      Value *Operands[2];
      for (unsigned Index : {0u, 1u})
        Operands[Index] = copyOf(G.Compare->getOperand(Index), B);
      U->set(B.CreateICmp(G.Compare->getPredicate(), Operands[0], Operands[1]));
    }
  }

private:
  Value *copyOf(Value *V, IRBuilderBase &B) {
    if (isa<Constant, Argument>(V))
      return V;
    const BinaryOperator *Sum = offsetIndex(V);
    if (!Sum)
      return hidden(V);
    Instruction *Again = Sum->clone();
    Again->setOperand(0, hidden(Sum->getOperand(0)));
    return B.Insert(Again);
  }
  Value *hidden(Value *V) {
    Value *&Copy = Hidden[V];
    if (!Copy) {
      IRBuilder<> B(&*Begin.getFirstInsertionPt());
      auto *Ty = FunctionType::get(V->getType(), V->getType(), false);
      StringRef Register = V->getType()->isIntegerTy(32) ? "=r,0" : "=l,0";
      Copy = B.CreateCall(Ty, InlineAsm::get(Ty, "", Register, /*hasSideEffects=*/false), V);
    }
    return Copy;
  }
  BasicBlock &Begin;
  DenseMap<Value *, Value *> Hidden;
};

bool repeatGuards(Loop &L, DominatorTree &DT) {
  SmallVector<Guard, 16> Guards = guardsOver(L, DT);
  llvm::erase_if(Guards, [](const Guard &G) {
    unsigned Width = G.Compare->getOperand(0)->getType()->getIntegerBitWidth();
    return Width != 32 && Width != 64;
  });
  // Worth it where few indices stand for more comparisons.
  SmallPtrSet<const Value *, 8> Kept;
  for (const Guard &G : Guards)
    for (const Value *Operand : G.Compare->operands())
      if (const Value *V = keptFor(Operand))
        Kept.insert(V);
  if (Guards.empty() || Guards.size() < 2 * Kept.size())
    return false;
  BasicBlock *Begin = nullptr;
  for (const Guard &G : Guards)
    for (const Use *U : G.Behind) {
      BasicBlock *B = cast<Instruction>(U->getUser())->getParent();
      Begin = Begin ? DT.findNearestCommonDominator(Begin, B) : B;
    }
  if (L.contains(Begin))
    return false;
  Repeater R(*Begin);
  for (Guard &G : Guards)
    R.repeat(G);
  return true;
}

} // namespace

PreservedAnalyses RecomputeGuardsPass::run(Function &F, FunctionAnalysisManager &AM) {
  auto &LI = AM.getResult<LoopAnalysis>(F);
  if (LI.empty())
    return PreservedAnalyses::all();
  auto &DT = AM.getResult<DominatorTreeAnalysis>(F);
  bool Changed = false;
  for (Loop *L : LI.getLoopsInPreorder())
    Changed |= repeatGuards(*L, DT);
  return keepingBlocks(Changed);
}

} // namespace cordon
