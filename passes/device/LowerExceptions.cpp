//===- device/LowerExceptions.cpp - calls that cannot unwind --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-lower-exceptions`: nothing unwinds on the GPU: a throw ends the kernel. Invokes become calls, landing pads and
// funclets go, and with them the personality, which would stay in the PTX as an undefined symbol.

#include "device/Repairs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace cordon {
namespace {

bool hasUnwindEdges(const Function &F) {
  return F.hasPersonalityFn() || any_of(F, [](const BasicBlock &BB) { return BB.isEHPad() || isa<InvokeInst>(BB.getTerminator()); });
}

/// What marks the end of a path that only unwinding takes, when code reaches it all the same.
void endHere(Instruction *I) { changeToUnreachable(I); }

void lowerBody(Function &F) {
  for (BasicBlock &BB : F)
    if (auto *II = dyn_cast<InvokeInst>(BB.getTerminator()))
      changeToCall(II);
  removeUnreachableBlocks(F);
  // Pads are unreachable now, but for entry blocks of broken modules; resumes may be reachable through selects.
  SmallVector<Instruction *, 4> Ends;
  for (Instruction &I : instructions(F))
    if (isa<ResumeInst, CleanupReturnInst, CatchReturnInst>(I))
      Ends.push_back(&I);
  for (Instruction *I : Ends)
    endHere(I);
  F.setPersonalityFn(nullptr);
}

} // namespace

bool lowerExceptions(Module &M, FindingSet &) {
  bool Changed = false;
  for (Function &F : M) {
    if (F.isDeclaration() || !hasUnwindEdges(F))
      continue;
    lowerBody(F);
    Changed = true;
  }
  return Changed;
}

} // namespace cordon
