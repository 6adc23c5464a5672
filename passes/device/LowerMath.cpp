//===- device/LowerMath.cpp - LLVM's math and libm's, to libdevice --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-lower-math`: NVPTX selects few math operations, and some of these wrongly: frem is off for large quotients,
// exp2 is approximate whether asked for or not. Intrinsics and libm calls become calls of libdevice (__nv_*): vectors
// element by element, half and bfloat through float. What the module defines itself is left alone.

#include "device/MathTable.h"
#include "device/Repairs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

/// Calls `__nv_BASE` or `__nv_BASEf` by the type of the first operand.
class Libdevice {
public:
  explicit Libdevice(Module &M) : M(M) {}

  Value *call(IRBuilder<> &B, StringRef Name, Type *Result, ArrayRef<Value *> Args) {
    SmallVector<Type *, 3> Types;
    for (Value *A : Args)
      Types.push_back(A->getType());
    FunctionCallee F = M.getOrInsertFunction(Name, FunctionType::get(Result, Types, false));
    CallInst *Call = B.CreateCall(F, Args);
    return Call;
  }

  /// f(T...) -> T with T float or double.
  Value *floating(IRBuilder<> &B, StringRef Base, ArrayRef<Value *> Args) {
    Type *Ty = Args[0]->getType();
    return call(B, name(Base, Ty), Ty, Args);
  }

  static std::string name(StringRef Base, Type *Ty) { return ("__nv_" + Base + (Ty->isFloatTy() ? "f" : "")).str(); }

private:
  Module &M;
};

bool isLibdeviceType(Type *Ty) { return Ty->isFloatTy() || Ty->isDoubleTy(); }
bool isSmallFloat(Type *Ty) { return Ty->isHalfTy() || Ty->isBFloatTy(); }

/// One scalar operation on float or double. Null: not ours.
using ScalarOp = function_ref<Value *(IRBuilder<> &, ArrayRef<Value *>)>;

Value *widened(IRBuilder<> &B, Value *V) {
  return isSmallFloat(V->getType()) ? B.CreateFPExt(V, B.getFloatTy()) : V;
}

/// Gives \p Result, computed in float, the element type \p Ty that the IR asked for.
Value *narrowed(IRBuilder<> &B, Value *Result, Type *Ty) {
  if (Result->getType() == Ty)
    return Result;
  if (auto *S = dyn_cast<StructType>(Ty)) {
    Value *Out = PoisonValue::get(S);
    for (unsigned I = 0; I < S->getNumElements(); ++I)
      Out = B.CreateInsertValue(Out, narrowed(B, B.CreateExtractValue(Result, I), S->getElementType(I)), I);
    return Out;
  }
  if (Ty->isIntegerTy())
    return B.CreateSExtOrTrunc(Result, Ty);
  return B.CreateFPTrunc(Result, Ty);
}

Type *elementOf(Type *Ty) {
  if (auto *S = dyn_cast<StructType>(Ty)) {
    SmallVector<Type *, 2> Elements;
    for (Type *E : S->elements())
      Elements.push_back(E->getScalarType());
    return StructType::get(Ty->getContext(), Elements);
  }
  return Ty->getScalarType();
}

/// Computes \p I element by element with \p Op.
Value *scalarize(IRBuilder<> &B, Instruction &I, ArrayRef<Value *> Args, ScalarOp Op) {
  auto *Vec = dyn_cast<FixedVectorType>(Args[0]->getType());
  Type *Element = elementOf(I.getType());
  auto One = [&](ArrayRef<Value *> Scalars) {
    SmallVector<Value *, 3> Wide;
    for (Value *V : Scalars)
      Wide.push_back(widened(B, V));
    return narrowed(B, Op(B, Wide), Element);
  };
  if (!Vec)
    return One(Args);
  Value *Out = PoisonValue::get(I.getType());
  for (unsigned K = 0; K < Vec->getNumElements(); ++K) {
    SmallVector<Value *, 3> Scalars;
    for (Value *A : Args)
      Scalars.push_back(A->getType()->isVectorTy() ? B.CreateExtractElement(A, K) : A);
    Value *R = One(Scalars);
    if (auto *S = dyn_cast<StructType>(I.getType()))
      for (unsigned F = 0; F < S->getNumElements(); ++F)
        Out = B.CreateInsertValue(
            Out, B.CreateInsertElement(B.CreateExtractValue(Out, F), B.CreateExtractValue(R, F), K), F);
    else
      Out = B.CreateInsertElement(Out, R, K);
  }
  return Out;
}

/// sincos, sincospi and modf give two results, libdevice through pointers.
Value *twoResults(Libdevice &L, IRBuilder<> &B, StringRef Base, Value *X) {
  Type *Ty = X->getType();
  Function &F = *B.GetInsertBlock()->getParent();
  IRBuilder<> Entry(&*F.getEntryBlock().getFirstInsertionPt());
  auto Slot = [&] { return Entry.CreateAlloca(Ty); };
  Value *First, *Second;
  if (Base == "modf") {
    Value *Whole = Slot();
    First = L.call(B, Libdevice::name(Base, Ty), Ty, {X, Whole});
    Second = B.CreateLoad(Ty, Whole);
  } else {
    Value *Sin = Slot(), *Cos = Slot();
    L.call(B, Libdevice::name(Base, Ty), B.getVoidTy(), {X, Sin, Cos});
    First = B.CreateLoad(Ty, Sin);
    Second = B.CreateLoad(Ty, Cos);
  }
  Value *Out = PoisonValue::get(StructType::get(Ty, Ty));
  return B.CreateInsertValue(B.CreateInsertValue(Out, First, 0), Second, 1);
}

/// An i32 exponent calls powi; any other width goes through pow, which is exact for it.
Value *powi(Libdevice &L, IRBuilder<> &B, Value *X, Value *N) {
  unsigned Bits = N->getType()->getIntegerBitWidth();
  if (Bits > 32) {
    Value *Wide = B.CreateFPExt(X, B.getDoubleTy());
    Value *R = L.floating(B, "pow", {Wide, B.CreateSIToFP(N, B.getDoubleTy())});
    return B.CreateFPTrunc(R, X->getType());
  }
  Value *Exponent = B.CreateSExt(N, B.getInt32Ty());
  return L.call(B, Libdevice::name("powi", X->getType()), X->getType(), {X, Exponent});
}

bool isMapped(Type *Ty) {
  Type *S = Ty->getScalarType();
  return !isa<ScalableVectorType>(Ty) && (isLibdeviceType(S) || isSmallFloat(S));
}

/// The sum of the lanes that fall together, in the result's lanes.
Value *partialSum(IRBuilder<> &B, IntrinsicInst &I) {
  Value *Sum = I.getArgOperand(0), *In = I.getArgOperand(1);
  auto *Wide = dyn_cast<FixedVectorType>(In->getType());
  auto *Narrow = dyn_cast<FixedVectorType>(I.getType());
  if (!Wide || !Narrow)
    return nullptr;
  for (unsigned K = 0; K < Wide->getNumElements(); ++K) {
    unsigned Lane = K % Narrow->getNumElements();
    Value *Added = B.CreateFAdd(B.CreateExtractElement(Sum, Lane), B.CreateExtractElement(In, K));
    Sum = B.CreateInsertElement(Sum, Added, Lane);
  }
  return Sum;
}

/// What NVPTX selects for float and double, but not for every small or vector type.
bool isScalarOnly(Intrinsic::ID ID, Type *Ty) {
  bool Small = isSmallFloat(Ty->getScalarType());
  return (ID == Intrinsic::canonicalize || ID == Intrinsic::frexp) && (Small || Ty->isVectorTy());
}

Value *lowerIntrinsic(Libdevice &L, IRBuilder<> &B, IntrinsicInst &I, Intrinsic::ID ID, ArrayRef<Value *> Args) {
  if (Args.empty() || !isMapped(Args[0]->getType()))
    return nullptr;
  if (const char *Base = libdeviceFor(ID))
    return scalarize(B, I, Args, [&](IRBuilder<> &B, ArrayRef<Value *> A) { return L.floating(B, Base, A); });
  switch (ID) {
  case Intrinsic::powi:
    return scalarize(B, I, Args, [&](IRBuilder<> &B, ArrayRef<Value *> A) { return powi(L, B, A[0], A[1]); });
  case Intrinsic::modf:
  case Intrinsic::sincos:
  case Intrinsic::sincospi: {
    StringRef Base = ID == Intrinsic::modf ? "modf" : ID == Intrinsic::sincos ? "sincos" : "sincospi";
    return scalarize(B, I, Args, [&](IRBuilder<> &B, ArrayRef<Value *> A) { return twoResults(L, B, Base, A[0]); });
  }
  case Intrinsic::lround:
  case Intrinsic::llround:
  case Intrinsic::lrint:
  case Intrinsic::llrint: {
    if (I.getType()->getScalarSizeInBits() > 64)
      return nullptr;
    StringRef Base = ID == Intrinsic::lround || ID == Intrinsic::llround ? "llround" : "llrint";
    return scalarize(B, I, Args, [&](IRBuilder<> &B, ArrayRef<Value *> A) {
      return L.call(B, Libdevice::name(Base, A[0]->getType()), B.getInt64Ty(), A);
    });
  }
  case Intrinsic::vector_partial_reduce_fadd:
    return partialSum(B, I);
  case Intrinsic::fptrunc_round: {
    auto *Mode = dyn_cast<MDString>(cast<MetadataAsValue>(Args[1])->getMetadata());
    bool Fits = CastInst::castIsValid(Instruction::FPTrunc, Args[0]->getType(), I.getType());
    return Fits && Mode && Mode->getString() == "round.tonearest" ? B.CreateFPTrunc(Args[0], I.getType()) : nullptr;
  }
  case Intrinsic::canonicalize:
  case Intrinsic::frexp:
    if (!isScalarOnly(ID, Args[0]->getType()))
      return nullptr;
    return scalarize(B, I, Args, [&](IRBuilder<> &B, ArrayRef<Value *> A) -> Value * {
      if (ID == Intrinsic::canonicalize)
        return B.CreateUnaryIntrinsic(ID, A[0]);
      return B.CreateIntrinsic(StructType::get(A[0]->getType(), B.getInt32Ty()), ID, A);
    });
  default:
    return nullptr;
  }
}

bool lowerInstruction(Libdevice &L, Instruction &I) {
  IRBuilder<> B(&I);
  Value *New = nullptr;
  auto Fmod = [&](IRBuilder<> &B, ArrayRef<Value *> A) { return L.floating(B, "fmod", A); };
  if (I.getOpcode() == Instruction::FRem && isMapped(I.getType())) {
    New = scalarize(B, I, {I.getOperand(0), I.getOperand(1)}, Fmod);
  } else if (auto *II = dyn_cast<IntrinsicInst>(&I)) {
    SmallVector<Value *, 3> Args(II->args());
    New = lowerIntrinsic(L, B, *II, II->getIntrinsicID(), Args);
  }
  if (!New)
    return false;
  I.replaceAllUsesWith(New);
  New->takeName(&I);
  I.eraseFromParent();
  return true;
}

/// libm names: only where the signature is libdevice's.
bool mapLibm(Function &F) {
  if (!F.isDeclaration() || F.isIntrinsic() || F.use_empty())
    return false;
  std::string Target = libdeviceFor(F.getName(), *F.getFunctionType());
  if (Target.empty())
    return false;
  Module &M = *F.getParent();
  FunctionCallee New = M.getOrInsertFunction(Target, F.getFunctionType());
  if (!isa<Function>(New.getCallee()) || cast<Function>(New.getCallee())->getFunctionType() != F.getFunctionType())
    return false;
  F.replaceAllUsesWith(New.getCallee());
  return true;
}

} // namespace

bool lowerMath(Module &M, FindingSet &) {
  Libdevice L(M);
  bool Changed = false;
  for (Function &F : make_early_inc_range(M))
    Changed |= mapLibm(F);
  for (Function &F : M)
    for (Instruction &I : make_early_inc_range(instructions(F)))
      Changed |= lowerInstruction(L, I);
  return Changed;
}

} // namespace cordon
