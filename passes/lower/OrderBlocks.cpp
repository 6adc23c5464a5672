//===- lower/OrderBlocks.cpp - loops lie together, exits behind them ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ptxas unrolls small loops by itself, but knows a loop only by a conditional branch backwards at its end. clang from -O1
// on puts the block after a loop before its body, LLVM's NVPTX target cannot turn a branch round once blocks have moved,
// and the loop ends in `@p bra exit; bra.uni header;`: no unrolling (a loop of votes ran 1.24 times as long, one
// of random numbers 1.15). So blocks are laid out here, each after what leads to it and loops whole; selection
// then falls through to the exit and branches back. Only the order changes, never the program.

#include "lower/Pipeline.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DepthFirstIterator.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/CFG.h"
#include <set>

using namespace llvm;

namespace cordon {

namespace {

/// The order of the source as far as it can be kept: a block comes after all that lead to it, back edges apart, and a loop
/// comes whole.
class BlockOrder {
public:
  BlockOrder(Function &F, const LoopInfo &LI) : LI(LI) {
    for (BasicBlock *B : depth_first(&F))
      for (BasicBlock *Next : successors(B))
        if (!isBackEdge(B, Next))
          ++Waiting[Next];
    unsigned Index = 0;
    for (BasicBlock &B : F)
      Number[&B] = Index++, Source.push_back(&B);
    Ready[nullptr].insert(0);
    place(nullptr);
    // Cycles with several entries, and what nothing reaches.
    for (BasicBlock &B : F)
      Placed.insert(&B);
  }
  ArrayRef<BasicBlock *> blocks() const { return Placed.getArrayRef(); }

private:
  bool isBackEdge(const BasicBlock *From, const BasicBlock *To) const {
    return LI.isLoopHeader(To) && LI.getLoopFor(To)->contains(From);
  }
  /// Where \p B is waited for: a header in the loop around its own.
  const Loop *levelOf(const BasicBlock *B) const {
    const Loop *L = LI.getLoopFor(B);
    return L && L->getHeader() == B ? L->getParentLoop() : L;
  }
  void arrive(BasicBlock *B) {
    if (--Waiting[B] == 0)
      Ready[levelOf(B)].insert(Number[B]);
  }
  void place(const Loop *Level) {
    while (!Ready[Level].empty()) {
      auto First = Ready[Level].begin();
      BasicBlock *B = Source[*First];
      Ready[Level].erase(First);
      Placed.insert(B);
      for (BasicBlock *Next : successors(B))
        if (!isBackEdge(B, Next))
          arrive(Next);
      if (const Loop *Inner = LI.getLoopFor(B); Inner != Level)
        place(Inner);
    }
  }

  const LoopInfo &LI;
  std::vector<BasicBlock *> Source;
  DenseMap<const BasicBlock *, unsigned> Number;
  DenseMap<const BasicBlock *, unsigned> Waiting; ///< edges from what is not placed yet
  DenseMap<const Loop *, std::set<unsigned>> Ready;
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
