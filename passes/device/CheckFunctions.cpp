//===- device/CheckFunctions.cpp - functions and kernels that PTX cannot have ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Variadic definitions (host va_list layout: garbage is read), naked functions, ifuncs, indirect branches, and kernels
// whose signature cannot be launched.

#include "cordon/DevicePasses.h"
#include "device/Checks.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

/// What CUDA 12.1 and later pass to a kernel on sm_70 and later (CUDA C++ Programming Guide, "Function parameters").
constexpr uint64_t MaxParameterBytes = 32764;

void checkKernel(Checker &C, const Function &F) {
  if (!F.getReturnType()->isVoidTy())
    C.report(Rule::KernelSignature, F.getName(),
             "kernel returns a value; write the result through a pointer parameter", nullptr, &F);
  if (F.isVarArg())
    C.report(Rule::KernelSignature, F.getName(), "kernel is variadic; give it a fixed list of parameters", nullptr, &F);
  uint64_t Bytes = 0;
  const DataLayout &DL = F.getDataLayout();
  for (const Argument &A : F.args()) {
    for (Attribute::AttrKind K : {Attribute::StructRet, Attribute::InAlloca, Attribute::Preallocated, Attribute::ByRef})
      if (A.hasAttribute(K))
        C.report(Rule::KernelSignature, F.getName(),
                 "parameter " + Twine(A.getArgNo()) + " of the kernel is '" + Attribute::getNameFromAttrKind(K) +
                     "', which a launch cannot pass; make it a plain pointer or byval",
                 nullptr, &F);
    Type *Ty = A.hasByValAttr() ? A.getParamByValType() : A.getType();
    if (!Ty->isSized() || DL.getTypeAllocSize(Ty).isZero())
      C.report(Rule::KernelSignature, F.getName(),
               "parameter " + Twine(A.getArgNo()) + " of the kernel has no size, and a launch has nothing to pass; drop it",
               nullptr, &F);
    if (Ty->isSized() && !Ty->isScalableTy())
      Bytes = alignTo(Bytes, DL.getABITypeAlign(Ty)) + DL.getTypeAllocSize(Ty);
  }
  if (Bytes > MaxParameterBytes)
    C.report(Rule::KernelSignature, F.getName(),
             "kernel takes " + Twine(Bytes) + " bytes of parameters; a launch passes at most " +
                 Twine(MaxParameterBytes) + ": pass a pointer to memory",
             nullptr, &F);
}

bool isVarArgIntrinsic(const Instruction &I) {
  return isa<VAStartInst, VAEndInst, VACopyInst, VAArgInst>(I);
}

void checkBody(Checker &C, const Function &F) {
  for (const Instruction &I : instructions(F)) {
    if (isa<IndirectBrInst>(I))
      C.report(Rule::IndirectBranch, "indirectbr", "indirect branch, which PTX does not have; use a switch", &I);
    else if (isa<CallBrInst>(I))
      C.report(Rule::HostAsm, "callbr", "assembly that jumps (asm goto) is not possible on the GPU", &I);
    else if (isVarArgIntrinsic(I) && !F.isVarArg())
      C.report(Rule::VariadicDefinition, "va_arg",
               "a va_list of the host is read, whose layout the GPU does not share; pass the values as parameters", &I);
    else if (any_of(I.operands(), [](const Use &U) { return isa<BlockAddress>(U); }))
      C.report(Rule::IndirectBranch, "blockaddress", "address of a label, which PTX does not have; use a switch", &I);
  }
}

} // namespace

void checkFunctions(Checker &C) {
  for (const Function *F : C.Reached.functions()) {
    if (F->isDeclaration())
      continue;
    if (F->getCallingConv() == CallingConv::PTX_Kernel)
      checkKernel(C, *F);
    else if (F->isVarArg())
      C.report(Rule::VariadicDefinition, F->getName(),
               "variadic function in device code: the host's va_list layout is not the GPU's; give it a fixed list of "
               "parameters, or a template",
               nullptr, F);
    if (F->hasFnAttribute(Attribute::Naked))
      C.report(Rule::UnsupportedFunction, F->getName(),
               "naked function in device code: its body is host assembly; give it a body in the source language",
               nullptr, F);
    if (F->isPresplitCoroutine())
      C.report(Rule::UnsupportedFunction, F->getName(), "coroutine in device code; write it as a plain function",
               nullptr, F);
    checkBody(C, *F);
  }
  for (const GlobalIFunc &I : C.M.ifuncs())
    if (const Instruction *At = C.Reached.firstUse(I))
      C.report(Rule::UnsupportedFunction, I.getName(),
               "'" + I.getName() + "' is an ifunc, chosen by the host's loader; call the implementation itself", At);
}

void checkIntrinsicSignatures(Module &Device, FindingSet &Findings) {
  Checker C(Device, Findings);
  checkSignatures(C);
}

/// A call through another type than the callee's passes parameters that the callee does not read.
static void checkCalls(Checker &C, const Function &F) {
  auto SameBits = [](const Type *A, const Type *B) {
    auto Word = [](const Type *T) { return T->isPointerTy() || T->isIntegerTy(64); };
    return A == B || (Word(A) && Word(B));
  };
  for (const Instruction &I : instructions(F)) {
    const auto *CB = dyn_cast<CallBase>(&I);
    const auto *Callee = CB ? dyn_cast<Function>(CB->getCalledOperand()) : nullptr;
    if (!Callee || Callee->isDeclaration() || Callee->isVarArg())
      continue;
    const FunctionType *Ty = Callee->getFunctionType();
    bool Fits = CB->arg_size() == Ty->getNumParams() &&
                (CB->use_empty() || SameBits(CB->getType(), Ty->getReturnType()));
    for (unsigned N = 0; Fits && N < Ty->getNumParams(); ++N)
      Fits = SameBits(CB->getArgOperand(N)->getType(), Ty->getParamType(N));
    if (!Fits)
      C.report(Rule::RuntimeSignature, Callee->getName(),
               "'" + Callee->getName() + "' is called with another type than it has; declare it as it is defined", CB);
  }
}

/// C has no way to say that an argument must be a constant.
static void checkImmediates(Checker &C, const Function &F) {
  for (const User *U : F.users()) {
    const auto *CB = dyn_cast<CallBase>(U);
    if (!CB || CB->getCalledFunction() != &F || !C.Reached.functions().contains(CB->getFunction()))
      continue;
    for (unsigned I = 0; I < CB->arg_size(); ++I)
      if (F.hasParamAttribute(I, Attribute::ImmArg) && !isa<ConstantInt, ConstantFP>(CB->getArgOperand(I)))
        C.report(Rule::RuntimeSignature, F.getName(),
                 "argument " + Twine(I + 1) + " of '" + F.getName() + "' must be a constant where it is called; use a "
                 "macro, not an inline function, around it", CB);
  }
}

/// A front end that runs no verifier may hand over an intrinsic of a wrong type.
void checkSignatures(Checker &C) {
  for (const Function *F : C.Reached.functions())
    checkCalls(C, *F);
  for (const Function &F : C.M) {
    if (!F.isIntrinsic() || F.use_empty())
      continue;
    SmallVector<Type *, 4> Overloads;
    std::string Message;
    if (F.getIntrinsicID() != Intrinsic::not_intrinsic &&
        Intrinsic::getIntrinsicSignature(F.getIntrinsicID(), F.getFunctionType(), Overloads)) {
      checkImmediates(C, F);
      continue;
    }
    if (F.getIntrinsicID() == Intrinsic::not_intrinsic)
      continue;
    for (const User *U : F.users())
      if (const auto *At = dyn_cast<Instruction>(U); At && C.Reached.functions().contains(At->getFunction()))
        C.report(Rule::RuntimeSignature, F.getName(),
                 "'" + F.getName() + "' is declared with a type that the intrinsic does not have; declare it as LLVM "
                 "defines it",
                 At);
  }
}

} // namespace cordon
