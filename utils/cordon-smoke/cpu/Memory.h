//===- cpu/Memory.h - buffers and variables of the CPU backend --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What device code may touch: the harness's buffers, device variables, device heap, and the block's shared memory. Under
// --check every access is looked up here, and shared memory remembers which bytes were written.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CPU_MEMORY_H
#define CORDON_SMOKE_CPU_MEMORY_H

#include "Context.h"
#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

namespace cordon::smoke::cpu {

struct Block;
class Launch;
class Races;

struct Region {
  uint64_t Base = 0, Size = 0;
  std::string Name;
  enum KindTy { Buffer, Variable, Heap, Host } Kind = Buffer;
};

class Memory {
public:
  Memory();
  ~Memory();
  void add(uint64_t Base, uint64_t Size, const std::string &Name, Region::KindTy Kind);
  bool remove(uint64_t Base, Region &Out);
  /// The region that holds \p Address, or the nearest one below it.
  bool find(uint64_t Address, Region &Out, bool &Inside);

  /// How many heap blocks there are, and their bytes.
  uint64_t heapBlocks(uint64_t &Bytes);

  void beginLaunch(Launch &L);
  void endLaunch();
  void beginBlock(Block &B);
  void endBlock(Block &B);
  /// Called for each access under --check.
  void access(ThreadContext &C, uint64_t Address, uint64_t Size, uint32_t Kind, uint32_t SiteId);
  /// Null without --check=race.
  Races *races() { return Race.get(); }
  /// "shared variable 's' + 4", "buffer 'arg1' + 400".
  std::string describe(Block &B, uint64_t Address);

private:
  std::shared_mutex Lock;
  std::map<uint64_t, Region> Regions;
  std::atomic<uint64_t> Version{0};
  std::unique_ptr<Races> Race;

  bool allowed(ThreadContext &C, uint64_t Address, uint64_t Size);
  void sharedAccess(ThreadContext &C, uint64_t Offset, uint64_t Size, uint32_t Kind, uint32_t SiteId);
  void reject(ThreadContext &C, uint64_t Address, uint64_t Size, uint32_t Kind, uint32_t SiteId);
};

/// What --check knows of one block.
struct BlockCheck {
  std::vector<uint8_t> Written; ///< of shared memory, a byte each
  std::string Uninitialised;    ///< the first such read, with --check=race
  uint64_t HotBase = 0, HotSize = 0, HotVersion = 0; ///< the region found last
};

} // namespace cordon::smoke::cpu

#endif // CORDON_SMOKE_CPU_MEMORY_H
