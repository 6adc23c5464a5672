//===- cpu/Races.cpp - races on shared and global memory ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Blocks run one after another or interleaved on one worker under --check=race, so that nothing here is locked. Where
// the record of a word is too small for all readers the check misses a race; it never reports one that is none.
//===----------------------------------------------------------------------===//

#include "Races.h"
#include "Engine.h"
#include "Memory.h"
#include <algorithm>
#include <set>

namespace cordon::smoke::cpu {

void Races::beginBlock(Block &B) {
  BlockState &S = States[B.Linear];
  uint32_t N = L.ThreadsPerBlock;
  auto Nothing = std::make_shared<const std::vector<uint32_t>>(N, 0);
  S.Seen.assign(N, Nothing);
  S.Clock.assign(N, 1);
  S.Fenced.assign(N, false);
}

void Races::endBlock(Block &B) {
  // Others compare with the block's clock only.
  States.erase(B.Linear);
}

void Races::synchronize(Block &B, const std::vector<uint32_t> &Members) {
  auto It = States.find(B.Linear);
  if (It == States.end() || Members.empty())
    return;
  BlockState &S = It->second;
  auto Joined = std::make_shared<std::vector<uint32_t>>(*S.Seen[Members[0]]);
  std::set<const std::vector<uint32_t> *> Done{S.Seen[Members[0]].get()};
  for (uint32_t T : Members)
    if (Done.insert(S.Seen[T].get()).second)
      for (size_t I = 0; I < Joined->size(); ++I)
        (*Joined)[I] = std::max((*Joined)[I], (*S.Seen[T])[I]);
  for (uint32_t T : Members)
    (*Joined)[T] = std::max((*Joined)[T], S.Clock[T]);
  for (uint32_t T : Members) {
    S.Seen[T] = Joined;
    ++S.Clock[T];
  }
}

void Races::fence(ThreadContext &C) {
  Block &B = *C.Owner;
  States[B.Linear].Fenced[reinterpret_cast<Thread *>(&C) - B.Threads.data()] = true;
}

void Races::forget(uint64_t Base, uint64_t Size) {
  for (uint64_t Word = Base / 4; Word <= (Base + Size) / 4; ++Word)
    Global.erase(Word);
}

bool Races::before(const Touch &E, const BlockState &S, uint64_t Block, uint32_t Thread) const {
  if (E.Block != Block) {
    auto It = S.SeenBlocks.find(E.Block);
    return It != S.SeenBlocks.end() && E.BlockClock <= It->second;
  }
  return E.Thread == Thread || E.Clock <= (*S.Seen[Thread])[E.Thread];
}

void Races::release(BlockState &S, uint64_t Block, uint32_t Thread, SyncObject &O) {
  auto Mine = std::make_shared<std::vector<uint32_t>>(*S.Seen[Thread]);
  (*Mine)[Thread] = S.Clock[Thread]++;
  auto Old = O.Threads.find(Block);
  if (Old != O.Threads.end())
    for (size_t I = 0; I < Mine->size(); ++I)
      (*Mine)[I] = std::max((*Mine)[I], (*Old->second)[I]);
  O.Threads[Block] = Mine;
  for (auto &[Other, Clock] : S.SeenBlocks)
    O.Blocks[Other] = std::max(O.Blocks[Other], Clock);
  O.Blocks[Block] = S.Clock0++;
}

void Races::acquire(BlockState &S, uint64_t Block, uint32_t Thread, const SyncObject &O) {
  auto It = O.Threads.find(Block);
  if (It != O.Threads.end() && It->second != S.Seen[Thread]) {
    auto Joined = std::make_shared<std::vector<uint32_t>>(*S.Seen[Thread]);
    for (size_t I = 0; I < Joined->size(); ++I)
      (*Joined)[I] = std::max((*Joined)[I], (*It->second)[I]);
    S.Seen[Thread] = Joined;
  }
  for (auto &[Other, Clock] : O.Blocks)
    if (Other != Block)
      S.SeenBlocks[Other] = std::max(S.SeenBlocks[Other], Clock);
}

static std::string indices(uint64_t Linear, const unsigned *Dim) {
  return "(" + std::to_string(Linear % Dim[0]) + "," + std::to_string(Linear / Dim[0] % Dim[1]) + "," +
         std::to_string(Linear / Dim[0] / Dim[1]) + ")";
}

void Races::report(ThreadContext &C, uint64_t Address, const Touch &Earlier, bool EarlierWrites, bool Writes,
                   uint32_t SiteId) {
  Block &B = *C.Owner;
  const Site &At = (*L.Sites)[Earlier.Site];
  std::string Text = "race on " + L.Mem->describe(B, Address) + ": " + (EarlierWrites ? "write" : "read") +
                     " by block " + indices(Earlier.Block, L.Config.Grid) + ", thread " +
                     indices(Earlier.Thread, L.Config.Block) + (At.Place.empty() ? "" : ", at " + At.Place) +
                     ", and " + (Writes ? "write" : "read") + " in " + L.where(C, SiteId);
  L.fail(Text);
  B.W->abandon();
}

void Races::access(ThreadContext &C, uint64_t Address, uint64_t Size, uint32_t Kind, uint32_t SiteId, bool Shared) {
  Block &B = *C.Owner;
  uint32_t Thread = reinterpret_cast<struct Thread *>(&C) - B.Threads.data();
  BlockState &S = States[B.Linear];
  bool Atomic = Kind & AccessAtomic, Writes = Kind & AccessWrite;
  if (Atomic) {
    auto It = Syncs.find(Address);
    if (It != Syncs.end() && Kind & AccessRead)
      acquire(S, B.Linear, Thread, It->second);
    if (Writes && (S.Fenced[Thread] || Kind & AccessRelease))
      release(S, B.Linear, Thread, Syncs[Address]);
  }
  auto &Cells = Shared ? S.Shared : Global;
  for (uint64_t Word = Address / 4; Word <= (Address + Size - 1) / 4; ++Word) {
    uint64_t First = std::max(Address, Word * 4) - Word * 4, Last = std::min(Address + Size - 1, Word * 4 + 3) - Word * 4;
    uint8_t Bytes = uint8_t(((2u << Last) - 1) & ~((1u << First) - 1));
    Cell &W = Cells[Word];
    auto Check = [&](const Touch &E, bool EarlierWrites) {
      if (E.Bytes & Bytes && !(E.Atomic && Atomic) && !before(E, S, B.Linear, Thread))
        report(C, std::max(Address, Word * 4), E, EarlierWrites, Writes, SiteId);
    };
    Check(W.Write, true);
    if (Writes)
      for (const Touch &R : W.Read)
        Check(R, false);
    Touch Now{B.Linear, Thread, S.Clock[Thread], S.Clock0, SiteId, Bytes, Atomic};
    if (Writes) {
      W.Write = Now;
      W.Read[0].Bytes = W.Read[1].Bytes = 0;
      continue;
    }
    // Two readers that differ are enough to find a writer that is not ordered with one of them.
    bool Same0 = W.Read[0].Bytes && W.Read[0].Block == B.Linear && W.Read[0].Thread == Thread;
    W.Read[!W.Read[0].Bytes || Same0 ? 0 : 1] = Now;
  }
}

} // namespace cordon::smoke::cpu
