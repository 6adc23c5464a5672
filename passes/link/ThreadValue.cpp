//===- link/ThreadValue.cpp - a value of the kernel, known in its callees -===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Something that only a kernel knows (its name, the state it was launched with) is asked for deep inside. There is no
// thread-local storage on a GPU, and a store in each kernel would cost every launch; so the functions in between get one
// more parameter, which inlining removes again. GPUCompiler passes its kernel state the same way.
//===----------------------------------------------------------------------===//

#include "link/Link.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

namespace cordon {
namespace {

CallBase *directCall(Use &U) {
  auto *Call = dyn_cast<CallBase>(U.getUser());
  return Call && Call->isCallee(&U) && (isa<CallInst>(Call) || isa<InvokeInst>(Call)) ? Call : nullptr;
}

class Threader {
public:
  Threader(Module &M, Function &Leaf, Type *Ty, MakeValue AtKernel, MakeValue Unknown)
      : M(M), Leaf(Leaf), Ty(Ty), AtKernel(AtKernel), Unknown(Unknown) {}

  void run() {
    collect();
    SmallVector<Function *, 32> Order; // module order, whatever the order of uses is
    for (Function &F : M)
      if (Carriers.contains(&F))
        Order.push_back(&F);
    for (Function *F : Order)
      split(*F);
    for (Function *F : Order)
      rewriteCalls(*F);
    for (Use &U : make_early_inc_range(Leaf.uses()))
      if (CallBase *Call = directCall(U)) {
        Call->replaceAllUsesWith(valueIn(*Call->getFunction(), Call));
        Call->eraseFromParent();
      }
    for (Function *F : Order)
      finish(*F);
  }

private:
  void collect() {
    SmallVector<Function *, 32> Work = {&Leaf};
    while (!Work.empty()) {
      Function *F = Work.pop_back_val();
      for (Use &U : F->uses())
        if (CallBase *Call = directCall(U)) {
          Function *Caller = Call->getFunction();
          if (!isKernel(*Caller) && !Caller->isVarArg() && Carriers.insert(Caller))
            Work.push_back(Caller);
        }
    }
  }

  /// Moves the body of \p F to a function with one more parameter.
  void split(Function &F) {
    FunctionType *Old = F.getFunctionType();
    SmallVector<Type *, 8> Params(Old->params());
    Params.push_back(Ty);
    auto *New = Function::Create(FunctionType::get(Old->getReturnType(), Params, false), GlobalValue::InternalLinkage,
                                 F.getAddressSpace(), F.getName());
    M.getFunctionList().insert(F.getIterator(), New);
    New->copyAttributesFrom(&F);
    New->setLinkage(GlobalValue::InternalLinkage);
    New->setVisibility(GlobalValue::DefaultVisibility);
    New->setComdat(nullptr);
    New->splice(New->begin(), &F);
    New->copyMetadata(&F, 0);
    F.clearMetadata();
    for (auto [From, To] : zip(F.args(), New->args())) {
      From.replaceAllUsesWith(&To);
      To.takeName(&From);
    }
    Twins[&F] = New;
    IsTwin.insert(New);
  }

  Value *valueIn(Function &F, Instruction *Before) {
    if (IsTwin.contains(&F))
      return &*std::prev(F.arg_end());
    if (!isKernel(F))
      return Unknown(F, Before);
    Value *&V = InKernel[&F];
    if (!V)
      V = AtKernel(F, &*F.getEntryBlock().getFirstNonPHIOrDbgOrAlloca());
    return V;
  }

  void rewriteCalls(Function &F) {
    SmallVector<CallBase *, 8> Calls;
    for (Use &U : F.uses())
      if (CallBase *Call = directCall(U))
        if (Call->getFunctionType() == F.getFunctionType())
          Calls.push_back(Call);
    for (CallBase *Call : reverse(Calls)) {
      SmallVector<Value *, 8> Args(Call->args());
      Args.push_back(valueIn(*Call->getFunction(), Call));
      SmallVector<OperandBundleDef, 1> Bundles;
      Call->getOperandBundlesAsDefs(Bundles);
      Function *To = Twins.lookup(&F);
      CallBase *New;
      if (auto *Invoke = dyn_cast<InvokeInst>(Call)) {
        New = InvokeInst::Create(To, Invoke->getNormalDest(), Invoke->getUnwindDest(), Args, Bundles, "",
                                 Call->getIterator());
      } else {
        auto *NewCall = CallInst::Create(To, Args, Bundles, "", Call->getIterator());
        auto Kind = cast<CallInst>(Call)->getTailCallKind();
        NewCall->setTailCallKind(Kind == CallInst::TCK_MustTail ? CallInst::TCK_None : Kind);
        New = NewCall;
      }
      New->setCallingConv(Call->getCallingConv());
      New->setAttributes(Call->getAttributes());
      New->copyMetadata(*Call);
      New->takeName(Call);
      Call->replaceAllUsesWith(New);
      Call->eraseFromParent();
    }
  }

  /// What is called through a pointer or from outside keeps its type and passes on what is known there: nothing.
  void finish(Function &F) {
    Function *New = Twins.lookup(&F);
    if (F.use_empty() && F.hasLocalLinkage()) {
      New->takeName(&F);
      F.eraseFromParent();
      return;
    }
    IRBuilder<> B(BasicBlock::Create(M.getContext(), "", &F));
    SmallVector<Value *, 8> Args;
    for (Argument &A : F.args())
      Args.push_back(&A);
    Instruction *End = B.CreateUnreachable();
    Args.push_back(Unknown(F, End));
    B.SetInsertPoint(End);
    CallInst *Call = B.CreateCall(New, Args);
    Call->setCallingConv(New->getCallingConv());
    if (!F.doesNotReturn()) {
      if (Call->getType()->isVoidTy())
        B.CreateRetVoid();
      else
        B.CreateRet(Call);
      End->eraseFromParent();
    }
  }

  Module &M;
  Function &Leaf;
  Type *Ty;
  MakeValue AtKernel, Unknown;
  SetVector<Function *> Carriers;
  DenseMap<Function *, Function *> Twins;
  DenseMap<Function *, Value *> InKernel;
  SmallPtrSet<Function *, 16> IsTwin;
};

} // namespace

void threadValue(Module &Device, Function &Leaf, Type *Ty, MakeValue AtKernel, MakeValue Unknown) {
  Threader(Device, Leaf, Ty, AtKernel, Unknown).run();
  if (Leaf.use_empty())
    Leaf.eraseFromParent();
}

} // namespace cordon
