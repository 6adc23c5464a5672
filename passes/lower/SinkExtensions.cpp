//===- lower/SinkExtensions.cpp - indices are widened where they count ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An index of 32 bits that is widened, multiplied by an element's size and added to an address is one instruction of the GPU,
// but only where NVPTX's selection, which sees a block at a time, finds the three together. LLVM widens an index once, where it
// is made; each use in another block then shifts and adds 64 bits in pieces (a cross product took 61 instructions, nvcc's 45).
// Here the widening is repeated in the blocks of its uses.

#include "lower/Pipeline.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

namespace cordon {

/// A use that can take the widening in.
static bool scales(const User *U) {
  if (isa<GetElementPtrInst>(U))
    return true;
  const auto *Op = dyn_cast<BinaryOperator>(U);
  return Op && (Op->getOpcode() == Instruction::Shl || Op->getOpcode() == Instruction::Mul) &&
         isa<ConstantInt>(Op->getOperand(1));
}

static bool sink(CastInst &Widening) {
  SmallVector<Use *, 8> Elsewhere;
  for (Use &U : Widening.uses()) {
    auto *I = cast<Instruction>(U.getUser());
    if (I->getParent() != Widening.getParent() && scales(I))
      Elsewhere.push_back(&U);
  }
  SmallDenseMap<BasicBlock *, Instruction *, 8> Copies;
  for (Use *U : Elsewhere) {
    BasicBlock *B = cast<Instruction>(U->getUser())->getParent();
    Instruction *&Copy = Copies[B];
    if (!Copy) {
      Copy = Widening.clone();
      Copy->setName(Widening.getName());
      Copy->insertBefore(B->getFirstInsertionPt());
    }
    U->set(Copy);
  }
  if (Widening.use_empty())
    Widening.eraseFromParent();
  return !Elsewhere.empty();
}

PreservedAnalyses SinkExtensionsPass::run(Function &F, FunctionAnalysisManager &) {
  bool Changed = false;
  for (Instruction &I : make_early_inc_range(instructions(F)))
    if (isa<SExtInst, ZExtInst>(I) && I.getType()->isIntegerTy(64) && I.getOperand(0)->getType()->isIntegerTy(32))
      Changed |= sink(cast<CastInst>(I));
  return keepingBlocks(Changed);
}

} // namespace cordon
