//===- lower/MulHigh.cpp - the high half of a product ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `(u64)a * b >> 32` is one instruction of PTX, mul.hi.u32. Where the extension of an operand stands in another block,
// instruction selection does not see that, and writes a 64-bit product and its upper half. ptxas 13.0 gets this wrong in
// a loop: it takes the product of the upper half and an invariant value for associative, and hoists it. So the high half
// is taken in IR, where both operands are known to be narrow.

#include "lower/Pipeline.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/Support/KnownBits.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;
using namespace llvm::PatternMatch;

namespace cordon {

/// A shift that leaves nothing of a product but its upper half. One whose lower half is used too is left alone, since a
/// wide product has both.
static bool isHighHalf(Instruction &I, Value *&A, Value *&B, uint64_t &Shift) {
  return I.getType()->isIntegerTy(64) &&
         match(&I, m_LShr(m_OneUse(m_Mul(m_Value(A), m_Value(B))), m_ConstantInt(Shift))) && Shift >= 32 && Shift < 64;
}

static bool isNarrow(const Value *V, const DataLayout &DL) {
  return computeKnownBits(V, DL).countMinLeadingZeros() >= 32;
}

PreservedAnalyses MulHighPass::run(Function &F, FunctionAnalysisManager &) {
  const DataLayout &DL = F.getDataLayout();
  SmallVector<Instruction *, 8> Dead;
  for (Instruction &I : instructions(F)) {
    Value *A, *B;
    uint64_t Shift;
    if (!isHighHalf(I, A, B, Shift) || !isNarrow(A, DL) || !isNarrow(B, DL))
      continue;
    IRBuilder<> Builder(&I);
    auto Narrow = [&](Value *V) {
      Value *Source;
      return match(V, m_ZExt(m_Value(Source))) && Source->getType()->isIntegerTy(32)
                 ? Source
                 : Builder.CreateTrunc(V, Builder.getInt32Ty());
    };
    Value *NarrowA = Narrow(A), *NarrowB = Narrow(B);
    Value *High = Builder.CreateIntrinsic(Builder.getInt32Ty(), Intrinsic::nvvm_mulhi_ui, {NarrowA, NarrowB});
    High = Builder.CreateZExt(High, I.getType());
    if (Shift > 32)
      High = Builder.CreateLShr(High, Shift - 32);
    I.replaceAllUsesWith(High);
    Dead.push_back(&I);
  }
  if (Dead.empty())
    return PreservedAnalyses::all();
  for (Instruction *I : Dead)
    RecursivelyDeleteTriviallyDeadInstructions(I);
  return keepingBlocks(/*Changed=*/true);
}

} // namespace cordon
