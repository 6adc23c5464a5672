//===- lower/OrderBlocks.cpp - loops lie together, exits behind them ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ptxas unrolls small loops by itself, but knows a loop only by a conditional branch backwards at its end. clang from -O1
// on puts the block after a loop before its body, LLVM's NVPTX target cannot turn a branch round once blocks have moved,
// and the loop ends in `@p bra exit; bra.uni header;`: no unrolling (a loop of votes ran 1.24 times as long, one of
// divisions 1.75). So blocks are laid out here, in reverse post-order with the blocks of each loop together; selection
// then falls through to the exit and branches back. Only the order changes, never the program.

#include "lower/LoopPasses.h"
#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/CFG.h"
#include "llvm/Support/CommandLine.h"

using namespace llvm;

namespace cordon {

static cl::opt<bool> Disabled("cordon-no-order-blocks", cl::Hidden,
                              cl::desc("Cordon: leave the order of blocks as LLVM makes it"));
bool orderBlocksEnabled() { return !Disabled; }

namespace {

class BlockOrder {
public:
  BlockOrder(Function &F, const LoopInfo &LI) : LI(LI) {
    ReversePostOrderTraversal<Function *> RPO(&F);
    Sequence.assign(RPO.begin(), RPO.end());
    place(nullptr);
    for (BasicBlock &B : F) // what nothing reaches
      Placed.insert(&B);
  }
  ArrayRef<BasicBlock *> blocks() const { return Placed.getArrayRef(); }

private:
  /// Places the blocks of \p L, or of the function; a loop inside comes whole where its header stands.
  void place(const Loop *L) {
    for (BasicBlock *B : L ? blocksOf(*L) : Sequence) {
      if (Placed.contains(B))
        continue;
      const Loop *Inner = LI.getLoopFor(B);
      while (Inner && Inner->getParentLoop() != L)
        Inner = Inner->getParentLoop();
      if (Inner)
        place(Inner);
      else
        Placed.insert(B);
    }
  }
  std::vector<BasicBlock *> blocksOf(const Loop &L) const {
    std::vector<BasicBlock *> Blocks;
    for (BasicBlock *B : Sequence)
      if (L.contains(B))
        Blocks.push_back(B);
    return Blocks;
  }

  const LoopInfo &LI;
  std::vector<BasicBlock *> Sequence;
  SmallSetVector<BasicBlock *, 16> Placed;
};

} // namespace

PreservedAnalyses OrderBlocksPass::run(Function &F, FunctionAnalysisManager &AM) {
  const LoopInfo &LI = AM.getResult<LoopAnalysis>(F);
  if (LI.empty())
    return PreservedAnalyses::all();
  BlockOrder Order(F, LI);
  BasicBlock *Last = nullptr;
  for (BasicBlock *B : Order.blocks()) {
    if (Last && B->getPrevNode() != Last)
      B->moveAfter(Last);
    Last = B;
  }
  return PreservedAnalyses::all(); // no analysis knows an order
}

} // namespace cordon
