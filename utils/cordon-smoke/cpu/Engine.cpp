//===- cpu/Engine.cpp - workers, blocks and fibers ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of threads is fixed: a block's threads run in turn, each until it waits or ends. A fiber whose thread ends
// goes on with the next new thread without a switch, so threads that never wait cost no more than a call.
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "Memory.h"
#include <algorithm>
#include <csignal>
#include <cstring>
#include <random>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

using boost::context::detail::fcontext_t;
using boost::context::detail::jump_fcontext;
using boost::context::detail::make_fcontext;
using boost::context::detail::transfer_t;

namespace cordon::smoke::cpu {

static thread_local Worker *ThisWorker = nullptr;

/// A fiber may go on in a later launch on another host thread: where a thread-local variable lies must be asked anew each
/// time, which an inlined read is not.
__attribute__((noinline)) Worker *Worker::ofThisThread() {
  asm volatile("" ::: "memory");
  return ThisWorker;
}

/// Address space of one thread's stack; pages are only used where the thread touches them.
static constexpr size_t StackBytes = 256 << 10;
/// Guards split mappings, and the system allows some 65,000.
static constexpr size_t MaxGuarded = 4096;

void Block::push(uint32_t T) {
  size_t At = Head + Count++;
  Queue[At < Queue.size() ? At : At - Queue.size()] = T;
}

uint32_t Block::pop() {
  uint32_t T = Queue[Head];
  Head = Head + 1 == Queue.size() ? 0 : Head + 1;
  --Count;
  return T;
}

Worker::Worker() {
  size_t Size = 64 << 10;
  SignalStack = static_cast<char *>(mmap(nullptr, Size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

Worker::~Worker() {
  for (auto &F : Fibers)
    munmap(F->Stack - GuardBytes, StackBytes + GuardBytes);
  for (auto &B : Pool)
    if (B->Shared)
      munmap(B->Shared, B->SharedCapacity);
  munmap(SignalStack, 64 << 10);
}

void fiberMain(transfer_t From) {
  // The data of the first jump says whose context to keep, as after every later jump.
  auto Keep = [](transfer_t T) {
    if (T.data)
      static_cast<Fiber *>(T.data)->Context = T.fctx;
    else
      Worker::ofThisThread()->Scheduler = T.fctx;
  };
  Keep(From);
  for (;;) {
    Worker &W = *Worker::ofThisThread();
    Thread *T = W.RunningThread;
    Block *B = W.Running;
    Launch *L = B->L;
    jmp_buf Exit;
    T->Exit = &Exit;
    if (_setjmp(Exit) == 0)
      L->Entry(&T->Ctx, L->Params);
    // After a longjmp only what the worker keeps is known to be right.
    Worker &W2 = *Worker::ofThisThread();
    W2.finished(*W2.RunningThread);
    Block &Now = *W2.Running;
    Fiber *Mine = W2.RunningThread->F;
    if (Now.Count == 0) {
      W2.Free.push_back(Mine);
      Keep(jump_fcontext(W2.Scheduler, Mine));
      continue;
    }
    Thread *Next = &Now.Threads[Now.pop()];
    if (Next->State == ThreadState::New) {
      Next->F = Mine;
      Next->State = ThreadState::Ready;
      W2.RunningThread = Next;
      continue;
    }
    W2.Free.push_back(Mine);
    W2.RunningThread = Next;
    Keep(jump_fcontext(Next->F->Context, Mine));
  }
}

Fiber *Worker::fiber() {
  Fiber *F;
  if (!Free.empty()) {
    F = Free.back();
    Free.pop_back();
  } else {
    size_t Bytes = StackBytes + GuardBytes;
    void *M = mmap(nullptr, Bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (M == MAP_FAILED) {
      Current->fail("out of memory: no stack for another device thread");
      abandon();
    }
    if (Fibers.size() < MaxGuarded)
      mprotect(M, GuardBytes, PROT_NONE);
    Fibers.push_back(std::make_unique<Fiber>());
    F = Fibers.back().get();
    F->Stack = static_cast<char *>(M) + GuardBytes;
    // Stacks at equal distances would all fall into the same cache sets.
    F->Size = StackBytes - (Fibers.size() % 61) * 192;
  }
  if (!F->Context)
    F->Context = make_fcontext(F->Stack + F->Size, F->Size, fiberMain);
  return F;
}

void Worker::resetFibers() {
  Free.clear();
  for (auto &F : Fibers) {
    F->Context = nullptr;
    Free.push_back(F.get());
  }
}

void Worker::switchFrom(Thread &From) {
  Block &B = *Running;
  Fiber *Mine = From.F;
  transfer_t Back;
  if (B.Count == 0) {
    Back = jump_fcontext(Scheduler, Mine);
  } else {
    Thread *Next = &B.Threads[B.pop()];
    if (Next == &From)
      return;
    if (Next->State == ThreadState::New) {
      Next->F = fiber();
      Next->State = ThreadState::Ready;
    }
    RunningThread = Next;
    Back = jump_fcontext(Next->F->Context, Mine);
  }
  if (Back.data)
    static_cast<Fiber *>(Back.data)->Context = Back.fctx;
  else
    Scheduler = Back.fctx;
}

void Worker::wait(Thread &T) {
  Running->YieldsInARow = 0;
  switchFrom(T);
}

void Worker::yield(Thread &T) {
  if (Current->Failed.load(std::memory_order_relaxed))
    abandon();
  Block &B = *Running;
  uint32_t Id = &T - B.Threads.data();
  B.push(Id);
  if (++B.YieldsInARow >= B.Count) {
    // Everybody who could run only waits: let the scheduler look for others.
    transfer_t Back = jump_fcontext(Scheduler, T.F);
    if (Back.data)
      static_cast<Fiber *>(Back.data)->Context = Back.fctx;
    else
      Scheduler = Back.fctx;
    return;
  }
  switchFrom(T);
}

void Worker::exitThread(Thread &T) { longjmp(*T.Exit, 1); }

void Worker::abandon() { siglongjmp(Escape, 1); }

void Worker::finished(Thread &T) {
  Block &B = *Running;
  B.YieldsInARow = 0;
  T.State = ThreadState::Exited;
  --B.Live;
  threadEnded(B, &T - B.Threads.data());
}

void Worker::reserveShared(Block &B, size_t Bytes) {
  Bytes = (std::max<size_t>(Bytes, 1) + 4095) & ~size_t(4095);
  if (B.SharedCapacity >= Bytes)
    return;
  if (B.Shared)
    munmap(B.Shared, B.SharedCapacity);
  B.Shared = nullptr;
  B.SharedCapacity = 0;
  int Flags = MAP_PRIVATE | MAP_ANONYMOUS;
  void *M = MAP_FAILED;
#ifdef MAP_32BIT
  // Inline PTX names shared memory by 32-bit addresses.
  M = mmap(nullptr, Bytes, PROT_READ | PROT_WRITE, Flags | MAP_32BIT, -1, 0);
#endif
  if (M == MAP_FAILED)
    M = mmap(nullptr, Bytes, PROT_READ | PROT_WRITE, Flags, -1, 0);
  if (M == MAP_FAILED) {
    Current->fail("out of memory: no shared memory for another block");
    abandon();
  }
  B.Shared = static_cast<char *>(M);
  B.SharedCapacity = Bytes;
}

Block *Worker::newBlock(Launch &L, uint64_t Linear) {
  std::unique_ptr<Block> B;
  if (!Pool.empty()) {
    B = std::move(Pool.back());
    Pool.pop_back();
  } else {
    B = std::make_unique<Block>();
  }
  B->L = &L;
  B->W = this;
  B->Linear = Linear;
  B->Ctx.Current = nullptr;
  B->Index[0] = Linear % L.Config.Grid[0];
  B->Index[1] = Linear / L.Config.Grid[0] % L.Config.Grid[1];
  B->Index[2] = Linear / L.Config.Grid[0] / L.Config.Grid[1];
  reserveShared(*B, L.StaticShared + L.Config.SharedBytes);
  Resident.push_back(std::move(B));
  return Resident.back().get();
}

void fillContext(ThreadContext &C, const Launch &L, Block &B) {
  std::memset(&C, 0, sizeof(C));
  for (int I = 0; I < 3; ++I) {
    C.BlockDim[I] = L.Config.Block[I];
    C.GridDim[I] = L.Config.Grid[I];
    C.BlockIdx[I] = B.Index[I];
  }
  C.DynamicShared = L.Config.SharedBytes;
  C.StaticShared = L.StaticShared;
  C.Spin = SpinsBeforeYield;
  C.Shared = B.Shared;
  C.GridWorkspace = L.GridWorkspace;
  C.Owner = &B;
}

void Worker::runFast(Launch &L, Block &B) {
  fillContext(B.Ctx, L, B);
  Running = &B;
  RunningThread = nullptr;
  L.Entry(&B.Ctx, L.Params);
}

/// Shared memory starts with a pattern, not with what another block left: a kernel that reads it before writing gets
/// the same wrong result each time.
static void fillShared(const Launch &L, Block &B) {
  if (size_t Bytes = L.StaticShared + L.Config.SharedBytes)
    std::memset(B.Shared, 0xA5, Bytes);
}

bool Worker::startBlock(Launch &L) {
  uint64_t I = L.Next.fetch_add(1, std::memory_order_relaxed);
  if (I >= L.Blocks)
    return false;
  Block &B = *newBlock(L, L.Order.empty() ? I : L.Order[I]);
  fillShared(L, B);
  if (L.Options->CheckMemory || L.Options->CheckRaces)
    L.Mem->beginBlock(B);
  if (!L.Fibers)
    return true;
  if (L.Regions) {
    startRegions(L, B);
  } else {
    startThreads(L, B);
    queueThreads(L, B);
  }
  return true;
}

void Worker::startThreads(Launch &L, Block &B) {
  uint32_t N = L.ThreadsPerBlock;
  if (B.Threads.size() != N) {
    B.Threads.resize(N);
    B.Queue.resize(N + 1);
  }
  B.Head = B.Count = 0;
  B.Live = N;
  B.YieldsInARow = 0;
  B.BarrierWarned = false;
  B.InWarp = B.Arrivals = 0;
  for (BarrierState &S : B.Barriers) {
    S.Waiting.clear();
    S.Passing.clear();
    S.Arrived = S.Expected = S.Popc = S.Or = 0;
    S.And = 1;
  }
  B.Warps.assign((N + WarpSize - 1) / WarpSize, WarpState());
  // What is the same for all blocks of a launch is filled in once.
  bool Fill = B.Prepared != L.Serial;
  B.Prepared = L.Serial;
  for (uint32_t T = 0; T < N; ++T) {
    Thread &Th = B.Threads[T];
    if (Fill) {
      fillContext(Th.Ctx, L, B);
      Th.Ctx.Tid[0] = T % L.Config.Block[0];
      Th.Ctx.Tid[1] = T / L.Config.Block[0] % L.Config.Block[1];
      Th.Ctx.Tid[2] = T / L.Config.Block[0] / L.Config.Block[1];
    }
    std::copy_n(B.Index, 3, Th.Ctx.BlockIdx);
    Th.Ctx.Spin = SpinsBeforeYield;
    Th.State = ThreadState::New;
    Th.F = nullptr;
    Th.ClusterArrived = false;
    Th.Locals.clear();
    Th.Epoch = Th.Region = 0;
  }
}

void Worker::queueThreads(Launch &L, Block &B) {
  uint32_t N = L.ThreadsPerBlock;
  std::vector<uint32_t> Warps((N + WarpSize - 1) / WarpSize);
  for (uint32_t W = 0; W < Warps.size(); ++W)
    Warps[W] = W;
  if (L.Options->ScheduleSeed) {
    std::mt19937_64 R(L.Options->ScheduleSeed * 0x9E3779B97F4A7C15ull + B.Linear);
    std::shuffle(Warps.begin(), Warps.end(), R);
  }
  for (uint32_t W : Warps)
    for (uint32_t Lane = W * WarpSize; Lane < std::min(N, (W + 1) * WarpSize); ++Lane)
      B.push(Lane);
}

void Worker::finishBlock(size_t I) {
  std::unique_ptr<Block> B = std::move(Resident[I]);
  Resident.erase(Resident.begin() + I);
  Launch &L = *B->L;
  if (L.Options->CheckMemory || L.Options->CheckRaces)
    L.Mem->endBlock(*B);
  L.output(B->Linear, std::move(B->Output));
  B->Output.clear();
  L.Done.fetch_add(1, std::memory_order_relaxed);
  Pool.push_back(std::move(B));
}

bool Worker::resume(Block &B) {
  Running = &B;
  B.YieldsInARow = 0;
  if (B.L->Regions)
    return runRegions(B);
  Thread *T = &B.Threads[B.pop()];
  if (T->State == ThreadState::New) {
    T->F = fiber();
    T->State = ThreadState::Ready;
  }
  RunningThread = T;
  transfer_t Back = jump_fcontext(T->F->Context, nullptr);
  static_cast<Fiber *>(Back.data)->Context = Back.fctx;
  return B.Count == 0 || B.YieldsInARow == 0;
}

void Worker::loop(Launch &L) {
  if (!L.Fibers) {
    while (!L.Failed.load(std::memory_order_relaxed) && startBlock(L)) {
      runFast(L, *Resident.back());
      finishBlock(Resident.size() - 1);
    }
    return;
  }
  while (!L.Failed.load(std::memory_order_relaxed)) {
    if (Resident.empty() && !startBlock(L))
      return;
    bool Progress = false;
    for (size_t I = 0; I < Resident.size();) {
      Block &B = *Resident[I];
      if (B.Count || B.Together)
        Progress |= resume(B);
      if (B.Live == 0) {
        finishBlock(I);
        Progress = true;
        continue;
      }
      if ((B.Count == 0 && !B.Together) || !Progress) {
        if (releaseUnmasked(B)) {
          Progress = true;
        } else if (B.Count == 0) {
          L.fail(describeDeadlock(B));
          return;
        }
      }
      ++I;
    }
    // Every thread here waits for one elsewhere: perhaps for a block that has not started yet.
    if (!Progress && !startBlock(L))
      std::this_thread::yield();
  }
}

void Worker::run(Launch &L) {
  Current = &L;
  ThisWorker = this;
  stack_t Alternate = {}, Old = {};
  Alternate.ss_sp = SignalStack;
  Alternate.ss_size = 64 << 10;
  sigaltstack(&Alternate, &Old);
  if (sigsetjmp(Escape, 1) == 0) {
    loop(L);
  }
  for (auto &B : Resident)
    L.output(B->Linear, std::move(B->Output));
  if (L.Failed) {
    resetFibers();
    for (auto &B : Resident) {
      if (L.Options->CheckMemory || L.Options->CheckRaces)
        L.Mem->endBlock(*B);
      B->Output.clear();
      Pool.push_back(std::move(B));
    }
    Resident.clear();
  }
  sigaltstack(&Old, nullptr);
  Running = nullptr;
  RunningThread = nullptr;
  Current = nullptr;
  ThisWorker = nullptr;
}

} // namespace cordon::smoke::cpu
