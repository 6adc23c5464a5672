//===- cpu/Together.cpp - runs kernels that were split at their waits -----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// While all threads of a block stand at the same place, each region is one call, and what they wait for is done for all
// of them at once. Where they part, each thread has a state of its own, as with fibers; threads that follow each other in
// the queue and stand at the same place still share a call.
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include <algorithm>

namespace cordon::smoke::cpu {
namespace {

/// The frames of a block's threads, as its regions see them.
class Operands {
public:
  explicit Operands(const Block &B) : Frames(B.Frames), Threads(B.L->ThreadsPerBlock) {}

  uint32_t word(const WaitOperand &O, uint32_t Thread) const {
    return O.Constant ? uint32_t(O.Value) : array<uint32_t>(O.Value)[Thread];
  }
  uint64_t wide(const WaitOperand &O, uint32_t Thread) const {
    return O.Constant ? O.Value : array<uint64_t>(O.Value)[Thread];
  }
  template <class T> T *array(uint64_t Offset) const { return reinterpret_cast<T *>(Frames + Offset * Threads); }

private:
  char *Frames;
  uint64_t Threads;
};

/// A barrier that all threads of the block have reached at the same place; false: its operands differ or are unusual.
bool passBarrier(Block &B, const RegionCode &R, const SuspendPoint &S) {
  uint32_t N = B.L->ThreadsPerBlock;
  Operands O(B);
  auto Op = BarrierOp(S.Op);
  if (Op == BarrierOp::ClusterArrive || Op == BarrierOp::ClusterWait)
    return true;
  if (Op == BarrierOp::Arrive || !S.Where.Constant || !S.Extra.Constant || S.Where.Value >= 16)
    return false;
  if ((S.Extra.Value && S.Extra.Value != N) || S.Extra.Value % WarpSize)
    return false;
  if (B.Dispersed && B.Barriers[S.Where.Value].Arrived)
    return false;
  if (Op == BarrierOp::Sync || !R.HasResult)
    return true;
  uint32_t Popc = 0;
  for (uint32_t T = 0; T < N; ++T)
    Popc += uint32_t(O.wide(S.Value, T) & 1);
  uint32_t Result = Op == BarrierOp::Popc ? Popc : Op == BarrierOp::And ? Popc == N : Popc != 0;
  std::fill_n(O.array<uint64_t>(R.Result), N, uint64_t(Result));
  return true;
}

/// What each lane of a shuffle reads, if its operands are constants: the lane, and the second result.
struct ShuffleTable {
  uint32_t From[WarpSize];
  uint64_t InRange[WarpSize];

  ShuffleTable(WarpOp Op, const SuspendPoint &S) {
    uint64_t Lane[WarpSize], Result[WarpSize];
    uint32_t Extra[WarpSize], Clamp[WarpSize];
    for (uint32_t I = 0; I < WarpSize; ++I)
      Lane[I] = I;
    std::fill_n(Extra, WarpSize, uint32_t(S.Extra.Value));
    std::fill_n(Clamp, WarpSize, uint32_t(S.Clamp.Value));
    warpResults(Op, ~0u, {Lane, Extra, Clamp, Result});
    for (uint32_t I = 0; I < WarpSize; ++I) {
      From[I] = uint32_t(Result[I]);
      InRange[I] = Result[I] >> 32 << 32;
    }
  }

  void apply(const uint64_t *Value, uint64_t *Result) const {
    for (uint32_t I = 0; I < WarpSize; ++I)
      Result[I] = uint32_t(Value[From[I]]) | InRange[I];
  }
};

/// A warp collective that threads [Low, High), which are whole warps, have reached at the same place; false: their masks
/// leave lanes out.
bool passWarps(Block &B, const RegionCode &R, const SuspendPoint &S, uint32_t Low, uint32_t High) {
  uint32_t N = B.L->ThreadsPerBlock;
  Operands O(B);
  auto All = [&](uint32_t Base) { return N - Base >= WarpSize ? ~0u : (1u << (N - Base)) - 1; };
  if (!(S.Op & WarpOpUnmasked))
    for (uint32_t Base = Low; Base < High; Base += WarpSize)
      for (uint32_t T = Base; T < (S.Where.Constant ? Base + 1 : std::min(High, Base + WarpSize)); ++T)
        if ((O.word(S.Where, T) & All(Base)) != All(Base))
          return false;
  auto Op = WarpOp(S.Op & ~WarpOpUnmasked);
  if (Op == WarpOp::Sync || !R.HasResult)
    return true;
  auto *Results = O.array<uint64_t>(R.Result);
  bool Shuffle = Op >= WarpOp::ShuffleUp && Op <= WarpOp::ShuffleIndex;
  if (Shuffle && N % WarpSize == 0 && S.Extra.Constant && S.Clamp.Constant && !S.Value.Constant) {
    ShuffleTable Table(Op, S);
    for (uint32_t Base = Low; Base < High; Base += WarpSize)
      Table.apply(O.array<uint64_t>(S.Value.Value) + Base, Results + Base);
    return true;
  }
  uint64_t Value[WarpSize], Result[WarpSize];
  uint32_t Extra[WarpSize], Clamp[WarpSize];
  std::fill_n(Value, WarpSize, S.Value.Value);
  std::fill_n(Extra, WarpSize, uint32_t(S.Extra.Value));
  std::fill_n(Clamp, WarpSize, uint32_t(S.Clamp.Value));
  for (uint32_t Base = Low; Base < High; Base += WarpSize) {
    uint32_t Lanes = std::min(WarpSize, High - Base);
    if (!S.Value.Constant)
      std::copy_n(O.array<uint64_t>(S.Value.Value) + Base, Lanes, Value);
    if (!S.Extra.Constant)
      std::copy_n(O.array<uint32_t>(S.Extra.Value) + Base, Lanes, Extra);
    if (!S.Clamp.Constant)
      std::copy_n(O.array<uint32_t>(S.Clamp.Value) + Base, Lanes, Clamp);
    warpResults(Op, All(Base), {Value, Extra, Clamp, Result});
    std::copy_n(Result, Lanes, Results + Base);
  }
  return true;
}

} // namespace

void Worker::startRegions(Launch &L, Block &B) {
  uint32_t N = L.ThreadsPerBlock;
  size_t Bytes = L.Regions->FrameBytes * N + 64;
  if (B.FrameMemory.size() < Bytes)
    B.FrameMemory.resize(Bytes);
  B.Frames = reinterpret_cast<char *>((reinterpret_cast<uint64_t>(B.FrameMemory.data()) + 63) & ~uint64_t(63));
  B.States.resize(N);
  fillContext(B.Ctx, L, B);
  B.Live = N;
  B.Region = 0;
  B.Head = B.Count = 0;
  B.InWarp = B.YieldsInARow = 0;
  B.Together = !L.Options->ScheduleSeed;
  B.Dispersed = !B.Together;
  if (B.Together)
    return;
  startThreads(L, B);
  queueThreads(L, B);
}

/// Tells the engine that a thread has come to the wait \p Point, or behind the last one to its end.
void Worker::arrive(Block &B, uint32_t Id, uint32_t Point) {
  const RegionCode &R = *B.L->Regions;
  Thread &T = B.Threads[Id];
  RunningThread = &T;
  if (Point >= R.Points.size())
    return finished(T);
  const SuspendPoint &S = R.Points[Point];
  Operands O(B);
  T.Region = Point + 1;
  T.State = ThreadState::Ready;
  if (S.Kind == SuspendPoint::Yield) {
    B.push(Id);
    ++B.YieldsInARow;
  } else if (S.Kind == SuspendPoint::Warp) {
    startWarp(T, S.Op, S.Site, O.word(S.Where, Id), O.wide(S.Value, Id), O.word(S.Extra, Id), O.word(S.Clamp, Id));
  } else {
    startBarrier(T, S.Op, S.Site, O.word(S.Where, Id), O.word(S.Extra, Id), uint32_t(O.wide(S.Value, Id)));
    auto Op = BarrierOp(S.Op);
    if (Op == BarrierOp::Arrive || Op == BarrierOp::ClusterArrive)
      B.push(Id); // it goes on
  }
}

/// From now on each thread has a state of its own; B.States says where each has come to.
void Worker::disperse(Block &B) {
  if (!B.Dispersed)
    startThreads(*B.L, B);
  B.Dispersed = true;
  B.Together = false;
  for (Thread &T : B.Threads)
    T.State = ThreadState::Ready;
  for (uint32_t T = 0; T < B.Threads.size(); ++T)
    arrive(B, T, uint32_t(B.States[T]));
}

void Worker::runTogether(Block &B) {
  const Launch &L = *B.L;
  const RegionCode &R = *L.Regions;
  uint32_t N = L.ThreadsPerBlock;
  while (!L.Failed.load(std::memory_order_relaxed)) {
    int32_t Next = R.Table[B.Region](&B.Ctx, L.Params, B.Frames, N, 0, N, B.States.data());
    if (Next < 0) {
      Next = B.States[0];
      if (!std::all_of(B.States.begin(), B.States.end(), [&](int32_t S) { return S == Next; }))
        return disperse(B);
    }
    if (size_t(Next) == R.Points.size()) {
      B.Together = false;
      B.Live = 0;
      return;
    }
    const SuspendPoint &S = R.Points[Next];
    bool Passed = S.Kind == SuspendPoint::Barrier ? passBarrier(B, R, S)
                  : S.Kind == SuspendPoint::Warp  ? passWarps(B, R, S, 0, N)
                                                  : false;
    if (!Passed) {
      std::fill(B.States.begin(), B.States.end(), Next);
      return disperse(B);
    }
    B.Region = Next + 1;
  }
  abandon();
}

/// False: every thread that could run only gave way.
bool Worker::runRegions(Block &B) {
  const Launch &L = *B.L;
  const RegionCode &R = *L.Regions;
  uint32_t N = L.ThreadsPerBlock;
  RunningThread = nullptr;
  if (B.Together) {
    runTogether(B);
    return true;
  }
  do {
    if (L.Failed.load(std::memory_order_relaxed))
      abandon();
    uint32_t Low = B.pop(), High = Low + 1, Region = B.Threads[Low].Region;
    while (B.Count && B.Queue[B.Head] == High && B.Threads[High].Region == Region && (High % WarpSize || !L.Options->ScheduleSeed)) {
      B.pop();
      ++High;
    }
    const SuspendPoint *From = Region ? &R.Points[Region - 1] : nullptr;
    if (From && From->Kind != SuspendPoint::Yield && R.HasResult) {
      auto *Results = Operands(B).array<uint64_t>(R.Result);
      for (uint32_t T = Low; T < High; ++T)
        Results[T] = B.Threads[T].Ctx.Result;
    }
    if (High - Low == N && !L.Options->ScheduleSeed && !(From && From->Kind == SuspendPoint::Yield)) {
      B.Together = true;
      B.Region = Region;
      return true;
    }
    int32_t Next;
    for (;;) {
      RunningThread = nullptr;
      Next = R.Table[Region](&B.Ctx, L.Params, B.Frames, N, Low, High, B.States.data());
      if (Next < 0 && std::all_of(B.States.begin() + Low, B.States.begin() + High, [&](int32_t S) { return S == B.States[Low]; }))
        Next = B.States[Low];
      // Whole warps that meet in a collective need not go through the queue.
      bool Warps = Low % WarpSize == 0 && (High % WarpSize == 0 || High == N);
      if (Next < 0 || !Warps || size_t(Next) >= R.Points.size() || R.Points[Next].Kind != SuspendPoint::Warp ||
          R.Points[Next].Op & WarpOpUnmasked || !passWarps(B, R, R.Points[Next], Low, High))
        break;
      B.YieldsInARow = 0;
      Region = Next + 1;
    }
    for (uint32_t T = Low; T < High; ++T)
      arrive(B, T, uint32_t(Next < 0 ? B.States[T] : Next));
  } while (B.Count && B.YieldsInARow < B.Count);
  return B.Count == 0 || B.YieldsInARow == 0;
}

} // namespace cordon::smoke::cpu
