//===- device/CheckIntrinsics.cpp - intrinsics of other targets -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Intrinsics of the host's processor, and LLVM's own that no GPU code generator takes, by name. What is left is asked of
// the back end itself.

#include "device/Checks.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

static std::string refusal(const IntrinsicInst &I) {
  StringRef Name = I.getCalledFunction()->getName();
  if (I.getCalledFunction()->isTargetIntrinsic() && !Name.starts_with("llvm.nvvm."))
    return "belongs to another processor; write this part without it for the GPU";
  if (Name.contains(".element.unordered.atomic"))
    return "copies element by element atomically, which the GPU cannot; use a loop of atomic loads and stores";
  if (Name.starts_with("llvm.coro."))
    return "is part of a coroutine; write it as a plain function";
  if (Name.starts_with("llvm.loop.decrement") || Name.contains("loop.iterations"))
    return "counts in a loop register of the host's processor";
  if (Name.starts_with("llvm.eh.sjlj.") || Name.starts_with("llvm.localescape") ||
      Name.starts_with("llvm.localrecover"))
    return "jumps between frames of the host's stack";
  if (Name.starts_with("llvm.experimental.gc.") || Name.starts_with("llvm.gc"))
    return "belongs to a garbage collector, which the GPU does not have";
  return "";
}

void checkIntrinsics(Checker &C) {
  for (const Function *F : C.Reached.functions()) {
    for (const Instruction &I : instructions(*F)) {
      const auto *CB = dyn_cast<CallBase>(&I);
      const Function *Callee = CB ? CB->getCalledFunction() : nullptr;
      if (!Callee || !Callee->getName().starts_with("llvm."))
        continue;
      std::string Why = Callee->getIntrinsicID() == Intrinsic::not_intrinsic
                            ? "is no intrinsic that LLVM " LLVM_VERSION_STRING " knows; use its present name"
                        : isa<IntrinsicInst>(I) ? refusal(cast<IntrinsicInst>(I))
                                                : "";
      if (!Why.empty())
        C.report(Rule::HostIntrinsic, Callee->getName(), "'" + Callee->getName() + "' " + Why, &I);
    }
  }
}

} // namespace cordon
