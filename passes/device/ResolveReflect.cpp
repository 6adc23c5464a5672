//===- device/ResolveReflect.cpp - questions that are known before answering ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-resolve-reflect`: LLVM aborts on a call of __nvvm_reflect whose string is not a constant, and code of -O0 keeps
// the string in a variable or hands it through a function. Such functions are simplified and inlined until the string
// stands in the call; what is left is refused.

#include "cordon/DevicePasses.h"
#include "device/Checks.h"
#include "device/FunctionPasses.h"
#include "device/Repairs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;

namespace cordon {

bool isReflect(const Function &F) {
  return F.isDeclaration() && (F.getName() == "__nvvm_reflect" || F.getIntrinsicID() == Intrinsic::nvvm_reflect);
}

std::optional<StringRef> reflectQuestion(const CallBase &Call) {
  const auto *G = Call.arg_size() == 1 ? dyn_cast<GlobalVariable>(Call.getArgOperand(0)->stripPointerCasts()) : nullptr;
  const auto *Text = G && G->hasInitializer() ? dyn_cast<ConstantDataSequential>(G->getInitializer()) : nullptr;
  if (!Text || !Text->isCString())
    return std::nullopt;
  return Text->getAsCString();
}

namespace {

SmallVector<CallInst *, 4> openQuestions(Module &M) {
  SmallVector<CallInst *, 4> Open;
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      if (auto *Call = dyn_cast<CallInst>(&I))
        if (const Function *Callee = Call->getCalledFunction(); Callee && isReflect(*Callee) && !reflectQuestion(*Call))
          Open.push_back(Call);
  return Open;
}

/// Takes variables of the function apart, so that what was stored in them stands where it is used.
void simplify(Function &F) {
  runFunctionPass(F, SROAPass(SROAOptions::ModifyCFG));
  runFunctionPass(F, InstCombinePass());
}

/// Inlines \p F where it is called; true if that was anywhere.
bool inlineEverywhere(Function &F) {
  if (F.getCallingConv() == CallingConv::PTX_Kernel || F.isInterposable())
    return false;
  SmallVector<CallInst *, 4> Calls;
  for (User *U : F.users())
    if (auto *Call = dyn_cast<CallInst>(U); Call && Call->getCalledOperand() == &F && Call->getFunction() != &F)
      Calls.push_back(Call);
  bool Changed = false;
  for (CallInst *Call : Calls) {
    InlineFunctionInfo Info;
    Changed |= InlineFunction(*Call, Info).isSuccess();
  }
  return Changed;
}

} // namespace

bool resolveReflect(Module &M, FindingSet &Findings) {
  bool Changed = false;
  SmallPtrSet<Function *, 8> Inlined;
  for (SmallVector<CallInst *, 4> Open = openQuestions(M); !Open.empty(); Open = openQuestions(M)) {
    SmallSetVector<Function *, 4> Functions;
    for (CallInst *Call : Open)
      Functions.insert(Call->getFunction());
    for (Function *F : Functions)
      simplify(*F);
    Changed = true;
    bool Again = false;
    for (CallInst *Call : openQuestions(M))
      if (Function *F = Call->getFunction(); Inlined.insert(F).second)
        Again |= inlineEverywhere(*F);
    if (!Again)
      break;
  }
  SmallVector<CallInst *, 4> Left = openQuestions(M);
  if (Left.empty())
    return Changed;
  Checker C(M, Findings);
  for (CallInst *Call : Left) {
    if (C.Reached.functions().contains(Call->getFunction()))
      C.report(Rule::HostIntrinsic, "__nvvm_reflect",
               "__nvvm_reflect is asked with a string that is no constant; write the string at the call", Call);
    // Nobody may ask LLVM: it would abort.
    Call->replaceAllUsesWith(ConstantInt::get(Call->getType(), 0));
    Call->eraseFromParent();
  }
  return true;
}

} // namespace cordon
