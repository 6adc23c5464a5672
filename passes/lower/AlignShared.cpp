//===- lower/AlignShared.cpp - shared variables aligned for wide copies ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `*(int4 *)&tile[row][column]` copies 16 bytes, but where `tile` is an array of halves in shared memory, its declaration promises
// an alignment of 2, and LLVM copies 2 bytes at a time: eight loads and stores each for one of nvcc's (a matrix product on tensor
// cores ran 1.9 times as long). Where shared variables lie is for this module to say, dynamic shared memory included: the
// alignment written in PTX is kept by ptxas and the driver. So all of 16 bytes or more are aligned to 16, and LLVM finds out for
// itself which rows and columns are.

#include "lower/Pipeline.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

static constexpr unsigned SharedSpace = 3;
static const Align Wide = Align::Constant<16>();

PreservedAnalyses AlignSharedPass::run(Module &M, ModuleAnalysisManager &) {
  const DataLayout &DL = M.getDataLayout();
  bool Changed = false;
  for (GlobalVariable &G : M.globals()) {
    if (G.getAddressSpace() != SharedSpace || !G.getValueType()->isSized())
      continue;
    uint64_t Size = DL.getTypeAllocSize(G.getValueType());
    bool Dynamic = G.isDeclaration();
    if ((!Dynamic && Size < Wide.value()) || DL.getValueOrABITypeAlignment(G.getAlign(), G.getValueType()) >= Wide)
      continue;
    G.setAlignment(Wide);
    Changed = true;
  }
  return Changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

} // namespace cordon
