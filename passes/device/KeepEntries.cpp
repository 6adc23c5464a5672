//===- device/KeepEntries.cpp - kernels that survive to the PTX -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-keep-entries`: a kernel that is internal, in a comdat or named by nobody disappears from the PTX, and one that
// device code calls is deleted with its callers, because the calling conventions differ. Entries become external and
// used; calls of a kernel go to an internal copy of its body.

#include "device/Repairs.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace cordon {
namespace {

bool makeEntry(GlobalObject &GO) {
  if (GO.hasExternalLinkage() && GO.hasDefaultVisibility() && !GO.hasComdat())
    return false;
  GO.setComdat(nullptr);
  GO.setLinkage(GlobalValue::ExternalLinkage);
  GO.setVisibility(GlobalValue::DefaultVisibility);
  GO.setDSOLocal(false);
  return true;
}

/// Follows an address from a use of it to the calls that it may be the callee of: through selections, casts, local
/// variables, arguments of known functions and tables.
class CallSearch {
public:
  bool mayBeCalled(const Use &U) {
    const User *By = U.getUser();
    if (const auto *CB = dyn_cast<CallBase>(By)) {
      if (CB->isCallee(&U))
        return true;
      const Function *Callee = CB->getCalledFunction();
      return Callee && CB->isArgOperand(&U) && CB->getArgOperandNo(&U) < Callee->arg_size() &&
             usesMayBeCalled(*Callee->getArg(CB->getArgOperandNo(&U)));
    }
    if (const auto *S = dyn_cast<StoreInst>(By)) {
      const Value *Into = getUnderlyingObject(S->getPointerOperand());
      return U.getOperandNo() == 0 && isa<AllocaInst, GlobalVariable>(Into) && loadsMayBeCalled(*Into);
    }
    if (const auto *G = dyn_cast<GlobalVariable>(By))
      return !G->getName().starts_with("llvm.") && loadsMayBeCalled(*G);
    return (isa<SelectInst, PHINode, CastInst, InsertValueInst, ExtractValueInst>(By) ||
            (isa<Constant>(By) && !isa<GlobalValue>(By))) &&
           usesMayBeCalled(*By);
  }

private:
  bool usesMayBeCalled(const Value &V) {
    return Seen.insert(&V).second && any_of(V.uses(), [&](const Use &U) { return mayBeCalled(U); });
  }
  /// What is loaded from \p Memory, or from a place in it.
  bool loadsMayBeCalled(const Value &Memory) {
    if (!SeenMemory.insert(&Memory).second)
      return false;
    return any_of(Memory.users(), [&](const User *U) {
      if (isa<LoadInst>(U))
        return usesMayBeCalled(*U);
      return (isa<GetElementPtrInst, CastInst>(U) || (isa<Constant>(U) && !isa<GlobalValue>(U))) && loadsMayBeCalled(*U);
    });
  }
  SmallPtrSet<const Value *, 16> Seen, SeenMemory;
};

bool callsGoToCopy(Function &Kernel) {
  SmallVector<CallBase *, 4> Calls;
  bool Indirect = false;
  for (Use &U : Kernel.uses()) {
    if (auto *CB = dyn_cast<CallBase>(U.getUser()); CB && CB->getCalledOperand() == &Kernel)
      Calls.push_back(CB);
    else
      Indirect |= CallSearch().mayBeCalled(U);
  }
  if (Calls.empty() && !Indirect)
    return false;
  ValueToValueMapTy Map;
  Function *Copy = CloneFunction(&Kernel, Map);
  Copy->setName(Kernel.getName() + "__called");
  Copy->setLinkage(GlobalValue::InternalLinkage);
  Copy->setVisibility(GlobalValue::DefaultVisibility);
  Copy->setComdat(nullptr);
  Copy->setCallingConv(CallingConv::C);
  // What a launch promises does not hold for a call.
  for (StringRef Kind : {"nvvm.maxntid", "nvvm.reqntid", "nvvm.minctasm", "nvvm.maxnreg", "nvvm.cluster_dim",
                         "nvvm.maxclusterrank", "nvvm.blocksareclusters"})
    Copy->removeFnAttr(Kind);
  for (Argument &A : Copy->args())
    Copy->removeParamAttr(A.getArgNo(), "nvvm.grid_constant");
  for (CallBase *CB : Calls) {
    CB->setCalledOperand(Copy);
    CB->setCallingConv(CallingConv::C);
  }
  // A kernel that calls itself: its copy does too.
  for (User *U : make_early_inc_range(Kernel.users()))
    if (auto *CB = dyn_cast<CallBase>(U); CB && CB->getCalledOperand() == &Kernel) {
      CB->setCalledOperand(Copy);
      CB->setCallingConv(CallingConv::C);
    }
  // PTX cannot call an entry through a pointer either.
  Kernel.replaceUsesWithIf(Copy, [](Use &U) { return CallSearch().mayBeCalled(U); });
  return true;
}

} // namespace

bool keepEntries(Module &M, FindingSet &) {
  bool Changed = false;
  SmallVector<GlobalValue *, 8> Entries;
  SmallVector<Function *, 8> Kernels;
  for (Function &F : M)
    if (F.getCallingConv() == CallingConv::PTX_Kernel && !F.isDeclaration())
      Kernels.push_back(&F);
  for (Function *F : Kernels) {
    Changed |= makeEntry(*F) | callsGoToCopy(*F);
    Entries.push_back(F);
  }
  // What the host writes must not be folded to its initializer.
  for (GlobalVariable &G : M.globals())
    if (G.isExternallyInitialized() && !G.isDeclaration()) {
      Changed |= makeEntry(G);
      Entries.push_back(&G);
    }

  SmallPtrSet<GlobalValue *, 8> Used;
  SmallVector<GlobalValue *, 8> UsedList;
  collectUsedGlobalVariables(M, UsedList, /*CompilerUsed=*/false);
  Used.insert(UsedList.begin(), UsedList.end());
  erase_if(Entries, [&](GlobalValue *G) { return Used.contains(G); });
  if (!Entries.empty()) {
    appendToUsed(M, Entries);
    Changed = true;
  }
  return Changed;
}

} // namespace cordon
