//===- device/FixLinkage.cpp - linkages that only a host linker knows -----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-fix-linkage`: nobody may provide an extern_weak symbol on the device, so it is null; an available_externally
// body is the only one there is, so it becomes internal; common becomes weak.

#include "device/Repairs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

static bool fixOne(GlobalObject &GO) {
  if (GO.hasExternalWeakLinkage()) {
    if (GO.use_empty())
      return false;
    GO.replaceAllUsesWith(ConstantPointerNull::get(GO.getType()));
    return true;
  }
  if (GO.hasAvailableExternallyLinkage()) {
    GO.setLinkage(GlobalValue::InternalLinkage);
    GO.setVisibility(GlobalValue::DefaultVisibility);
    return true;
  }
  if (GO.hasCommonLinkage()) {
    GO.setLinkage(GlobalValue::WeakAnyLinkage);
    return true;
  }
  return false;
}

bool fixLinkage(Module &M, FindingSet &) {
  bool Changed = false;
  for (Function &F : M)
    Changed |= fixOne(F);
  for (GlobalVariable &G : M.globals())
    Changed |= fixOne(G);
  return Changed;
}

} // namespace cordon
