//===- device/CheckConstantWrites.cpp - memory that only the host writes --===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The optimizer takes address space 4 for constant, and a kernel's parameters (101) too, and deletes stores to it in
// silence. A variable there is followed to every write: through casts, selections, local variables and calls.

#include "device/Checks.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

constexpr unsigned ConstantSpace = 4, ParameterSpace = 101;

/// True if \p I writes behind the pointer that is its operand \p U.
bool writesBehind(const Instruction &I, const Use &U) {
  if (isa<StoreInst>(I))
    return U.getOperandNo() == StoreInst::getPointerOperandIndex();
  if (isa<AtomicRMWInst, AtomicCmpXchgInst>(I))
    return U.getOperandNo() == 0;
  if (const auto *Copy = dyn_cast<AnyMemIntrinsic>(&I))
    return &Copy->getRawDestUse() == &U;
  const auto *II = dyn_cast<IntrinsicInst>(&I);
  return II && II->isArgOperand(&U) && !II->isAssumeLikeIntrinsic() &&
         isModSet(II->getMemoryEffects().getModRef(IRMemLocation::ArgMem)) &&
         !II->onlyReadsMemory(II->getArgOperandNo(&U));
}

/// Collects the instructions that write behind an address.
class Writes {
public:
  void follow(const Value &Address) {
    if (Seen.insert(&Address).second)
      for (const Use &U : Address.uses())
        followUse(U);
  }
  SetVector<const Instruction *> Found;

private:
  void followUse(const Use &U) {
    const User *By = U.getUser();
    const auto *I = dyn_cast<Instruction>(By);
    if (I && writesBehind(*I, U)) {
      Found.insert(I);
      return;
    }
    if (const auto *S = dyn_cast<StoreInst>(By)) { // kept in a local variable
      if (const auto *Slot = dyn_cast<AllocaInst>(getUnderlyingObject(S->getPointerOperand())))
        for (const User *Reader : Slot->users())
          if (isa<LoadInst>(Reader))
            follow(*Reader);
      return;
    }
    if (const auto *CB = dyn_cast<CallBase>(By)) {
      if (isIntrinsicReturningPointerAliasingArgumentWithoutCapturing(CB, /*MustPreserveNullness=*/false))
        follow(*CB);
      const Function *Callee = CB->getCalledFunction();
      if (Callee && CB->isArgOperand(&U) && CB->getArgOperandNo(&U) < Callee->arg_size())
        follow(*Callee->getArg(CB->getArgOperandNo(&U)));
      return;
    }
    if (isa<GetElementPtrInst, CastInst, PHINode, SelectInst>(By) || (isa<Constant>(By) && !isa<GlobalValue>(By)))
      follow(*By);
  }
  SmallPtrSet<const Value *, 32> Seen;
};

bool isReadOnlySpace(const Value *V) {
  const auto *P = dyn_cast<PointerType>(V->getType());
  return P && (P->getAddressSpace() == ConstantSpace || P->getAddressSpace() == ParameterSpace);
}

} // namespace

void checkConstantWrites(Checker &C) {
  for (const GlobalVariable *G : C.Reached.variables()) {
    if (G->getAddressSpace() != ConstantSpace)
      continue;
    Writes W;
    W.follow(*G);
    for (const Instruction *At : W.Found)
      if (C.Reached.functions().contains(At->getFunction()))
        C.report(Rule::ConstantMemoryWrite, G->getName(),
                 "variable '" + G->getName() + "' is in constant memory, and device code writes it; only the host can: "
                 "put it in address space 1 (__device__)",
                 At);
  }
  for (const Function *F : C.Reached.functions())
    for (const Instruction &I : instructions(*F))
      for (const Use &U : I.operands())
        if (isReadOnlySpace(U) && writesBehind(I, U) && !C.isReported(I))
          C.report(Rule::ConstantMemoryWrite, std::to_string(U->getType()->getPointerAddressSpace()),
                   "device code writes " +
                       Twine(U->getType()->getPointerAddressSpace() == ConstantSpace ? "constant memory" : "parameters") +
                       " (address space " + Twine(U->getType()->getPointerAddressSpace()) +
                       "), which it can only read",
                   &I);
}

} // namespace cordon
