//===- lower/EarlyAddressSpaces.cpp - memory is told apart from the start -===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `in_tile ? tile[i] : input[j]` loads from shared memory on one path and from global memory on the other. Host-shaped IR has
// generic pointers for both, and LLVM joins the two loads to one from either address, whose space nobody can tell any more: it
// is looked up at run time (a tiled convolution had 17 such loads where nvcc has 3 and 6 of known memory). So address spaces are
// inferred before anything is joined; LLVM infers them only at the end.
//
// Local memory is left to the end, though: the inference takes allocas and byval arguments for local, which they are once
// optimization is over, but before, an alloca that is a copy of a constant becomes that constant, and a callee's byval argument
// what the caller passes: both in global memory.

#include "lower/Pipeline.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Transforms/Scalar/InferAddressSpaces.h"

using namespace llvm;

namespace cordon {

/// Puts a freeze, of which the inference knows nothing, between \p V and its uses.
static FreezeInst *hide(Value &V, BasicBlock::iterator At) {
  auto *Hidden = new FreezeInst(&V, "", At);
  V.replaceUsesWithIf(Hidden, [&](const Use &U) { return U.getUser() != Hidden; });
  return Hidden;
}

PreservedAnalyses EarlyAddressSpacesPass::run(Function &F, FunctionAnalysisManager &AM) {
  SmallVector<AllocaInst *, 16> Allocas;
  for (Instruction &I : instructions(F))
    if (auto *A = dyn_cast<AllocaInst>(&I); A && !A->isSwiftError())
      Allocas.push_back(A);
  SmallVector<FreezeInst *, 16> Hidden;
  for (Argument &Arg : F.args())
    if (Arg.hasByValAttr())
      Hidden.push_back(hide(Arg, F.getEntryBlock().getFirstInsertionPt()));
  for (AllocaInst *A : Allocas)
    Hidden.push_back(hide(*A, std::next(A->getIterator())));
  PreservedAnalyses PA = InferAddressSpacesPass().run(F, AM);
  for (FreezeInst *Frozen : Hidden) {
    Frozen->replaceAllUsesWith(Frozen->getOperand(0));
    Frozen->eraseFromParent();
  }
  return PA;
}

} // namespace cordon
