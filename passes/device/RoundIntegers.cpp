//===- device/RoundIntegers.cpp - integer widths in signatures ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-round-integers`: NVPTX writes a kernel's i24 as `.u24`, which ptxas cannot read, and passes i65 to i127 between
// functions as .b128, which asks for a newer PTX or crashes ptxas. Such parameters and results become the next width that
// the machine has; the size in memory is the same, so launches are too.

#include "device/Repairs.h"
#include "llvm/IR/AttributeMask.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace cordon {
namespace {

bool isKernel(const Function &F) { return F.getCallingConv() == CallingConv::PTX_Kernel; }

/// The type that a parameter or result of \p Ty gets; \p Ty itself where it stays. Between functions, NVPTX rounds up to
/// 64 bits by itself.
Type *rounded(Type *Ty, bool OfKernel) {
  auto *Scalar = dyn_cast<IntegerType>(Ty->getScalarType());
  if (!Scalar || isa<ScalableVectorType>(Ty) || (OfKernel && Ty->isVectorTy()))
    return Ty;
  unsigned Bits = Scalar->getBitWidth();
  if (Bits >= 128 || (isPowerOf2_32(Bits) && Bits != 2 && Bits != 4) || (!OfKernel && Bits <= 64))
    return Ty;
  Type *Wide = IntegerType::get(Ty->getContext(), std::max<unsigned>(8, PowerOf2Ceil(Bits)));
  return Ty->getWithNewType(Wide);
}

FunctionType *rounded(FunctionType *Ty, bool OfKernel) {
  SmallVector<Type *, 8> Params;
  for (Type *P : Ty->params())
    Params.push_back(rounded(P, OfKernel));
  return FunctionType::get(rounded(Ty->getReturnType(), OfKernel), Params, Ty->isVarArg());
}

/// \p Attrs without what holds for the old width only.
AttributeList withoutWidths(AttributeList Attrs, FunctionType *Old, FunctionType *New) {
  LLVMContext &C = Old->getContext();
  AttributeMask Mask;
  for (Attribute::AttrKind K : {Attribute::ZExt, Attribute::SExt, Attribute::Range})
    Mask.addAttribute(K);
  if (Old->getReturnType() != New->getReturnType())
    Attrs = Attrs.removeRetAttributes(C, Mask);
  for (unsigned I = 0; I < Old->getNumParams(); ++I)
    if (Old->getParamType(I) != New->getParamType(I))
      Attrs = Attrs.removeParamAttributes(C, I, Mask);
  return Attrs;
}

void roundFunction(Function &F, FunctionType *Ty) {
  Function *New = Function::Create(Ty, F.getLinkage(), F.getAddressSpace());
  F.getParent()->getFunctionList().insert(F.getIterator(), New);
  New->copyAttributesFrom(&F);
  New->setAttributes(withoutWidths(F.getAttributes(), F.getFunctionType(), Ty));
  New->copyMetadata(&F, 0);
  New->takeName(&F);
  New->splice(New->begin(), &F);
  IRBuilder<> B(&*New->getEntryBlock().getFirstInsertionPt());
  for (auto [Old, Arg] : zip(F.args(), New->args())) {
    Arg.takeName(&Old);
    Old.replaceAllUsesWith(Old.getType() == Arg.getType() ? &Arg : B.CreateTrunc(&Arg, Old.getType()));
  }
  if (Ty->getReturnType() != F.getReturnType())
    for (BasicBlock &BB : *New)
      if (auto *Ret = dyn_cast<ReturnInst>(BB.getTerminator()))
        Ret->setOperand(0, IRBuilder<>(Ret).CreateZExt(Ret->getReturnValue(), Ty->getReturnType()));
  F.replaceAllUsesWith(New);
  F.eraseFromParent();
}

void roundCall(CallInst &Call, FunctionType *Ty) {
  IRBuilder<> B(&Call);
  SmallVector<Value *, 8> Args(Call.args());
  for (unsigned I = 0; I < Ty->getNumParams(); ++I)
    if (Args[I]->getType() != Ty->getParamType(I))
      Args[I] = B.CreateZExt(Args[I], Ty->getParamType(I));
  SmallVector<OperandBundleDef, 1> Bundles;
  Call.getOperandBundlesAsDefs(Bundles);
  CallInst *New = B.CreateCall(Ty, Call.getCalledOperand(), Args, Bundles);
  New->setCallingConv(Call.getCallingConv());
  New->setAttributes(withoutWidths(Call.getAttributes(), Call.getFunctionType(), Ty));
  New->setTailCallKind(Call.isMustTailCall() ? CallInst::TCK_Tail : Call.getTailCallKind());
  New->copyMetadata(Call);
  if (Call.getType() != New->getType())
    New->setMetadata(LLVMContext::MD_range, nullptr);
  Value *Result = Call.getType() == New->getType() ? New : B.CreateTrunc(New, Call.getType());
  if (!Call.getType()->isVoidTy())
    Call.replaceAllUsesWith(Result);
  Result->takeName(&Call);
  Call.eraseFromParent();
}

bool callsRounded(const CallInst &Call) {
  if (Call.isInlineAsm())
    return false;
  const auto *Callee = dyn_cast<Function>(Call.getCalledOperand());
  return !Callee || !(Callee->isDeclaration() || isKernel(*Callee));
}

} // namespace

bool roundIntegers(Module &M, FindingSet &) {
  bool Changed = false;
  SmallVector<Function *, 16> Definitions;
  SmallVector<CallInst *, 16> Calls;
  for (Function &F : M) {
    if (!F.isDeclaration())
      Definitions.push_back(&F);
    for (Instruction &I : instructions(F))
      if (auto *Call = dyn_cast<CallInst>(&I); Call && callsRounded(*Call))
        Calls.push_back(Call);
  }
  for (CallInst *Call : Calls)
    if (FunctionType *Ty = rounded(Call->getFunctionType(), false); Ty != Call->getFunctionType()) {
      roundCall(*Call, Ty);
      Changed = true;
    }
  for (Function *F : Definitions)
    if (FunctionType *Ty = rounded(F->getFunctionType(), isKernel(*F)); Ty != F->getFunctionType()) {
      roundFunction(*F, Ty);
      Changed = true;
    }
  return Changed;
}

} // namespace cordon
