//===- device/DropRTTI.cpp - RTTI behind vtables ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-drop-rtti`: every vtable of the Itanium ABI points to typeinfo, which points to vtables of the host's C++
// library. Where only vtables and other typeinfo name it and no code asks an object for its type, null is as good. Where
// code does ask, the runtime has what the typeinfo points to; null remains for the host library's own typeinfo.

#include "device/Repairs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
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

/// dynamic_cast calls a function; typeid reads the word in front of the vtable.
bool readsRTTI(const Module &M) {
  if (const Function *Cast = M.getFunction("__dynamic_cast"); Cast && !Cast->use_empty())
    return true;
  for (const Function &F : M)
    for (const Instruction &I : instructions(F))
      if (const auto *GEP = dyn_cast<GetElementPtrInst>(&I); GEP && isa<LoadInst>(GEP->getPointerOperand())) {
        APInt Offset(M.getDataLayout().getIndexTypeSizeInBits(GEP->getType()), 0);
        if (!GEP->getType()->isVectorTy() && GEP->accumulateConstantOffset(M.getDataLayout(), Offset) &&
            Offset.getSExtValue() == -8)
          return true;
      }
  return false;
}

} // namespace

bool dropRTTI(Module &M, FindingSet &) {
  bool Changed = false, Read = readsRTTI(M);
  for (GlobalVariable &G : M.globals()) {
    if (!G.getName().starts_with("_ZTI") || G.use_empty() || !onlyTypeDataUses(G))
      continue;
    if (Read && !G.isDeclaration())
      continue;
    G.replaceAllUsesWith(ConstantPointerNull::get(G.getType()));
    Changed = true;
  }
  return Changed;
}

} // namespace cordon
