//===- lower/RecomputeGuards.cpp - guards are not kept over a loop --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A thread that works on several elements tests each index before it loads and again before it stores, and in between stands
// the loop that takes the time. LLVM makes one comparison of the two; but a thread has seven predicates, and the comparisons lie
// in registers throughout the loop: 144 instead of 114 for a test of 32 points against a polygon, hence half the blocks on an
// SM, and 1.5 times the time. nvcc compares again after such a loop, and so does this pass where there are too many of them.

#include "lower/Pipeline.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"

using namespace llvm;

namespace cordon {
namespace {

/// Comparisons that may live through a loop: the predicates of a thread, less those that the loop itself needs.
constexpr unsigned MaxKept = 4;

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
  /// An index and a constant are added anew.
  Value *copyOf(Value *V, IRBuilderBase &B) {
    if (isa<Constant, Argument>(V))
      return V;
    auto *Sum = dyn_cast<BinaryOperator>(V);
    bool Offset = Sum && isa<ConstantInt>(Sum->getOperand(1)) &&
                  (Sum->getOpcode() == Instruction::Add || Sum->getOpcode() == Instruction::Or);
    if (!Offset || !isa<Instruction>(Sum->getOperand(0)))
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
  if (Guards.size() <= MaxKept)
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
  if (!Changed)
    return PreservedAnalyses::all();
  PreservedAnalyses PA;
  PA.preserveSet<CFGAnalyses>();
  return PA;
}

} // namespace cordon
