//===- lower/AlignLocal.cpp - local arrays aligned for wide accesses ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a loop over a local array loads and stores in four rounds is one access of 16 bytes, if the array lies so. Its type
// asks for 4, and NVPTX's vectorizer then leaves four accesses (the paths of a rate model ran 1.35 times as long as nvcc's).
// So local arrays of 16 bytes and more are aligned to 16.

#include "lower/Pipeline.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

namespace cordon {

PreservedAnalyses AlignLocalPass::run(Function &F, FunctionAnalysisManager &) {
  const Align Wide = Align::Constant<16>();
  bool Changed = false;
  for (Instruction &I : instructions(F)) {
    auto *A = dyn_cast<AllocaInst>(&I);
    if (!A || !A->isStaticAlloca() || A->getAlign() >= Wide)
      continue;
    std::optional<TypeSize> Size = A->getAllocationSize(F.getDataLayout());
    if (!Size || Size->isScalable() || Size->getFixedValue() < Wide.value())
      continue;
    A->setAlignment(Wide);
    Changed = true;
  }
  return keepingBlocks(Changed);
}

} // namespace cordon
