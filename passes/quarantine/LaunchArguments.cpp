//===- quarantine/LaunchArguments.cpp - a call's arguments, a kernel's ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The System V ABI for x86-64, section 3.2.3, passes each eight bytes of a struct of up to 16 in an SSE register if only
// floating point is in them, else in an integer register. LLVM's types do not say all that the rule asks for: an empty
// struct is an i8, as one of a char is, a union is one of its members, and bytes at the end may be padding. So the calls
// decide between what is possible.
//===----------------------------------------------------------------------===//

#include "quarantine/LaunchArguments.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

class Fit {
public:
  Fit(const Function &Kernel, const CallBase &Call, bool Unions, SmallVectorImpl<PassedParameter> &Passed)
      : Kernel(Kernel), Call(Call), DL(Kernel.getDataLayout()), Unions(Unions), Passed(Passed) {}

  /// Parameters from \p Param on are made of the arguments from \p Arg on.
  bool rest(unsigned Param, unsigned Arg) {
    if (Param == Kernel.arg_size())
      return Arg == Call.arg_size();
    const Argument &A = *Kernel.getArg(Param);
    bool More = Arg < Call.arg_size(), InMemory = More && Call.isByValArgument(Arg);
    Type *T = More ? Call.getArgOperand(Arg)->getType() : nullptr;
    auto Try = [&](decltype(PassedParameter::How) How, unsigned Count) {
      Passed.push_back({How, Count});
      if (rest(Param + 1, Arg + Count))
        return true;
      Passed.pop_back();
      return false;
    };
    if (!A.hasByValAttr())
      return More && !InMemory && T == A.getType() && Try(PassedParameter::Same, 1);
    Type *Struct = A.getParamByValType();
    uint64_t Size = DL.getTypeAllocSize(Struct);
    if (InMemory)
      return DL.getTypeAllocSize(Call.getParamByValType(Arg)) == Size && Try(PassedParameter::Same, 1);
    if (More && Size <= 16) {
      bool Whole = Size <= 8 ? inRegister(Struct, 0, T) : T->isVectorTy() && DL.getTypeStoreSize(T) == Size;
      if (Whole && Try(PassedParameter::Pieces, 1))
        return true;
      if (Size > 8 && Arg + 1 < Call.arg_size() && inRegister(Struct, 0, T) &&
          inRegister(Struct, 8, Call.getArgOperand(Arg + 1)->getType()) && Try(PassedParameter::Pieces, 2))
        return true;
    }
    if (mayBeEmpty(Struct) && Try(PassedParameter::Empty, 0))
      return true;
    return More && T->isPointerTy() && Try(PassedParameter::Address, 1);
  }

private:
  struct Leaf {
    uint64_t At;
    Type *T;
    bool MayBePadding; ///< front ends write it as an array of bytes
  };

  void leaves(Type *T, uint64_t Offset, SmallVectorImpl<Leaf> &Out) const {
    if (auto *S = dyn_cast<StructType>(T)) {
      const StructLayout *Layout = DL.getStructLayout(S);
      for (unsigned I = 0; I != S->getNumElements(); ++I)
        leaves(S->getElementType(I), Offset + Layout->getElementOffset(I), Out);
    } else if (auto *A = dyn_cast<ArrayType>(T)) {
      for (uint64_t I = 0, Each = DL.getTypeAllocSize(A->getElementType()); I != A->getNumElements(); ++I)
        leaves(A->getElementType(), Offset + I * Each, Out);
      for (Leaf &L : drop_begin(Out, Out.size() - (A->getElementType()->isIntegerTy(8) ? A->getNumElements() : 0)))
        L.MayBePadding = true;
    } else {
      Out.push_back({Offset, T, false});
    }
  }

  bool mayBeEmpty(Type *Struct) const {
    if (DL.getTypeAllocSize(Struct) > 16)
      return false;
    SmallVector<Leaf, 16> All;
    leaves(Struct, 0, All);
    return all_of(All, [](const Leaf &L) { return L.T->isIntegerTy(8); });
  }

  /// True if \p Register can hold the eight bytes of \p Struct at \p Offset.
  bool inRegister(Type *Struct, uint64_t Offset, Type *Register) const {
    uint64_t Room = DL.getTypeStoreSize(Register), End = 0;
    if (Room > std::min<uint64_t>(8, DL.getTypeAllocSize(Struct) - Offset) || Register->isAggregateType())
      return false;
    SmallVector<Leaf, 16> All;
    leaves(Struct, 0, All);
    bool Floating = true, Padding = false, Pointer = false;
    for (const Leaf &L : All) {
      uint64_t LeafEnd = L.At + DL.getTypeStoreSize(L.T);
      if (LeafEnd <= Offset || L.At >= Offset + 8)
        continue;
      Padding |= L.MayBePadding;
      if (L.MayBePadding)
        continue;
      Floating &= L.T->isFPOrFPVectorTy();
      Pointer |= L.At == Offset && L.T->isPointerTy();
      End = std::max(End, std::min(LeafEnd, Offset + 8) - Offset);
    }
    bool InSSE = Register->isFPOrFPVectorTy();
    bool Likely = Pointer == Register->isPointerTy() && (Floating == InSSE || (Padding && !InSSE));
    return Room >= End && (Unions || Likely);
  }

  const Function &Kernel;
  const CallBase &Call;
  const DataLayout &DL;
  bool Unions; ///< the type that is seen may be another member's
  SmallVectorImpl<PassedParameter> &Passed;
};

} // namespace

bool fitArguments(const Function &Kernel, const CallBase &Call, SmallVectorImpl<PassedParameter> &Passed) {
  if (Kernel.arg_size() > 64)
    return false; // the search is exponential where structs may be empty
  Passed.clear();
  return Fit(Kernel, Call, false, Passed).rest(0, 0) || Fit(Kernel, Call, true, Passed).rest(0, 0);
}

} // namespace cordon
