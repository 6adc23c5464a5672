//===- device/CheckTypes.cpp - types that the GPU does not have -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// x86_fp80, fp128, ppc_fp128, AMX tiles, scalable vectors and other targets' types in values, signatures and variables;
// conversions between integers over 64 bits and floating point, which need a library that the GPU does not have.

#include "device/Checks.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

std::string shortTypeText(const Type &Ty) {
  std::string Out;
  raw_string_ostream OS(Out);
  Ty.print(OS, /*IsForDebug=*/false, /*NoDetails=*/true);
  return Out;
}

namespace {

/// The first part of \p Ty that the GPU does not have; null if there is none.
const Type *hostPart(const Type *Ty) {
  if (Ty->isX86_FP80Ty() || Ty->isFP128Ty() || Ty->isPPC_FP128Ty() || Ty->isX86_AMXTy() ||
      isa<ScalableVectorType>(Ty) || Ty->isTargetExtTy())
    return Ty;
  if (isa<PointerType, FunctionType>(Ty))
    return nullptr;
  for (const Type *Part : Ty->subtypes())
    if (const Type *Found = hostPart(Part))
      return Found;
  return nullptr;
}

StringRef advice(const Type &Ty) {
  if (Ty.isFloatingPointTy())
    return "the GPU computes in half, float and double: use double";
  if (isa<ScalableVectorType>(Ty))
    return "use a vector of a fixed length";
  return "it belongs to the host's processor: keep it out of device code";
}

void report(Checker &C, const Type &Ty, const Twine &Where, const Instruction *At, const Function *F = nullptr) {
  C.report(Rule::HostType, shortTypeText(Ty),
           Where + " has type " + shortTypeText(Ty) + ", which the GPU does not have; " + advice(Ty),
           At, F);
}

bool isWideInteger(const Type *Ty) { return Ty->isIntOrIntVectorTy() && Ty->getScalarSizeInBits() > 64; }
bool isFloat(const Type *Ty) { return Ty->isFPOrFPVectorTy(); }

/// i128 to or from floating point.
const Type *wideConversion(const Instruction &I) {
  const Type *From = nullptr, *To = I.getType();
  if (isa<SIToFPInst, UIToFPInst, FPToSIInst, FPToUIInst>(I))
    From = I.getOperand(0)->getType();
  else if (const auto *II = dyn_cast<IntrinsicInst>(&I);
           II && (II->getIntrinsicID() == Intrinsic::fptosi_sat || II->getIntrinsicID() == Intrinsic::fptoui_sat))
    From = II->getArgOperand(0)->getType();
  if (!From)
    return nullptr;
  return isWideInteger(From) && isFloat(To) ? From : isWideInteger(To) && isFloat(From) ? To : nullptr;
}

void checkBody(Checker &C, const Function &F) {
  for (const Instruction &I : instructions(F)) {
    const Type *Bad = hostPart(I.getType());
    if (const auto *A = dyn_cast<AllocaInst>(&I); A && !Bad)
      Bad = hostPart(A->getAllocatedType());
    // Steps over other host types are numbers that both sides agree on.
    if (const auto *GEP = dyn_cast<GetElementPtrInst>(&I); GEP && !Bad && GEP->getSourceElementType()->isScalableTy())
      Bad = hostPart(GEP->getSourceElementType());
    for (const Use &U : I.operands())
      if (!Bad && !isa<BasicBlock>(U) && !U->getType()->isMetadataTy())
        Bad = hostPart(U->getType());
    if (Bad)
      report(C, *Bad, "a value", &I);
    else if (const Type *Wide = wideConversion(I))
      C.report(Rule::HostType, shortTypeText(*Wide),
               "conversion between " + shortTypeText(*Wide) + " and floating point, which the GPU does not have; go through a "
               "64-bit integer",
               &I);
  }
}

} // namespace

void checkTypes(Checker &C) {
  for (const Function *F : C.Reached.functions()) {
    if (F->isIntrinsic())
      continue;
    // A call of a declaration shows its types at the call.
    if (!F->isDeclaration()) {
      if (const Type *Bad = hostPart(F->getReturnType()))
        report(C, *Bad, "the result of the function", nullptr, F);
      for (const Argument &A : F->args())
        if (const Type *Bad = hostPart(A.hasByValAttr() ? A.getParamByValType() : A.getType()))
          report(C, *Bad, "parameter " + Twine(A.getArgNo()), nullptr, F);
      checkBody(C, *F);
    }
  }
  for (const GlobalVariable *G : C.Reached.variables())
    if (const Type *Bad = hostPart(G->getValueType()))
      C.report(Rule::HostType, *G,
               "variable '" + G->getName() + "' holds " + shortTypeText(*Bad) + ", which the GPU does not have; " +
                   advice(*Bad));
}

} // namespace cordon
