//===- device/MarkConvergent.cpp - convergence before any pipeline --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-mark-convergent`: host front ends mark nothing convergent, so the first CFG pass may duplicate or sink a call
// that leads to a barrier. Everything is marked here; LLVM's function-attrs pass takes the mark off again where it can
// prove that nothing convergent is reached.

#include "analysis/PTXAsm.h"
#include "device/Repairs.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

/// What is known to reach no barrier: libdevice, and the driver's printing.
static bool isHarmless(const Function &F) {
  return F.isDeclaration() && (F.getName().starts_with("__nv_") || F.getName() == "vprintf");
}

/// Arithmetic waits for nobody; an empty string is only an optimization barrier.
static bool isThreadLocalAssembly(const CallBase &CB) {
  const auto *Asm = dyn_cast<InlineAsm>(CB.getCalledOperand());
  return Asm && all_of(allMnemonics(Asm->getAsmString()), [](StringRef M) { return isThreadLocalMnemonic(M); });
}

static bool needsMark(const CallBase &CB) {
  if (CB.isConvergent())
    return false;
  // Intrinsics carry the mark themselves where it is due.
  if (const Function *F = CB.getCalledFunction(); F && (F->isIntrinsic() || isHarmless(*F)))
    return false;
  return !isThreadLocalAssembly(CB);
}

bool markConvergent(Module &M, FindingSet &) {
  bool Changed = false;
  for (Function &F : M) {
    if (F.isIntrinsic() || isHarmless(F))
      continue;
    if (!F.isConvergent()) {
      F.setConvergent();
      Changed = true;
    }
    for (Instruction &I : instructions(F)) {
      auto *CB = dyn_cast<CallBase>(&I);
      if (CB && needsMark(*CB)) {
        CB->setConvergent();
        Changed = true;
      } else if (CB && CB->isConvergent() && isThreadLocalAssembly(*CB)) {
        // The split and clang's CUDA mark all assembly, and function-attrs does not look into it.
        CB->setNotConvergent();
        Changed = true;
      }
    }
  }
  return Changed;
}

} // namespace cordon
