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
/// Static shared variables of a module, in bytes, up to which the gaps between them cannot exceed what a block may have.
static constexpr uint64_t MaxWithGaps = 32 << 10;

static bool isShared(const GlobalVariable &G) { return G.getAddressSpace() == SharedSpace && G.getValueType()->isSized(); }

PreservedAnalyses AlignSharedPass::run(Module &M, ModuleAnalysisManager &) {
  const DataLayout &DL = M.getDataLayout();
  uint64_t Total = 0;
  for (const GlobalVariable &G : M.globals())
    if (isShared(G))
      Total += DL.getTypeAllocSize(G.getValueType());
  bool Changed = false;
  for (GlobalVariable &G : M.globals()) {
    if (!isShared(G))
      continue;
    uint64_t Size = DL.getTypeAllocSize(G.getValueType());
    bool Dynamic = G.isDeclaration();
    if ((!Dynamic && Size < Wide.value()) || DL.getValueOrABITypeAlignment(G.getAlign(), G.getValueType()) >= Wide)
      continue;
    if (Total > MaxWithGaps && !isAligned(Wide, Size))
      continue;
    G.setAlignment(Wide);
    Changed = true;
  }
  return Changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

} // namespace cordon
