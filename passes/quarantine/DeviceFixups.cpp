//===- quarantine/DeviceFixups.cpp - called kernels, shared locals --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a front end may write because on its side a kernel is a function and a shared array a local variable, and what
// the device must have from the moment that the module is split.
//===----------------------------------------------------------------------===//

#include "quarantine/Annotations.h"
#include "quarantine/DeviceModule.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/AttributeMask.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;

namespace cordon {

void separateCalledKernels(Module &Device) {
  SmallVector<Function *> Kernels;
  for (Function &F : Device)
    if (F.getCallingConv() == CallingConv::PTX_Kernel && !F.isDeclaration())
      Kernels.push_back(&F);
  for (Function *Kernel : Kernels) {
    SmallVector<CallBase *> Calls;
    for (User *U : Kernel->users())
      if (auto *CB = dyn_cast<CallBase>(U); CB && CB->getCalledOperand() == Kernel)
        Calls.push_back(CB);
    if (Calls.empty())
      continue;
    ValueToValueMapTy VMap;
    Function *Body = CloneFunction(Kernel, VMap);
    Body->setName(Kernel->getName() + "_cordon_body");
    Body->setLinkage(GlobalValue::InternalLinkage);
    Body->setCallingConv(CallingConv::C);
    AttributeMask Gone;
    for (const Attribute &A : Body->getAttributes().getFnAttrs())
      if (A.isStringAttribute() && A.getKindAsString().starts_with("nvvm."))
        Gone.addAttribute(A);
    Body->removeFnAttrs(Gone);
    // A kernel that calls itself does so through the copy; the copy's own calls are among the new users.
    for (User *U : Kernel->users())
      if (auto *CB = dyn_cast<CallBase>(U); CB && CB->getCalledOperand() == Kernel && CB->getFunction() == Body)
        Calls.push_back(CB);
    for (CallBase *CB : Calls) {
      CB->setCalledOperand(Body);
      CB->setCallingConv(CallingConv::C);
    }
  }
}

static GlobalVariable *sharedVariable(Module &Device, AllocaInst &Local) {
  Type *Ty = Local.getAllocatedType();
  if (Local.isArrayAllocation())
    Ty = ArrayType::get(Ty, cast<ConstantInt>(Local.getArraySize())->getZExtValue());
  auto *New = new GlobalVariable(Device, Ty, false, GlobalValue::InternalLinkage, UndefValue::get(Ty),
                                 Local.getFunction()->getName() + "_" + (Local.hasName() ? Local.getName() : "shared"), nullptr,
                                 GlobalValue::NotThreadLocal, 3);
  New->setAlignment(Local.getAlign());
  return New;
}

void lowerSharedLocals(Module &Device) {
  SmallVector<IntrinsicInst *> Marks;
  for (Function &F : Device)
    for (Instruction &I : instructions(F))
      if (auto *Mark = dyn_cast<IntrinsicInst>(&I); Mark && Mark->getIntrinsicID() == Intrinsic::var_annotation)
        if (constantText(Mark->getArgOperand(1)).starts_with("cordon."))
          Marks.push_back(Mark);
  SetVector<GlobalValue *> Named;
  for (IntrinsicInst *Mark : Marks) {
    bool Shared = constantText(Mark->getArgOperand(1)) == "cordon.shared";
    auto *Local = dyn_cast<AllocaInst>(Mark->getArgOperand(0)->stripPointerCasts());
    for (Value *V : Mark->operands())
      if (auto *GV = dyn_cast<GlobalValue>(V->stripPointerCasts()))
        Named.insert(GV);
    // A parameter by value that nobody writes: its address is the parameter's own, as a tensor map's must be.
    if (auto *A = dyn_cast<Argument>(Mark->getArgOperand(0)); A && A->hasByValAttr())
      if (constantText(Mark->getArgOperand(1)) == "cordon.grid_constant")
        A->getParent()->addParamAttr(A->getArgNo(), Attribute::get(Device.getContext(), "nvvm.grid_constant"));
    Mark->eraseFromParent();
    if (!Shared || !Local || !isa<ConstantInt>(Local->getArraySize()))
      continue;
    for (User *U : make_early_inc_range(Local->users()))
      if (auto *Life = dyn_cast<LifetimeIntrinsic>(U))
        Life->eraseFromParent();
    SmallVector<DbgVariableRecord *, 4> Records;
    findDbgUsers(Local, Records);
    for (DbgVariableRecord *R : Records)
      R->eraseFromParent();
    Local->replaceAllUsesWith(ConstantExpr::getAddrSpaceCast(sharedVariable(Device, *Local), Local->getType()));
    Local->eraseFromParent();
  }
  for (GlobalValue *V : Named) // the intrinsic, the texts
    if (V->use_empty() && (V->hasLocalLinkage() || V->isDeclaration()))
      V->eraseFromParent();
}

} // namespace cordon
