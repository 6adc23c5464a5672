//===- device/PackInitializers.cpp - initializers with odd vectors --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-pack-initializers`: NVPTX prints a vector whose size in memory is not the sum of its elements (<3 x i8>,
// <3 x i32>, <8 x i1>) without the padding, so everything behind it moves. Such an initializer is rewritten as the bytes
// of the data layout, with pointers between them.

#include "device/Repairs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

bool isOdd(const FixedVectorType &Ty, const DataLayout &DL) {
  uint64_t Bits = DL.getTypeSizeInBits(Ty.getElementType());
  return Bits % 8 != 0 || DL.getTypeAllocSize(const_cast<FixedVectorType *>(&Ty)) * 8 != Bits * Ty.getNumElements();
}

bool holdsOddVector(Type *Ty, const DataLayout &DL) {
  if (auto *V = dyn_cast<FixedVectorType>(Ty))
    return isOdd(*V, DL);
  if (auto *A = dyn_cast<ArrayType>(Ty))
    return holdsOddVector(A->getElementType(), DL);
  if (auto *S = dyn_cast<StructType>(Ty))
    return any_of(S->elements(), [&](Type *E) { return holdsOddVector(E, DL); });
  return false;
}

/// The memory of a constant: bytes, and pointers by offset.
struct Image {
  std::vector<uint8_t> Bytes;
  std::vector<std::pair<uint64_t, Constant *>> Pointers; ///< in rising order
};

bool writeBits(const APInt &V, uint64_t Offset, Image &Out) {
  for (unsigned I = 0; I * 8 < V.getBitWidth(); ++I)
    Out.Bytes[Offset + I] = V.extractBitsAsZExtValue(std::min(8u, V.getBitWidth() - I * 8), I * 8);
  return true;
}

bool write(Constant *C, uint64_t Offset, const DataLayout &DL, Image &Out);

/// Elements narrower than a byte share bytes, the first in the lowest bits.
bool writeVector(Constant *C, const FixedVectorType &Ty, uint64_t Offset, const DataLayout &DL, Image &Out) {
  Type *E = Ty.getElementType();
  uint64_t Bits = DL.getTypeSizeInBits(E);
  if (Bits % 8 == 0) {
    for (unsigned I = 0; I < Ty.getNumElements(); ++I)
      if (!write(C->getAggregateElement(I), Offset + I * Bits / 8, DL, Out))
        return false;
    return true;
  }
  APInt All(Bits * Ty.getNumElements(), 0);
  for (unsigned I = 0; I < Ty.getNumElements(); ++I) {
    Constant *Element = C->getAggregateElement(I);
    if (isa_and_nonnull<UndefValue>(Element))
      continue;
    auto *CI = dyn_cast_or_null<ConstantInt>(Element);
    if (!CI)
      return false;
    All.insertBits(CI->getValue(), I * Bits);
  }
  return writeBits(All, Offset, Out);
}

/// False for what has no bytes before linking, other than a whole pointer.
bool write(Constant *C, uint64_t Offset, const DataLayout &DL, Image &Out) {
  if (!C)
    return false;
  if (isa<ConstantAggregateZero, UndefValue, ConstantPointerNull>(C))
    return true;
  Type *Ty = C->getType();
  if (auto *V = dyn_cast<FixedVectorType>(Ty))
    return writeVector(C, *V, Offset, DL, Out);
  if (auto *CI = dyn_cast<ConstantInt>(C))
    return writeBits(CI->getValue(), Offset, Out);
  if (auto *CF = dyn_cast<ConstantFP>(C))
    return writeBits(CF->getValueAPF().bitcastToAPInt(), Offset, Out);
  if (auto *A = dyn_cast<ArrayType>(Ty)) {
    uint64_t Step = DL.getTypeAllocSize(A->getElementType());
    for (uint64_t I = 0; I < A->getNumElements(); ++I)
      if (!write(C->getAggregateElement(I), Offset + I * Step, DL, Out))
        return false;
    return true;
  }
  if (auto *S = dyn_cast<StructType>(Ty)) {
    const StructLayout *L = DL.getStructLayout(S);
    for (unsigned I = 0; I < S->getNumElements(); ++I)
      if (!write(C->getAggregateElement(I), Offset + L->getElementOffset(I), DL, Out))
        return false;
    return true;
  }
  if (!Ty->isPointerTy())
    return false;
  Out.Pointers.push_back({Offset, C});
  return true;
}

Constant *packed(const Image &Memory, const DataLayout &DL, LLVMContext &C) {
  if (Memory.Pointers.empty())
    return ConstantDataArray::get(C, Memory.Bytes);
  SmallVector<Constant *, 8> Fields;
  uint64_t At = 0;
  auto BytesUpTo = [&](uint64_t End) {
    if (End > At)
      Fields.push_back(ConstantDataArray::get(C, ArrayRef(Memory.Bytes).slice(At, End - At)));
    At = End;
  };
  for (auto &[Offset, Pointer] : Memory.Pointers) {
    BytesUpTo(Offset);
    Fields.push_back(Pointer);
    At += DL.getTypeStoreSize(Pointer->getType());
  }
  BytesUpTo(Memory.Bytes.size());
  return ConstantStruct::getAnon(C, Fields, /*Packed=*/true);
}

bool pack(GlobalVariable &G) {
  const DataLayout &DL = G.getDataLayout();
  if (!G.hasInitializer() || isa<ConstantAggregateZero, UndefValue>(G.getInitializer()) ||
      !holdsOddVector(G.getValueType(), DL))
    return false;
  Image Memory;
  Memory.Bytes.resize(DL.getTypeAllocSize(G.getValueType()));
  if (!write(G.getInitializer(), 0, DL, Memory))
    return false;
  Constant *Init = packed(Memory, DL, G.getContext());
  Align A = DL.getValueOrABITypeAlignment(G.getAlign(), G.getValueType());
  auto *New = new GlobalVariable(*G.getParent(), Init->getType(), G.isConstant(), G.getLinkage(), Init, "", &G,
                                 G.getThreadLocalMode(), G.getAddressSpace(), G.isExternallyInitialized());
  New->copyAttributesFrom(&G);
  New->copyMetadata(&G, 0);
  New->setAlignment(A);
  New->takeName(&G);
  G.replaceAllUsesWith(New);
  G.eraseFromParent();
  return true;
}

} // namespace

bool packInitializers(Module &M, FindingSet &) {
  bool Changed = false;
  for (GlobalVariable &G : make_early_inc_range(M.globals()))
    Changed |= !G.getName().starts_with("llvm.") && pack(G);
  return Changed;
}

} // namespace cordon
