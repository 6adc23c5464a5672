//===- device/KeepEntries.cpp - kernels that survive to the PTX -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-keep-entries`: a kernel that is internal, in a comdat or named by nobody disappears from the PTX, and one that
// device code calls is deleted with its callers, because the calling conventions differ. Entries become external and
// used; calls of a kernel go to an internal copy of its body.

#include "device/Repairs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstrTypes.h"
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

bool callsGoToCopy(Function &Kernel) {
  SmallVector<CallBase *, 4> Calls;
  for (User *U : Kernel.users())
    if (auto *CB = dyn_cast<CallBase>(U); CB && CB->getCalledOperand() == &Kernel)
      Calls.push_back(CB);
  if (Calls.empty())
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
