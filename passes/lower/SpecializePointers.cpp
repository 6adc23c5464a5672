//===- lower/SpecializePointers.cpp - tiles loaded from known memory ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM's address-space inference rewrites loads and stores, not the intrinsics that load and store the tiles of matrix
// products: those stay on generic pointers, where each word is looked up at run time. Here such a call gets the address
// space that its pointer comes from; inference in the back end then does away with the casts.

#include "lower/Pipeline.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

namespace cordon {

namespace {

constexpr unsigned GenericSpace = 0, GlobalSpace = 1, SharedSpace = 3;

/// The address space that all values a pointer may have come from; generic where they differ or are not known.
class PointerOrigin {
public:
  unsigned of(const Value *V) {
    Seen.clear();
    std::optional<unsigned> Space = visit(V);
    return Space.value_or(GenericSpace);
  }

private:
  static constexpr unsigned MaxValues = 64;

  /// None: it says nothing, as a cycle does.
  std::optional<unsigned> visit(const Value *V) {
    if (unsigned Space = V->getType()->getPointerAddressSpace())
      return Space;
    if (!Seen.insert(V).second)
      return std::nullopt;
    if (Seen.size() > MaxValues)
      return GenericSpace;
    if (const auto *Arg = dyn_cast<Argument>(V)) // as LLVM's back end takes it
      return Arg->getParent()->getCallingConv() == CallingConv::PTX_Kernel && !Arg->hasByValAttr() ? GlobalSpace
                                                                                                    : GenericSpace;
    if (const auto *GEP = dyn_cast<GEPOperator>(V))
      return visit(GEP->getPointerOperand());
    if (const auto *Cast = dyn_cast<AddrSpaceCastOperator>(V))
      return visit(Cast->getPointerOperand());
    if (const auto *Phi = dyn_cast<PHINode>(V)) {
      std::optional<unsigned> All;
      for (const Value *In : Phi->incoming_values())
        if (!join(All, visit(In)))
          return GenericSpace;
      return All;
    }
    if (const auto *S = dyn_cast<SelectInst>(V)) {
      std::optional<unsigned> All = visit(S->getTrueValue());
      return join(All, visit(S->getFalseValue())) ? All : GenericSpace;
    }
    return GenericSpace;
  }
  static bool join(std::optional<unsigned> &All, std::optional<unsigned> One) {
    if (One && All && *One != *All)
      return false;
    if (One)
      All = One;
    return true;
  }
  SmallPtrSet<const Value *, 16> Seen;
};

/// The operand that is a pointer to a tile, or -1.
int tileOperand(const IntrinsicInst &I) {
  StringRef Name = I.getCalledFunction()->getName();
  if (!Name.consume_front("llvm.nvvm."))
    return -1;
  bool Tile = (Name.starts_with("wmma.") && (Name.contains(".load.") || Name.contains(".store."))) ||
              Name.starts_with("ldmatrix.") || Name.starts_with("stmatrix.");
  if (!Tile || I.arg_empty() || !I.getArgOperand(0)->getType()->isPointerTy())
    return -1;
  return 0;
}

bool specialize(IntrinsicInst &I, PointerOrigin &Origin) {
  int Index = tileOperand(I);
  if (Index < 0)
    return false;
  Value *Pointer = I.getArgOperand(Index);
  if (Pointer->getType()->getPointerAddressSpace() != GenericSpace)
    return false;
  unsigned Space = Origin.of(Pointer);
  if (Space != GlobalSpace && Space != SharedSpace)
    return false;
  SmallVector<Type *, 1> Overloads;
  if (!Intrinsic::getIntrinsicSignature(I.getIntrinsicID(), I.getFunctionType(), Overloads) || Overloads.size() != 1 ||
      Overloads[0] != Pointer->getType())
    return false;
  IRBuilder<> B(&I);
  Type *To = B.getPtrTy(Space);
  I.setArgOperand(Index, B.CreateAddrSpaceCast(Pointer, To));
  I.setCalledFunction(Intrinsic::getOrInsertDeclaration(I.getModule(), I.getIntrinsicID(), {To}));
  return true;
}

} // namespace

PreservedAnalyses SpecializePointersPass::run(Function &F, FunctionAnalysisManager &) {
  PointerOrigin Origin;
  bool Changed = false;
  for (Instruction &I : make_early_inc_range(instructions(F)))
    if (auto *Call = dyn_cast<IntrinsicInst>(&I))
      Changed |= specialize(*Call, Origin);
  return keepingBlocks(Changed);
}

} // namespace cordon
