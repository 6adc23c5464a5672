//===- device/DropRTTI.cpp - RTTI behind vtables ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-drop-rtti`: every vtable of the Itanium ABI points to typeinfo, which points to vtables of the host's C++
// library. Where only vtables and other typeinfo name it, nobody can ask for it, and null is as good.

#include "device/Repairs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

/// vtables, typeinfo, VTTs and construction vtables.
bool isTypeData(StringRef Name) {
  return Name.starts_with("_ZTV") || Name.starts_with("_ZTI") || Name.starts_with("_ZTT") || Name.starts_with("_ZTC");
}

/// Follows constant expressions up to what holds them.
bool onlyTypeDataUses(const Value &V) {
  for (const User *U : V.users()) {
    if (const auto *G = dyn_cast<GlobalVariable>(U)) {
      if (!isTypeData(G->getName()))
        return false;
    } else if (!isa<Constant>(U) || isa<GlobalValue>(U) || !onlyTypeDataUses(*U)) {
      return false;
    }
  }
  return true;
}

} // namespace

bool dropRTTI(Module &M, FindingSet &) {
  bool Changed = false;
  for (GlobalVariable &G : M.globals()) {
    if (!G.getName().starts_with("_ZTI") || G.use_empty() || !onlyTypeDataUses(G))
      continue;
    G.replaceAllUsesWith(ConstantPointerNull::get(G.getType()));
    Changed = true;
  }
  return Changed;
}

} // namespace cordon
