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
#include <ucontext.h>
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
__attribute__((noinline)) static Worker *currentWorker() {
  asm volatile("" ::: "memory");
  return ThisWorker;
}

/// Address space of one thread's stack; pages are only used where the thread touches them.
static constexpr size_t StackBytes = 256 << 10;
static constexpr size_t GuardBytes = 4096;
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

void Launch::fail(const std::string &M) {
  std::lock_guard<std::mutex> G(Lock);
  if (!Failed.exchange(true))
    Message = M;
}

void Launch::warn(const std::string &M) {
  std::lock_guard<std::mutex> G(Lock);
  if (Warnings.find(M) == std::string::npos)
    Warnings += "cordon-smoke: warning: " + M + "\n";
}

std::string Launch::takeMessage() { return Message; }
std::string Launch::takeWarnings() { return Warnings; }

void Launch::output(uint64_t B, std::string &&Text) {
  if (Text.empty())
    return;
  std::lock_guard<std::mutex> G(Lock);
  Outputs[B] += Text;
}

void Launch::flush() {
  for (auto &[B, Text] : Outputs)
    fwrite(Text.data(), 1, Text.size(), stdout);
  fflush(stdout);
  Outputs.clear();
}

static std::string triple(const uint32_t *V) {
  return "(" + std::to_string(V[0]) + "," + std::to_string(V[1]) + "," + std::to_string(V[2]) + ")";
}

std::string Launch::where(const ThreadContext &C, uint32_t SiteId) const {
  std::string S = "kernel '" + *KernelName + "', block " + triple(C.BlockIdx) + ", thread " + triple(C.Tid);
  if (Sites && SiteId < Sites->size()) {
    const Site &At = (*Sites)[SiteId];
    if (!At.Place.empty())
      S += ", at " + At.Place;
    S += " in '" + At.Function + "'";
  }
  return S;
}

std::string Launch::where(const Block &B, const Thread *T, uint32_t SiteId) const {
  if (T)
    return where(T->Ctx, SiteId);
  return "kernel '" + *KernelName + "', block " + triple(B.Index);
}

//===----------------------------------------------------------------------===//
// Worker
//===----------------------------------------------------------------------===//

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
      currentWorker()->Scheduler = T.fctx;
  };
  Keep(From);
  for (;;) {
    Worker &W = *currentWorker();
    Thread *T = W.RunningThread;
    Block *B = W.Running;
    Launch *L = B->L;
    jmp_buf Exit;
    T->Exit = &Exit;
    if (_setjmp(Exit) == 0)
      L->Entry(&T->Ctx, L->Params);
    // After a longjmp only what the worker keeps is known to be right.
    Worker &W2 = *currentWorker();
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
  B->Index[0] = Linear % L.Config.Grid[0];
  B->Index[1] = Linear / L.Config.Grid[0] % L.Config.Grid[1];
  B->Index[2] = Linear / L.Config.Grid[0] / L.Config.Grid[1];
  reserveShared(*B, L.StaticShared + L.Config.SharedBytes);
  Resident.push_back(std::move(B));
  return Resident.back().get();
}

static void fillContext(ThreadContext &C, const Launch &L, Block &B) {
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
  ThreadContext C;
  fillContext(C, L, B);
  Running = &B;
  RunningThread = nullptr;
  L.Entry(&C, L.Params);
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
  uint32_t N = L.ThreadsPerBlock;
  if (B.Threads.size() != N) {
    B.Threads.resize(N);
    B.Queue.resize(N + 1);
  }
  B.Head = B.Count = 0;
  B.FrameBytes = 0;
  B.Live = N;
  B.YieldsInARow = 0;
  B.BarrierWarned = false;
  B.InWarp = 0;
  for (BarrierState &S : B.Barriers) {
    S.Waiting.clear();
    S.Passing.clear();
    S.Arrived = S.Expected = S.Popc = S.Or = 0;
    S.And = 1;
  }
  uint32_t T = 0;
  for (uint32_t Z = 0; Z < L.Config.Block[2]; ++Z)
    for (uint32_t Y = 0; Y < L.Config.Block[1]; ++Y)
      for (uint32_t X = 0; X < L.Config.Block[0]; ++X, ++T) {
        Thread &Th = B.Threads[T];
        fillContext(Th.Ctx, L, B);
        Th.Ctx.Tid[0] = X;
        Th.Ctx.Tid[1] = Y;
        Th.Ctx.Tid[2] = Z;
        Th.State = ThreadState::New;
        Th.F = nullptr;
        Th.ClusterArrived = false;
        Th.Epoch = 0;
      }
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
  return true;
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

bool Worker::resumeCoroutines(Block &B) {
  do {
    Thread *T = &B.Threads[B.pop()];
    RunningThread = T;
    if (T->State == ThreadState::New) {
      T->State = ThreadState::Ready;
      T->Frame = B.L->Start(&T->Ctx, B.L->Params);
    } else {
      T->Frame->Resume(T->Frame);
    }
  } while (B.Count && B.YieldsInARow < B.Count);
  return B.Count == 0 || B.YieldsInARow == 0;
}

bool Worker::yieldStart(Thread &T) {
  if (Current->Failed.load(std::memory_order_relaxed))
    abandon();
  Block &B = *Running;
  B.push(&T - B.Threads.data());
  ++B.YieldsInARow;
  return true;
}

bool Worker::resume(Block &B) {
  Running = &B;
  B.YieldsInARow = 0;
  if (B.L->Start)
    return resumeCoroutines(B);
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
      if (B.Count)
        Progress |= resume(B);
      if (B.Live == 0) {
        finishBlock(I);
        Progress = true;
        continue;
      }
      if (B.Count == 0 || !Progress) {
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

//===----------------------------------------------------------------------===//
// Faults
//===----------------------------------------------------------------------===//

static struct sigaction OldSegv, OldBus, OldFpe, OldIll, OldUsr;

/// A push or a call into the page below the stack, or the touch of a frame that is larger than what is left.
static bool nearStackPointer(void *Address, void *Machine) {
  char *Stack = nullptr;
  auto *State = static_cast<ucontext_t *>(Machine);
#if defined(__x86_64__)
  Stack = reinterpret_cast<char *>(State->uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
  Stack = reinterpret_cast<char *>(State->uc_mcontext.sp);
#endif
  (void)State;
  char *Hit = static_cast<char *>(Address);
  return Stack && Hit > Stack - 65536 && Hit < Stack + 65536;
}

static void onFault(int Signal, siginfo_t *Info, void *Machine) {
  Worker *W = ThisWorker;
  if (!W || !W->Current || !W->Running) {
    // Not device code: let it happen again without us.
    signal(Signal, SIG_DFL);
    return;
  }
  Launch &L = *W->Current;
  if (Signal == SIGUSR2) {
    if (L.Failed)
      W->abandon();
    return;
  }
  char Address[32];
  snprintf(Address, sizeof(Address), "0x%llx", (unsigned long long)Info->si_addr);
  std::string At = L.where(*W->Running, W->RunningThread, ~0u);
  bool Overflow = nearStackPointer(Info->si_addr, Machine);
  if (W->RunningThread && W->RunningThread->F) {
    char *Low = W->RunningThread->F->Stack;
    char *Hit = static_cast<char *>(Info->si_addr);
    Overflow |= Hit >= Low - GuardBytes && Hit < Low;
  }
  std::string What = Signal == SIGFPE   ? "integer division by zero"
                     : Signal == SIGILL ? "undefined behaviour: code that the compiler took to be unreachable was reached"
                     : Overflow         ? "stack overflow"
                                        : std::string("illegal memory access at address ") + Address;
  L.fail(What + " in " + At + (Signal == SIGSEGV && !Overflow ? " (--check names the access)" : ""));
  W->abandon();
}

FaultGuard::FaultGuard() {
  struct sigaction A = {};
  A.sa_sigaction = onFault;
  A.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&A.sa_mask);
  sigaction(SIGSEGV, &A, &OldSegv);
  sigaction(SIGBUS, &A, &OldBus);
  sigaction(SIGFPE, &A, &OldFpe);
  sigaction(SIGILL, &A, &OldIll);
  sigaction(SIGUSR2, &A, &OldUsr);
}

FaultGuard::~FaultGuard() {
  sigaction(SIGSEGV, &OldSegv, nullptr);
  sigaction(SIGBUS, &OldBus, nullptr);
  sigaction(SIGFPE, &OldFpe, nullptr);
  sigaction(SIGILL, &OldIll, nullptr);
  sigaction(SIGUSR2, &OldUsr, nullptr);
}

} // namespace cordon::smoke::cpu
