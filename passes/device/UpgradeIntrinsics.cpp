//===- device/UpgradeIntrinsics.cpp - intrinsics under old names ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-upgrade-intrinsics`: a front end that is handed "llvm.nvvm.barrier0" as a plain name makes a function without
// an intrinsic ID. LLVM upgrades such names when it reads a file, not in memory, so until then the call is not
// convergent and may be duplicated. LLVM's upgrade trusts the types, so it is tried in a child first.

#include "device/Repairs.h"
#include "support/ForkedChild.h"
#include "llvm/IR/AutoUpgrade.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"

using namespace llvm;

namespace cordon {

static bool isOldName(const Function &F) {
  return F.getName().starts_with("llvm.") && F.getIntrinsicID() == Intrinsic::not_intrinsic && !F.use_empty();
}

static bool upgradesCleanly(Module &M, StringRef Name) {
  return runInChild(&M.getContext(), [&](raw_ostream &) -> Error {
           UpgradeCallsToIntrinsic(M.getFunction(Name));
           if (verifyModule(M))
             return createStringError("invalid");
           return Error::success();
         }).Ok;
}

bool upgradeIntrinsics(Module &M, FindingSet &Findings) {
  std::vector<std::string> Names;
  for (Function &F : M)
    if (isOldName(F))
      Names.push_back(F.getName().str());
  bool Changed = false;
  for (const std::string &Name : Names) {
    Function *F = M.getFunction(Name);
    Function *New = nullptr;
    if (!F || !UpgradeIntrinsicFunction(F, New))
      continue; // a name that LLVM does not know: refused with the other intrinsics
    if (!upgradesCleanly(M, Name)) {
      for (const User *U : F->users())
        if (const auto *CB = dyn_cast<CallBase>(U))
          Findings.add(Rule::RuntimeSignature, Name, "'" + Name + "' is called with arguments that the intrinsic does "
                       "not take; declare it as LLVM defines it", CB);
      continue;
    }
    UpgradeCallsToIntrinsic(M.getFunction(Name)); // may erase it
    Changed = true;
  }
  return Changed;
}

} // namespace cordon
