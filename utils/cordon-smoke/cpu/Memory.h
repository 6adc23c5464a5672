//===- cpu/Memory.h - buffers and variables of the CPU backend --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What device code may touch: the harness's buffers, device variables, device heap, and the block's shared memory. Under
// --check every access is looked up here; --check=race also remembers who touched which byte last.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CPU_MEMORY_H
#define CORDON_SMOKE_CPU_MEMORY_H

#include "Context.h"
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>

namespace cordon::smoke::cpu {

struct Block;
class Launch;

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

  void beginLaunch(Launch &L);
  void beginBlock(Block &B);
  void endBlock(Block &B);
  /// Called for each access under --check.
  void access(ThreadContext &C, uint64_t Address, uint64_t Size, uint32_t Kind, uint32_t SiteId);

private:
  struct Races;
  std::shared_mutex Lock;
  std::map<uint64_t, Region> Regions;
  std::unique_ptr<Races> Global;

  void bounds(ThreadContext &C, uint64_t Address, uint64_t Size, uint32_t Kind, uint32_t SiteId);
};

} // namespace cordon::smoke::cpu

#endif // CORDON_SMOKE_CPU_MEMORY_H
