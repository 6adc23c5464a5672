//===- device/UpgradeIntrinsics.cpp - intrinsics under old names ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-upgrade-intrinsics`: a front end that is handed "llvm.nvvm.barrier0" as a plain name makes a function without
// an intrinsic ID. LLVM upgrades such names when it reads a file, not in memory, so until then the call is not
// convergent and may be duplicated. LLVM's upgrade trusts the types, so it is tried in a child first.
//
// Warp shuffles and votes without a mask are gone from sm_70 on, and LLVM still has their intrinsics. The driver runs
// them in older PTX on the threads that are active; so do the `.sync` forms that they become here.

#include "device/Repairs.h"
#include "support/ForkedChild.h"
#include "llvm/IR/AutoUpgrade.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
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

/// The form with a mask of a warp intrinsic without one; not_intrinsic for all others.
static Intrinsic::ID withMask(Intrinsic::ID ID) {
  switch (ID) {
#define SHUFFLE(KIND)                                                                                                  \
  case Intrinsic::nvvm_shfl_##KIND##_i32:                                                                              \
    return Intrinsic::nvvm_shfl_sync_##KIND##_i32;                                                                     \
  case Intrinsic::nvvm_shfl_##KIND##_f32:                                                                              \
    return Intrinsic::nvvm_shfl_sync_##KIND##_f32;                                                                     \
  case Intrinsic::nvvm_shfl_##KIND##_i32p:                                                                             \
    return Intrinsic::nvvm_shfl_sync_##KIND##_i32p;                                                                    \
  case Intrinsic::nvvm_shfl_##KIND##_f32p:                                                                             \
    return Intrinsic::nvvm_shfl_sync_##KIND##_f32p;
    SHUFFLE(up)
    SHUFFLE(down)
    SHUFFLE(bfly)
    SHUFFLE(idx)
#undef SHUFFLE
  case Intrinsic::nvvm_vote_all:
    return Intrinsic::nvvm_vote_all_sync;
  case Intrinsic::nvvm_vote_any:
    return Intrinsic::nvvm_vote_any_sync;
  case Intrinsic::nvvm_vote_uni:
    return Intrinsic::nvvm_vote_uni_sync;
  case Intrinsic::nvvm_vote_ballot:
    return Intrinsic::nvvm_vote_ballot_sync;
  default:
    return Intrinsic::not_intrinsic;
  }
}

static bool addMasks(Module &M) {
  bool Changed = false;
  for (Function &F : make_early_inc_range(M)) {
    Intrinsic::ID New = withMask(F.getIntrinsicID());
    if (New == Intrinsic::not_intrinsic)
      continue;
    for (User *U : make_early_inc_range(F.users())) {
      auto *Call = dyn_cast<CallInst>(U);
      if (!Call || Call->getCalledOperand() != &F)
        continue;
      IRBuilder<> B(Call);
      SmallVector<Value *, 4> Args = {B.CreateIntrinsic(Intrinsic::nvvm_activemask, {})};
      append_range(Args, Call->args());
      CallInst *Masked = B.CreateIntrinsic(New, Args);
      Masked->takeName(Call);
      Call->replaceAllUsesWith(Masked);
      Call->eraseFromParent();
      Changed = true;
    }
    if (F.use_empty())
      F.eraseFromParent();
  }
  return Changed;
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
  return addMasks(M) || Changed;
}

} // namespace cordon
