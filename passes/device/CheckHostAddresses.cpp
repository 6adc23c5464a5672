//===- device/CheckHostAddresses.cpp - addresses that come from the host --===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function pointer that a kernel is handed, or that lies in memory it is handed (an object with a vtable), was most
// likely filled in by the host, and calling it jumps anywhere. Constant addresses are the host's too. These are
// warnings: the host may have asked the device for the address.

#include "device/Checks.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

namespace cordon {
namespace {

/// Follows a function pointer to where it came from.
class Origin {
public:
  /// True if \p V is, or was loaded from memory that was handed over as, a kernel's parameter.
  bool isHosts(const Value *V) {
    if (!Seen.insert(V).second || Seen.size() > 256)
      return false;
    if (const auto *A = dyn_cast<Argument>(V))
      return isHostsArgument(*A);
    if (const auto *L = dyn_cast<LoadInst>(V))
      return isHostsMemory(L->getPointerOperand());
    if (const auto *P = dyn_cast<PHINode>(V))
      return any_of(P->incoming_values(), [&](const Use &U) { return isHosts(U); });
    if (const auto *S = dyn_cast<SelectInst>(V))
      return isHosts(S->getTrueValue()) || isHosts(S->getFalseValue());
    if (const auto *X = dyn_cast<ExtractValueInst>(V))
      return isHosts(X->getAggregateOperand());
    if (const auto *O = dyn_cast<Operator>(V))
      if (isa<GEPOperator>(O) || Instruction::isCast(O->getOpcode()))
        return isHosts(O->getOperand(0));
    return false;
  }

private:
  bool isHostsArgument(const Argument &A) {
    const Function *F = A.getParent();
    if (F->getCallingConv() == CallingConv::PTX_Kernel)
      return true;
    for (const User *U : F->users())
      if (const auto *CB = dyn_cast<CallBase>(U);
          CB && CB->getCalledOperand() == F && A.getArgNo() < CB->arg_size() && isHosts(CB->getArgOperand(A.getArgNo())))
        return true;
    return false;
  }

  /// What lies behind \p P: in a variable of the function, what was stored there; else it is as foreign as the pointer.
  bool isHostsMemory(const Value *P) {
    const Value *Base = P->stripInBoundsOffsets();
    while (const auto *O = dyn_cast<Operator>(Base)) {
      if (!isa<GEPOperator>(O) && !Instruction::isCast(O->getOpcode()))
        break;
      Base = O->getOperand(0);
    }
    if (const auto *A = dyn_cast<AllocaInst>(Base)) {
      for (const User *U : A->users())
        if (const auto *S = dyn_cast<StoreInst>(U); S && S->getPointerOperand() == A && isHosts(S->getValueOperand()))
          return true;
      return false;
    }
    return isHosts(Base);
  }

  SmallPtrSet<const Value *, 32> Seen;
};

const ConstantExpr *constantAddress(const Value *V) {
  const auto *E = dyn_cast<ConstantExpr>(V);
  while (E && (E->getOpcode() == Instruction::AddrSpaceCast || E->getOpcode() == Instruction::GetElementPtr))
    E = dyn_cast<ConstantExpr>(E->getOperand(0));
  return E && E->getOpcode() == Instruction::IntToPtr && isa<ConstantInt>(E->getOperand(0)) ? E : nullptr;
}

/// True if the address of a device function is in a register, in a table or in an object of device code.
bool hasFunctionAddresses(const Module &M) {
  return any_of(M, [](const Function &F) {
    return !F.isDeclaration() && F.getCallingConv() != CallingConv::PTX_Kernel &&
           F.hasAddressTaken(nullptr, /*IgnoreCallbackUses=*/false, /*IgnoreAssumeLikeCalls=*/true, /*IgnoreLLVMUsed=*/true);
  });
}

void checkCall(Checker &C, const CallBase &CB, bool MayBeDevices) {
  const Value *Callee = CB.getCalledOperand();
  if (isa<Function, InlineAsm, GlobalAlias>(Callee->stripPointerCasts()))
    return;
  if (constantAddress(Callee))
    C.report(Rule::HostAddress, "call", "call of a fixed address, which is the host's; the GPU has other code there",
             &CB);
  else if (!MayBeDevices && Origin().isHosts(Callee))
    C.report(Rule::IndirectCallToHost, "call",
             "the function called here comes from a kernel's parameter or from memory behind one (a function pointer, "
             "or a virtual call on an object of the host); an address of the host cannot be called on the GPU: build "
             "the object in a kernel, or select by number",
             &CB)
        .L = Level::Warning;
}

} // namespace

void checkHostAddresses(Checker &C) {
  bool MayBeDevices = hasFunctionAddresses(C.M);
  for (const Function *F : C.Reached.functions())
    for (const Instruction &I : instructions(*F)) {
      if (const auto *CB = dyn_cast<CallBase>(&I))
        checkCall(C, *CB, MayBeDevices);
      const Value *P = getLoadStorePointerOperand(&I);
      if (!P)
        continue;
      const ConstantExpr *E = constantAddress(P);
      if (E && P->getType()->getPointerAddressSpace() <= 1)
        C.report(Rule::HostAddress, "inttoptr",
                 "fixed address " + Twine(cast<ConstantInt>(E->getOperand(0))->getZExtValue()) +
                     " is used in device code; it is the host's, and the GPU has nothing there",
                 &I);
    }
}

} // namespace cordon
