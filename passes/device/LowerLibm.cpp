//===- device/LowerLibm.cpp - libm functions without a twin in libdevice --===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-lower-libm`: what libm has and libdevice lacks, but LLVM's intrinsics or one more instruction give exactly:
// C23's fmaximum and kin, nextup, nextdown, llogb, scalbln. Runs before cordon-lower-math, which maps the rest.

#include "device/Repairs.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

Value *libdevice(IRBuilder<> &B, StringRef Base, Type *Result, ArrayRef<Value *> Args) {
  SmallVector<Type *, 2> Types;
  for (Value *A : Args)
    Types.push_back(A->getType());
  Module &M = *B.GetInsertBlock()->getModule();
  std::string Name = ("__nv_" + Base + (Args[0]->getType()->isFloatTy() ? "f" : "")).str();
  return B.CreateCall(M.getOrInsertFunction(Name, FunctionType::get(Result, Types, false)), Args);
}

Intrinsic::ID twoOperandIntrinsic(StringRef Base) {
  return StringSwitch<Intrinsic::ID>(Base)
      .Case("fmaximum", Intrinsic::maximum)
      .Case("fminimum", Intrinsic::minimum)
      .Case("fmaximum_num", Intrinsic::maximumnum)
      .Case("fminimum_num", Intrinsic::minimumnum)
      .Default(Intrinsic::not_intrinsic);
}

/// \p Base is the name without float's 'f'; null where the operands are not those of C.
Value *composed(IRBuilder<> &B, StringRef Base, CallInst &Call, Type *Ty) {
  SmallVector<Value *, 2> Args(Call.args());
  auto Takes = [&](ArrayRef<Type *> Types, Type *Result) {
    return Call.getType() == Result && equal(Args, Types, [](Value *V, Type *T) { return V->getType() == T; });
  };
  if (Intrinsic::ID ID = twoOperandIntrinsic(Base); ID && Takes({Ty, Ty}, Ty))
    return B.CreateBinaryIntrinsic(ID, Args[0], Args[1]);
  if ((Base == "nextup" || Base == "nextdown") && Takes({Ty}, Ty))
    return libdevice(B, "nextafter", Ty, {Args[0], ConstantFP::getInfinity(Ty, Base == "nextdown")});
  if (Base == "llogb" && Takes({Ty}, B.getInt64Ty())) {
    Value *Exponent = libdevice(B, "ilogb", B.getInt32Ty(), Args);
    // The marks for zero, infinity and NaN are the extremes of the result's type.
    Value *Wide = B.CreateSExt(Exponent, B.getInt64Ty());
    Value *Low = B.CreateICmpEQ(Exponent, B.getInt32(INT32_MIN)), *High = B.CreateICmpEQ(Exponent, B.getInt32(INT32_MAX));
    Wide = B.CreateSelect(Low, B.getInt64(INT64_MIN), Wide);
    return B.CreateSelect(High, B.getInt64(INT64_MAX), Wide);
  }
  if (Base == "scalbln" && Takes({Ty, B.getInt64Ty()}, Ty)) {
    // Beyond any exponent range the result is zero or infinity.
    Value *N = B.CreateBinaryIntrinsic(Intrinsic::smax, Args[1], B.getInt64(-100000));
    N = B.CreateBinaryIntrinsic(Intrinsic::smin, N, B.getInt64(100000));
    return libdevice(B, "scalbn", Ty, {Args[0], B.CreateTrunc(N, B.getInt32Ty())});
  }
  return nullptr;
}

bool lower(CallInst &Call) {
  const Function *Callee = Call.getCalledFunction();
  if (!Callee || !Callee->isDeclaration() || Callee->isIntrinsic() || Call.arg_empty())
    return false;
  StringRef Base = Callee->getName();
  Type *Ty = Call.getArgOperand(0)->getType();
  if (!Ty->isDoubleTy() && !(Ty->isFloatTy() && Base.consume_back("f")))
    return false;
  IRBuilder<> B(&Call);
  Value *New = composed(B, Base, Call, Ty);
  if (!New)
    return false;
  New->takeName(&Call);
  Call.replaceAllUsesWith(New);
  Call.eraseFromParent();
  return true;
}

} // namespace

bool lowerLibm(Module &M, FindingSet &) {
  bool Changed = false;
  for (Function &F : M)
    for (Instruction &I : make_early_inc_range(instructions(F)))
      if (auto *Call = dyn_cast<CallInst>(&I))
        Changed |= lower(*Call);
  return Changed;
}

} // namespace cordon
