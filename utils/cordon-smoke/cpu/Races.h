//===- cpu/Races.h - races on shared and global memory ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two accesses of one word by different threads race if one of them writes, not both are atomic or volatile, and no
// barrier, syncwarp, or fence with an atomic orders them. Inside a block the order is kept for each thread (vector
// clocks, shared by the threads that left a barrier together); between blocks it is kept for each block.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CPU_RACES_H
#define CORDON_SMOKE_CPU_RACES_H

#include "Context.h"
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace cordon::smoke::cpu {

class Launch;

class Races {
public:
  explicit Races(Launch &L) : L(L) {}
  void beginBlock(Block &B);
  void endBlock(Block &B);
  void access(ThreadContext &C, uint64_t Address, uint64_t Size, uint32_t Kind, uint32_t SiteId, bool Shared);
  void fence(ThreadContext &C);
  /// Memory that was given back: whoever gets it next has nothing to do with who had it.
  void forget(uint64_t Base, uint64_t Size);
  /// What \p Members did before happens before what they do next.
  void synchronize(Block &B, const std::vector<uint32_t> &Members);

private:
  using Clocks = std::shared_ptr<const std::vector<uint32_t>>;
  using BlockClocks = std::map<uint64_t, uint32_t>;

  struct Touch {
    uint64_t Block = 0;
    uint32_t Thread = 0, Clock = 0, BlockClock = 0, Site = 0;
    uint8_t Bytes = 0; ///< of the word; 0: nothing recorded
    bool Atomic = false;
  };
  struct Cell {
    Touch Write, Read[2];
  };
  struct BlockState {
    uint32_t Index[3];
    std::vector<Clocks> Seen;     ///< of each thread: the others' clocks that it is behind
    std::vector<uint32_t> Clock;  ///< of each thread
    std::vector<bool> Fenced;
    BlockClocks SeenBlocks;
    uint32_t Clock0 = 1;
    std::unordered_map<uint64_t, Cell> Shared; ///< by word
  };
  struct SyncObject {
    BlockClocks Blocks;
    std::unordered_map<uint64_t, Clocks> Threads; ///< of the block that released last
  };

  Launch &L;
  std::unordered_map<uint64_t, BlockState> States;
  std::unordered_map<uint64_t, Cell> Global;
  std::unordered_map<uint64_t, SyncObject> Syncs;

  bool before(const Touch &Earlier, const BlockState &S, uint64_t Block, uint32_t Thread) const;
  void release(BlockState &S, uint64_t Block, uint32_t Thread, SyncObject &O);
  void acquire(BlockState &S, uint64_t Block, uint32_t Thread, const SyncObject &O);
  void report(ThreadContext &C, uint64_t Address, const Touch &Earlier, bool EarlierWrites, bool Writes,
              uint32_t SiteId);
};

} // namespace cordon::smoke::cpu

#endif // CORDON_SMOKE_CPU_RACES_H
