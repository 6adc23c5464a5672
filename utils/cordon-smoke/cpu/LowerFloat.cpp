//===- cpu/LowerFloat.cpp - small floats that the host has no code for ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From double to half or bfloat, and half's fused multiply-add, the host's back end calls a library that the JIT does not
// link; on canonicalize of small types and vectors it aborts. Each is written with what every host has.
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

namespace cordon::smoke::cpu {
namespace {

bool isSmall(const Type *Ty) { return Ty->getScalarType()->isHalfTy() || Ty->getScalarType()->isBFloatTy(); }

/// Double to \p To by way of float, rounded to odd on the way: the second rounding then sees whether anything was lost
/// (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums").
Value *truncated(IRBuilder<> &B, Value *X, Type *To) {
  Type *Float = X->getType()->getWithNewType(B.getFloatTy()), *Bits = X->getType()->getWithNewType(B.getInt32Ty());
  Value *Near = B.CreateFPTrunc(X, Float), *Back = B.CreateFPExt(Near, X->getType());
  auto Magnitude = [&](Value *V) { return B.CreateUnaryIntrinsic(Intrinsic::fabs, V); };
  Value *Up = B.CreateFCmpOGT(Magnitude(Back), Magnitude(X)), *Lost = B.CreateFCmpONE(Back, X);
  Value *Odd = B.CreateSub(B.CreateBitCast(Near, Bits), B.CreateZExt(Up, Bits));
  Odd = B.CreateOr(Odd, B.CreateZExt(Lost, Bits));
  return B.CreateFPTrunc(B.CreateBitCast(Odd, Float), To);
}

Value *replacement(IRBuilder<> &B, Instruction &I) {
  Type *Ty = I.getType();
  if (isa<FPTruncInst>(I) && isSmall(Ty) && I.getOperand(0)->getType()->getScalarType()->isDoubleTy())
    return truncated(B, I.getOperand(0), Ty);
  auto *II = dyn_cast<IntrinsicInst>(&I);
  if (!II)
    return nullptr;
  bool Fused = II->getIntrinsicID() == Intrinsic::fma || II->getIntrinsicID() == Intrinsic::fmuladd;
  if (Fused && Ty->getScalarType()->isHalfTy()) {
    Type *Wide = Ty->getWithNewType(B.getDoubleTy());
    auto Arg = [&](unsigned N) { return B.CreateFPExt(II->getArgOperand(N), Wide); };
    return truncated(B, B.CreateIntrinsic(Intrinsic::fma, {Wide}, {Arg(0), Arg(1), Arg(2)}), Ty);
  }
  if (II->getIntrinsicID() == Intrinsic::canonicalize)
    return B.CreateFMul(II->getArgOperand(0), ConstantFP::get(Ty, 1.0));
  return nullptr;
}

} // namespace

void lowerFloats(Program &P) {
  for (Function &F : *P.Flat)
    for (Instruction &I : make_early_inc_range(instructions(F))) {
      IRBuilder<> B(&I);
      Value *New = replacement(B, I);
      if (!New)
        continue;
      I.replaceAllUsesWith(New);
      I.eraseFromParent();
    }
}

} // namespace cordon::smoke::cpu
