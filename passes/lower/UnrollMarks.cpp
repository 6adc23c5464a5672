//===- lower/UnrollMarks.cpp - whose "nounroll" it is ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM marks a loop that it has unrolled in part `llvm.loop.unroll.disable`, so as not to unroll it again, and its NVPTX
// target tells ptxas `.pragma "nounroll"` for it. But ptxas knows the machine and would unroll such a loop further; nvcc
// forbids that only where the program does, and for the few rounds that are left over. So the program's own marks are
// remembered before the pipeline, and at its end the others are dropped.

#include "lower/Pipeline.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/IR/Metadata.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

using namespace llvm;

namespace cordon {

static constexpr StringLiteral Own = "cordon.loop.unroll";
static constexpr StringLiteral Disable = "llvm.loop.unroll.disable";
/// Rounds that a remainder may have; ptxas gains nothing from unrolling it.
static constexpr unsigned FewRounds = 8;

PreservedAnalyses KeepUnrollMarksPass::run(Function &F, FunctionAnalysisManager &AM) {
  for (Loop *L : AM.getResult<LoopAnalysis>(F).getLoopsInPreorder())
    if (hasUnrollTransformation(L) != TM_Unspecified && !getBooleanLoopAttribute(L, Own))
      addStringMetadataToLoop(L, Own.data(), 1);
  return PreservedAnalyses::all(); // metadata alone
}

static void dropMark(Loop &L) {
  SmallVector<Metadata *, 4> Kept = {nullptr};
  for (const MDOperand &Op : drop_begin(L.getLoopID()->operands())) {
    auto *Node = dyn_cast<MDNode>(Op);
    auto *Name = Node && Node->getNumOperands() ? dyn_cast<MDString>(Node->getOperand(0)) : nullptr;
    if (!Name || Name->getString() != Disable)
      Kept.push_back(Op);
  }
  MDNode *ID = MDNode::getDistinct(L.getHeader()->getContext(), Kept);
  ID->replaceOperandWith(0, ID);
  L.setLoopID(ID);
}

PreservedAnalyses FreeLoopsPass::run(Function &F, FunctionAnalysisManager &AM) {
  auto &LI = AM.getResult<LoopAnalysis>(F);
  if (LI.empty())
    return PreservedAnalyses::all();
  auto &SE = AM.getResult<ScalarEvolutionAnalysis>(F);
  for (Loop *L : LI.getLoopsInPreorder()) {
    if (!getBooleanLoopAttribute(L, Disable) || getBooleanLoopAttribute(L, Own))
      continue;
    unsigned Rounds = SE.getSmallConstantMaxTripCount(L);
    if (Rounds == 0 || Rounds > FewRounds)
      dropMark(*L);
  }
  return PreservedAnalyses::all();
}

} // namespace cordon
