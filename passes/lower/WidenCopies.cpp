//===- lower/WidenCopies.cpp - copies of 16 bytes at a time ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM's NVPTX target copies and fills a block 8 bytes at a time, whatever its alignment, and nothing joins the pieces
// afterwards: twice the memory instructions of nvcc for structures aligned to 16. This pass, after all optimization, writes
// small blocks that are so aligned as loads and stores of four words.

#include "lower/Pipeline.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

namespace cordon {

namespace {

constexpr uint64_t Width = 16;
constexpr uint64_t MaxBytes = 128; // above, LLVM makes a loop

/// The bytes to write, 0 where this pass has nothing to say.
uint64_t blockSize(const MemIntrinsic &I) {
  auto *Length = dyn_cast<ConstantInt>(I.getLength());
  if (!Length || I.isVolatile() || I.getDestAlign().valueOrOne().value() < Width)
    return 0;
  uint64_t Bytes = Length->getZExtValue();
  return Bytes >= Width && Bytes <= MaxBytes && Bytes % Width == 0 ? Bytes : 0;
}

Value *at(IRBuilderBase &B, Value *Base, uint64_t Offset) {
  return Offset ? B.CreateInBoundsPtrAdd(Base, B.getInt64(Offset)) : Base;
}

/// All loads come before the stores, so that this is right for overlapping blocks too.
void copy(MemTransferInst &I, uint64_t Bytes) {
  IRBuilder<> B(&I);
  Type *Ty = FixedVectorType::get(B.getInt32Ty(), 4);
  SmallVector<Value *, 8> Values;
  for (uint64_t Offset = 0; Offset < Bytes; Offset += Width)
    Values.push_back(B.CreateAlignedLoad(Ty, at(B, I.getRawSource(), Offset), Align(Width)));
  for (uint64_t Offset = 0; Offset < Bytes; Offset += Width)
    B.CreateAlignedStore(Values[Offset / Width], at(B, I.getRawDest(), Offset), Align(Width));
}

void fill(MemSetInst &I, uint64_t Bytes) {
  IRBuilder<> B(&I);
  APInt Word = APInt::getSplat(32, cast<ConstantInt>(I.getValue())->getValue());
  Value *V = ConstantVector::getSplat(ElementCount::getFixed(4), B.getInt(Word));
  for (uint64_t Offset = 0; Offset < Bytes; Offset += Width)
    B.CreateAlignedStore(V, at(B, I.getRawDest(), Offset), Align(Width));
}

bool widen(MemIntrinsic &I) {
  uint64_t Bytes = blockSize(I);
  if (!Bytes)
    return false;
  if (auto *Transfer = dyn_cast<MemTransferInst>(&I)) {
    if (Transfer->getSourceAlign().valueOrOne().value() < Width)
      return false;
    copy(*Transfer, Bytes);
  } else if (auto *Set = dyn_cast<MemSetInst>(&I); Set && isa<ConstantInt>(Set->getValue())) {
    fill(*Set, Bytes);
  } else {
    return false;
  }
  I.eraseFromParent();
  return true;
}

} // namespace

PreservedAnalyses WidenCopiesPass::run(Function &F, FunctionAnalysisManager &) {
  bool Changed = false;
  for (Instruction &I : make_early_inc_range(instructions(F)))
    if (auto *Block = dyn_cast<MemIntrinsic>(&I))
      Changed |= widen(*Block);
  return keepingBlocks(Changed);
}

} // namespace cordon
