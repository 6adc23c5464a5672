//===- embed/Launches.cpp - what happens before a launch ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The device runtime's record and heap are set up before the first launch on a device, not at program start: a program
// that launches nothing pays nothing.

#include "embed/Registration.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace cordon {

static bool isLaunch(StringRef Name) {
  Name.consume_back("_ptsz");
  return StringSwitch<bool>(Name)
      .Cases({"cudaLaunchKernel", "__cudaLaunchKernel", "cudaLaunchKernelExC", "cudaLaunchCooperativeKernel"}, true)
      .Cases({"cudaGraphLaunch", "cuLaunchKernel", "cuLaunchKernelEx", "cuLaunchCooperativeKernel", "cuGraphLaunch"}, true)
      .Default(false);
}

void prepareLaunches(Module &M, EmbedOptions::HostRuntimeKind Kind) {
  SmallVector<CallBase *, 16> Launches;
  for (Function &F : M)
    if (F.isDeclaration() && isLaunch(F.getName()))
      for (User *U : F.users())
        if (auto *Call = dyn_cast<CallBase>(U); Call && Call->getCalledOperand() == &F)
          Launches.push_back(Call);
  if (Launches.empty())
    return;
  Function *Prepare = declareHostRuntime(M, "__cordon_before_launch", /*TakesImage=*/false, Kind);
  for (CallBase *Launch : Launches) {
    IRBuilder<> B(Launch);
    if (Prepare->hasExternalWeakLinkage())
      B.SetInsertPoint(SplitBlockAndInsertIfThen(B.CreateIsNotNull(Prepare), Launch->getIterator(),
                                                 /*Unreachable=*/false));
    // A call in a function with debug information needs a location, or inlining makes the module invalid.
    B.SetCurrentDebugLocation(Launch->getDebugLoc());
    B.CreateCall(Prepare)->setDoesNotThrow();
  }
}

void prepareManaged(const Registration &R, Function *Ready) {
  for (const Entry &E : R.Entries) {
    if (!E.isManaged())
      continue;
    SmallVector<LoadInst *, 16> Loads;
    for (User *U : E.Host->users())
      if (auto *Load = dyn_cast<LoadInst>(U))
        Loads.push_back(Load);
    for (LoadInst *Load : Loads) {
      IRBuilder<> B(Load);
      // As above: calls need a location in a function that has one.
      if (DISubprogram *SP = Load->getFunction()->getSubprogram(); SP && !Load->getDebugLoc())
        B.SetCurrentDebugLocation(DILocation::get(Load->getContext(), 0, 0, SP));
      B.CreateCall(Ready, {E.Host})->setDoesNotThrow();
    }
  }
}

} // namespace cordon
