//===- link/HeapRegisters.cpp - kernels that allocate stay launchable -----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ptxas gives each function of a call chain registers above its caller's, and the heap's chains are deep: a kernel of 20
// registers that calls malloc came out with 200, too many for blocks of more than 256 threads. CUDA's malloc costs a kernel none.
// So kernels that reach the heap and do not say themselves how large their blocks are get registers for the largest block.
//===----------------------------------------------------------------------===//

#include "link/Link.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

/// 65,536 registers of a multiprocessor for a block of 1,024 threads.
static constexpr StringLiteral ForLargestBlock = "64";

static bool isBounded(const Function &Kernel) {
  return any_of(ArrayRef<StringRef>{"nvvm.maxntid", "nvvm.reqntid", "nvvm.minctasm", "nvvm.maxnreg"},
                [&](StringRef Kind) { return Kernel.hasFnAttribute(Kind); });
}

void limitHeapRegisters(Module &Device) {
  SetVector<Value *> Reaching;
  for (StringRef Name : {"__cordon_malloc", "__cordon_calloc", "__cordon_realloc", "__cordon_aligned_alloc"})
    if (Function *F = Device.getFunction(Name); F && !F->isDeclaration())
      Reaching.insert(F);
  for (unsigned I = 0; I != Reaching.size(); ++I)
    for (User *U : Reaching[I]->users()) {
      if (auto *In = dyn_cast<Instruction>(U))
        Reaching.insert(In->getFunction());
      else if (isa<Constant>(U))
        Reaching.insert(U);
    }
  for (Value *V : Reaching)
    if (auto *F = dyn_cast<Function>(V); F && isKernel(*F) && !isBounded(*F))
      F->addFnAttr("nvvm.maxnreg", ForLargestBlock);
}

} // namespace cordon
