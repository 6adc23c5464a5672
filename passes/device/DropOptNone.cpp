//===- device/DropOptNone.cpp - device code of -O0 is optimized -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-drop-optnone`: clang -O0 marks every function `optnone noinline`. On the GPU that leaves __nvvm_reflect and
// libdevice unfolded, which the back end refuses. The `noinline` goes too: nobody asked for it.

#include "device/Repairs.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

bool dropOptNone(Module &M, FindingSet &) {
  bool Changed = false;
  for (Function &F : M) {
    if (!F.hasFnAttribute(Attribute::OptimizeNone))
      continue;
    F.removeFnAttr(Attribute::OptimizeNone);
    F.removeFnAttr(Attribute::NoInline);
    Changed = true;
  }
  return Changed;
}

} // namespace cordon
