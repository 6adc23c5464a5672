//===- cpu/Collectives.cpp - barriers and warp collectives ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A warp collective completes when every lane of its mask that has not ended waits in the same operation with the same
// mask; lanes may come from different places in the code. A barrier completes when the threads that it expects have
// arrived; ended threads are not waited for, as since Volta.
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "Memory.h"
#include "Races.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

namespace cordon::smoke::cpu {

static float asFloat(uint64_t V) {
  uint32_t Bits = uint32_t(V);
  float F;
  std::memcpy(&F, &Bits, 4);
  return F;
}

static uint32_t asBits(float F) {
  uint32_t Bits;
  std::memcpy(&Bits, &F, 4);
  return Bits;
}

/// Shuffle as the PTX ISA defines it; c is clamp | segment mask << 8. A source that takes no part has no defined value:
/// the lane's own is as good as any.
static void shuffle(uint32_t Members, WarpOp Op, const WarpLanes &L) {
  for (uint32_t Lane = 0; Lane < WarpSize; ++Lane) {
    if (!(Members >> Lane & 1))
      continue;
    uint32_t Segment = (L.Clamp[Lane] >> 8) & 31, Clamp = L.Clamp[Lane] & 31, By = L.Extra[Lane] & 31;
    int32_t MinLane = Lane & Segment, MaxLane = MinLane | (Clamp & ~Segment);
    int32_t From = Op == WarpOp::ShuffleUp     ? int32_t(Lane) - int32_t(By)
                   : Op == WarpOp::ShuffleDown ? Lane + By
                   : Op == WarpOp::ShuffleXor  ? Lane ^ By
                                               : MinLane | (By & ~Segment);
    bool InRange = Op == WarpOp::ShuffleUp ? From >= MaxLane : From <= MaxLane;
    From = InRange && Members >> From & 1 ? From : Lane;
    L.Result[Lane] = uint32_t(L.Value[From]) | uint64_t(InRange) << 32;
  }
}

static uint32_t reduce(WarpOp Op, uint32_t X, uint32_t Y) {
  switch (Op) {
  case WarpOp::Add:
    return X + Y;
  case WarpOp::UMin:
    return std::min(X, Y);
  case WarpOp::UMax:
    return std::max(X, Y);
  case WarpOp::SMin:
    return std::min(int32_t(X), int32_t(Y));
  case WarpOp::SMax:
    return std::max(int32_t(X), int32_t(Y));
  case WarpOp::And:
    return X & Y;
  case WarpOp::Or:
    return X | Y;
  case WarpOp::Xor:
    return X ^ Y;
  default:
    break;
  }
  float A = asFloat(X), C = asFloat(Y);
  if (Op == WarpOp::FMinNaN || Op == WarpOp::FMaxNaN)
    if (std::isnan(A) || std::isnan(C))
      return 0x7fffffff;
  bool Min = Op == WarpOp::FMin || Op == WarpOp::FMinNaN;
  return asBits(Min ? std::fmin(A, C) : std::fmax(A, C));
}

void warpResults(WarpOp Op, uint32_t Members, const WarpLanes &L) {
  uint32_t First = __builtin_ctz(Members);
  auto All = [&](auto Each) {
    for (uint32_t Lane = 0; Lane < WarpSize; ++Lane)
      if (Members >> Lane & 1)
        L.Result[Lane] = Each(Lane);
  };
  auto Ballot = [&] {
    uint32_t B = 0;
    for (uint32_t Lane = 0; Lane < WarpSize; ++Lane)
      B |= uint32_t(L.Value[Lane] & 1) << Lane;
    return B & Members;
  };
  switch (Op) {
  case WarpOp::Sync:
    return;
  case WarpOp::ShuffleUp:
  case WarpOp::ShuffleDown:
  case WarpOp::ShuffleXor:
  case WarpOp::ShuffleIndex:
    return shuffle(Members, Op, L);
  case WarpOp::All:
    return All([R = Ballot() == Members](uint32_t) { return R; });
  case WarpOp::Any:
    return All([R = Ballot() != 0](uint32_t) { return R; });
  case WarpOp::Uniform: {
    uint32_t B = Ballot();
    return All([R = B == Members || !B](uint32_t) { return R; });
  }
  case WarpOp::Ballot:
    return All([R = Ballot()](uint32_t) { return R; });
  case WarpOp::MatchAny:
    return All([&](uint32_t Lane) {
      uint32_t Equal = 0;
      for (uint32_t O = 0; O < WarpSize; ++O)
        Equal |= uint32_t(Members >> O & 1 && L.Value[O] == L.Value[Lane]) << O;
      return Equal;
    });
  case WarpOp::MatchAll: {
    bool Same = true;
    for (uint32_t Lane = 0; Lane < WarpSize; ++Lane)
      Same &= !(Members >> Lane & 1) || L.Value[Lane] == L.Value[First];
    return All([&](uint32_t) { return Same ? Members | 1ull << 32 : 0; });
  }
  case WarpOp::Elect:
    return All([&](uint32_t Lane) { return First | uint64_t(Lane == First) << 32; });
  case WarpOp::ActiveMask:
    return All([&](uint32_t) { return Members; });
  default: {
    auto Sum = uint32_t(L.Value[First]);
    for (uint32_t Lane = First + 1; Lane < WarpSize; ++Lane)
      if (Members >> Lane & 1)
        Sum = reduce(Op, Sum, uint32_t(L.Value[Lane]));
    return All([&](uint32_t) { return Sum; });
  }
  }
}

/// Computes the results of \p Members and makes them ready.
static void complete(Block &B, uint32_t Base, uint32_t Members, WarpOp Op) {
  if (Races *R = Op == WarpOp::Sync ? B.L->Mem->races() : nullptr) {
    std::vector<uint32_t> Synced;
    for (uint32_t Lane = 0; Lane < WarpSize; ++Lane)
      if (Members >> Lane & 1)
        Synced.push_back(Base + Lane);
    R->synchronize(B, Synced);
  }
  uint64_t Value[WarpSize] = {}, Result[WarpSize] = {};
  uint32_t Extra[WarpSize] = {}, Clamp[WarpSize] = {};
  for (uint32_t Lane = 0; Lane < WarpSize; ++Lane)
    if (Members >> Lane & 1) {
      const Thread &T = B.Threads[Base + Lane];
      Value[Lane] = T.Value;
      Extra[Lane] = T.Operand;
      Clamp[Lane] = T.Clamp;
    }
  warpResults(Op, Members, {Value, Extra, Clamp, Result});
  for (uint32_t Lane = 0; Lane < WarpSize; ++Lane)
    if (Members >> Lane & 1) {
      B.Threads[Base + Lane].Ctx.Result = Result[Lane];
      B.Threads[Base + Lane].State = ThreadState::Ready;
      B.push(Base + Lane);
      --B.InWarp;
      --B.Warps[Base / WarpSize].Waiting;
    }
}

static uint32_t lanesInWarp(const Block &B, uint32_t Base) {
  uint32_t N = std::min<uint32_t>(WarpSize, B.Threads.size() - Base);
  return N == WarpSize ? ~0u : (1u << N) - 1;
}

/// Lets the group of \p Leader go on if it is complete.
static bool tryGroup(Block &B, uint32_t Base, uint32_t Leader) {
  Thread &T = B.Threads[Base + Leader];
  const WarpState &W = B.Warps[Base / WarpSize];
  if (W.Waiting < uint32_t(__builtin_popcount(T.Mask & lanesInWarp(B, Base) & ~W.Ended)))
    return false;
  uint32_t Members = 0;
  for (uint32_t Lane = 0, Mask = T.Mask & lanesInWarp(B, Base); Lane < WarpSize; ++Lane) {
    if (!(Mask >> Lane & 1))
      continue;
    Thread &O = B.Threads[Base + Lane];
    if (O.State == ThreadState::Exited)
      continue;
    if (O.State != ThreadState::InWarp || O.Op != T.Op || O.Mask != T.Mask)
      return false;
    Members |= 1u << Lane;
  }
  complete(B, Base, Members, WarpOp(T.Op));
  return true;
}

void arriveWarp(Block &B, uint32_t Id) {
  Thread &T = B.Threads[Id];
  T.State = ThreadState::InWarp;
  ++B.InWarp;
  ++B.Warps[Id / WarpSize].Waiting;
  if (T.Op & WarpOpUnmasked)
    return; // only when nobody else of the block can go on
  tryGroup(B, Id / WarpSize * WarpSize, Id % WarpSize);
}

/// Lanes that wait at the same place go on together: those of the place that comes first, as a GPU would run the lanes
/// that are behind until they catch up.
bool releaseUnmasked(Block &B) {
  bool Any = false;
  if (!B.InWarp)
    return false;
  for (uint32_t Base = 0; Base < B.Threads.size(); Base += WarpSize) {
    uint32_t End = std::min<uint32_t>(B.Threads.size(), Base + WarpSize), Members = 0;
    const Thread *First = nullptr;
    for (uint32_t I = Base; I < End; ++I) {
      const Thread &T = B.Threads[I];
      if (T.State == ThreadState::InWarp && T.Op & WarpOpUnmasked && (!First || T.SiteId < First->SiteId))
        First = &T;
    }
    if (!First)
      continue;
    for (uint32_t I = Base; I < End; ++I) {
      const Thread &T = B.Threads[I];
      if (T.State == ThreadState::InWarp && T.Op == First->Op && T.SiteId == First->SiteId)
        Members |= 1u << (I - Base);
    }
    complete(B, Base, Members, WarpOp(First->Op & ~WarpOpUnmasked));
    Any = true;
  }
  return Any;
}

/// An aligned barrier is one instruction for the whole warp; that other lanes wait at another is undefined on a GPU.
static void reportDivergence(Block &B, const BarrierState &S) {
  std::map<uint32_t, uint32_t> FirstOfWarp;
  for (uint32_t I : S.Waiting) {
    const Thread &T = B.Threads[I], &First = B.Threads[FirstOfWarp.try_emplace(I / WarpSize, I).first->second];
    if (!T.Aligned || !First.Aligned || T.SiteId == First.SiteId)
      continue;
    const Site &At = (*B.L->Sites)[First.SiteId];
    const uint32_t *Tid = First.Ctx.Tid;
    B.L->fail("divergent barrier: threads of one warp wait in it at different places: " + B.L->where(B, &T, T.SiteId) +
              ", and thread (" + std::to_string(Tid[0]) + "," + std::to_string(Tid[1]) + "," + std::to_string(Tid[2]) + ")" +
              (At.Place.empty() ? "" : ", at " + At.Place) + " in '" + At.Function + "'");
    B.W->abandon();
  }
}

static void releaseBarrier(Block &B, BarrierState &S) {
  if (B.L->Options->CheckMemory || B.L->Options->CheckRaces)
    reportDivergence(B, S);
  for (uint32_t I : S.Waiting) {
    Thread &T = B.Threads[I];
    BarrierOp Op = BarrierOp(T.Op);
    T.Ctx.Result = Op == BarrierOp::Popc ? S.Popc : Op == BarrierOp::And ? S.And : Op == BarrierOp::Or ? S.Or : 0;
    T.State = ThreadState::Ready;
  }
  // Every thread of the block in turn again, or with a seed the warps in another order.
  if (!std::is_sorted(S.Waiting.begin(), S.Waiting.end()))
    std::sort(S.Waiting.begin(), S.Waiting.end());
  if (uint64_t Seed = B.L->Options->ScheduleSeed) {
    std::mt19937_64 R(Seed * 31 + B.Linear * 7919 + S.Waiting.size() + B.Threads[S.Waiting[0]].Epoch);
    std::vector<uint32_t> Rank(B.Threads.size() / WarpSize + 1);
    for (uint32_t I = 0; I < Rank.size(); ++I)
      Rank[I] = I;
    std::shuffle(Rank.begin(), Rank.end(), R);
    std::stable_sort(S.Waiting.begin(), S.Waiting.end(),
                     [&](uint32_t X, uint32_t Y) { return Rank[X / WarpSize] < Rank[Y / WarpSize]; });
  }
  for (uint32_t I : S.Waiting) {
    ++B.Threads[I].Epoch;
    B.push(I);
  }
  if (Races *R = B.L->Mem->races()) {
    S.Waiting.insert(S.Waiting.end(), S.Passing.begin(), S.Passing.end());
    R->synchronize(B, S.Waiting);
    S.Passing.clear();
  }
  S.Waiting.clear();
  B.Arrivals -= S.Arrived;
  S.Arrived = S.Expected = S.Popc = S.Or = 0;
  S.And = 1;
}

/// Threads that end count as arrived, as since Volta; that they never came is still worth saying.
static void reportMissing(Block &B, const BarrierState &S) {
  if (S.Expected || S.Arrived >= B.Threads.size() || S.Waiting.empty())
    return;
  uint32_t Missing = B.Threads.size() - S.Arrived;
  const Thread &T = B.Threads[S.Waiting[0]];
  std::string Text = "barrier that " + std::to_string(Missing) + " of " + std::to_string(B.Threads.size()) +
                     " threads never reach: they ended before it; " + B.L->where(B, &T, T.SiteId) + ", waits in it";
  if (B.L->Options->CheckMemory || B.L->Options->CheckRaces) {
    B.L->fail(Text);
    B.W->abandon();
  }
  if (!B.BarrierWarned)
    B.L->warn(Text);
  B.BarrierWarned = true;
}

static void tryBarrier(Block &B, BarrierState &S) {
  if (!S.Arrived || S.Arrived < (S.Expected ? S.Expected : B.Live))
    return;
  reportMissing(B, S);
  releaseBarrier(B, S);
}

void arriveBarrier(Block &B, uint32_t Id, BarrierOp Op, uint32_t Count, bool Pred) {
  Thread &T = B.Threads[Id];
  BarrierState &S = B.Barriers[T.Barrier];
  ++S.Arrived;
  ++B.Arrivals;
  S.Expected = Count;
  S.Popc += Pred;
  S.And &= Pred;
  S.Or |= Pred;
  if (Op != BarrierOp::Arrive && Op != BarrierOp::ClusterArrive) {
    T.State = ThreadState::InBarrier;
    S.Waiting.push_back(Id);
  } else if (B.L->Mem->races()) {
    S.Passing.push_back(Id);
  }
  tryBarrier(B, S);
}

void threadEnded(Block &B, uint32_t Id) {
  uint32_t Base = Id / WarpSize * WarpSize;
  B.Warps[Id / WarpSize].Ended |= 1u << (Id - Base);
  for (uint32_t I = Base; B.Warps[Id / WarpSize].Waiting && I < std::min<uint32_t>(B.Threads.size(), Base + WarpSize); ++I) {
    Thread &T = B.Threads[I];
    if (T.State == ThreadState::InWarp && !(T.Op & WarpOpUnmasked) && T.Mask >> (Id - Base) & 1)
      tryGroup(B, Base, I - Base);
  }
  if (!B.Arrivals)
    return;
  for (BarrierState &S : B.Barriers)
    if (S.Arrived && !S.Expected)
      tryBarrier(B, S);
}

void startWarp(Thread &T, uint32_t Op, uint32_t SiteId, uint32_t Mask, uint64_t Value, uint32_t Operand, uint32_t Clamp) {
  Block &B = *T.Ctx.Owner;
  uint32_t Id = &T - B.Threads.data();
  T.Op = Op;
  T.SiteId = SiteId;
  T.Mask = Mask;
  T.Value = Value;
  T.Operand = Operand;
  T.Clamp = Clamp;
  if (!(Mask >> (Id % WarpSize) & 1)) {
    char Text[96];
    snprintf(Text, sizeof(Text), "warp collective by lane %u, which is not in its mask 0x%08x, in ", Id % WarpSize, Mask);
    B.L->fail(Text + B.L->where(T.Ctx, SiteId));
    B.W->abandon();
  }
  B.YieldsInARow = 0;
  arriveWarp(B, Id);
}

void startBarrier(Thread &T, uint32_t Op, uint32_t SiteId, uint32_t Id, uint32_t Count, uint32_t Pred) {
  Block &B = *T.Ctx.Owner;
  T.Aligned = Op & BarrierAligned;
  Op &= ~BarrierAligned;
  BarrierOp Kind = BarrierOp(Op);
  T.SiteId = SiteId;
  if (Kind == BarrierOp::ClusterArrive || Kind == BarrierOp::ClusterWait) {
    // An arrival that the wait then completes: the block is its own cluster.
    if (Kind == BarrierOp::ClusterArrive) {
      T.ClusterArrived = true;
      return;
    }
    Id = 16;
  } else if (Id >= 16) {
    B.L->fail("barrier " + std::to_string(Id) + " does not exist: a block has barriers 0 to 15; " +
              B.L->where(T.Ctx, SiteId));
    B.W->abandon();
  } else if (Count % WarpSize || Count > 1024) {
    B.L->fail("barrier for " + std::to_string(Count) + " threads, which is no multiple of the warp size; " +
              B.L->where(T.Ctx, SiteId));
    B.W->abandon();
  }
  T.Op = Op;
  T.Barrier = Id;
  B.YieldsInARow = 0;
  arriveBarrier(B, &T - B.Threads.data(), Kind, Count, Pred);
}

static const char *nameOf(uint32_t Op) {
  static const char *const Names[] = {"syncwarp",     "shuffle up", "shuffle down", "shuffle xor", "shuffle",
                                      "vote all",     "vote any",   "vote uniform", "ballot",      "match any",
                                      "match all",    "elect",      "reduction",    "reduction",   "reduction",
                                      "reduction",    "reduction",  "reduction",    "reduction",   "reduction",
                                      "reduction",    "reduction",  "reduction",    "reduction",   "activemask"};
  return Names[Op & 0xff];
}

std::string describeDeadlock(Block &B) {
  // One line for each place and operation, with how many wait there.
  struct Group {
    uint32_t Count = 0;
    const Thread *First = nullptr;
  };
  std::map<std::tuple<int, uint32_t, uint32_t, uint32_t>, Group> Groups;
  for (const Thread &T : B.Threads) {
    if (T.State != ThreadState::InBarrier && T.State != ThreadState::InWarp)
      continue;
    bool InBarrier = T.State == ThreadState::InBarrier;
    Group &G = Groups[{InBarrier, T.SiteId, InBarrier ? T.Barrier : T.Op, InBarrier ? 0 : T.Mask}];
    if (!G.Count++)
      G.First = &T;
  }
  uint32_t Ended = 0;
  for (const Thread &T : B.Threads)
    Ended += T.State == ThreadState::Exited;
  bool AnyBarrier = !Groups.empty() && std::get<0>(Groups.rbegin()->first);
  std::string S = AnyBarrier ? "deadlock: a barrier that some threads never reach, in kernel '"
                             : "deadlock: a warp collective that some lanes never reach, in kernel '";
  S += *B.L->KernelName + "', block (" + std::to_string(B.Index[0]) + "," + std::to_string(B.Index[1]) + "," +
       std::to_string(B.Index[2]) + ")";
  for (auto &[Key, G] : Groups) {
    S += "\n  " + std::to_string(G.Count) + " of " + std::to_string(B.Threads.size()) + " threads wait in ";
    char Text[64];
    if (std::get<0>(Key)) {
      snprintf(Text, sizeof(Text), "barrier %u", std::get<2>(Key));
      S += Text;
      uint32_t Expected = B.Barriers[std::get<2>(Key)].Expected;
      if (Expected)
        S += " for " + std::to_string(Expected) + " threads";
    } else {
      snprintf(Text, sizeof(Text), "%s with mask 0x%08x", nameOf(std::get<2>(Key)), std::get<3>(Key));
      S += Text;
    }
    const Site &At = (*B.L->Sites)[std::get<1>(Key)];
    if (!At.Place.empty())
      S += " at " + At.Place;
    const uint32_t *T = G.First->Ctx.Tid;
    S += " in '" + At.Function + "', first thread (" + std::to_string(T[0]) + "," + std::to_string(T[1]) + "," +
         std::to_string(T[2]) + ")";
  }
  if (Ended)
    S += "\n  " + std::to_string(Ended) + " have ended";
  return S;
}

} // namespace cordon::smoke::cpu
