//===- cpu/Engine.h - blocks, threads and fibers of a launch ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A launch hands its blocks to workers, one for each host thread. A worker runs a block whose kernel never waits in one
// call, and one that was split at its waits a region at a time, for all threads that stand at the same place. Otherwise
// each thread of the block gets a fiber, and a thread that waits gives its turn to the next. A block stays on one worker,
// so it needs no locks.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CPU_ENGINE_H
#define CORDON_SMOKE_CPU_ENGINE_H

#include "../Backend.h"
#include "Context.h"
#include "Regions.h"
#include <atomic>
#include <boost/context/detail/fcontext.hpp>
#include <csetjmp>
#include <deque>
#include <map>
#include <memory>
#include <mutex>

namespace cordon::smoke::cpu {

class Launch;
class Worker;
class Memory;
struct SharedVariable;

/// Below each stack.
constexpr size_t GuardBytes = 4096;

struct Fiber {
  boost::context::detail::fcontext_t Context = nullptr; ///< null: not started
  char *Stack = nullptr;                                ///< lowest usable byte
  size_t Size = 0;
};

enum class ThreadState : uint8_t { New, Ready, InBarrier, InWarp, Exited };

/// A local variable while its function runs, for --check.
struct LocalVariable {
  uint64_t Base, Size;
  const char *Name;
};

struct Thread {
  ThreadContext Ctx; // first: services turn a context into its thread
  Fiber *F = nullptr;
  ThreadState State = ThreadState::New;
  bool ClusterArrived = false;
  // What it waits for.
  uint32_t Op = 0, SiteId = 0, Mask = 0, Operand = 0, Clamp = 0;
  uint64_t Value = 0;
  uint32_t Barrier = 0;
  bool Aligned = false; ///< the lanes of a warp have to wait at the same place
  jmp_buf *Exit = nullptr; ///< of the fiber's loop, for threads that end in the middle
  uint32_t Epoch = 0;      ///< barriers passed, for race checks
  std::vector<LocalVariable> Locals;
  uint32_t Region = 0;     ///< where it goes on, in a kernel that was split
};

struct BarrierState {
  uint32_t Arrived = 0, Expected = 0; ///< Expected 0: all threads of the block
  uint32_t Popc = 0, And = 1, Or = 0;
  std::vector<uint32_t> Waiting;
  std::vector<uint32_t> Passing; ///< that arrived without waiting, for race checks
};

struct WarpState {
  uint32_t Waiting = 0; ///< lanes in collectives
  uint32_t Ended = 0;   ///< mask of lanes
};

/// One block while it runs.
struct Block {
  Launch *L = nullptr;
  Worker *W = nullptr;
  uint64_t Linear = 0;
  uint32_t Index[3] = {0, 0, 0};
  char *Shared = nullptr;
  size_t SharedCapacity = 0;
  std::string Output; ///< of printf
  std::vector<Thread> Threads;
  std::vector<WarpState> Warps;
  uint64_t Prepared = 0; ///< the launch for which the threads' contexts are filled
  std::vector<uint32_t> Queue; ///< ring of runnable threads
  size_t Head = 0, Count = 0;
  uint32_t Live = 0, YieldsInARow = 0;
  uint32_t InWarp = 0; ///< threads that wait in warp collectives
  BarrierState Barriers[17]; ///< 16 is the cluster's
  uint32_t Arrivals = 0;     ///< at all of them
  bool BarrierWarned = false;
  ThreadContext Ctx = {};   ///< of all its threads but for Tid, where they have no fibers
  bool Together = false;    ///< all threads stand at the start of Region, and Threads is not up to date
  bool Dispersed = false;   ///< they did not always
  uint32_t Region = 0;
  std::vector<char> FrameMemory;
  char *Frames = nullptr;   ///< aligned
  std::vector<int32_t> States; ///< where each thread waits now
  void *Checker = nullptr;   ///< race and initialisation state, for --check

  void push(uint32_t T);
  uint32_t pop();
};

/// Shared memory, stacks and signal handling of one host thread; kept between launches.
class Worker {
public:
  Worker();
  ~Worker();
  void run(Launch &L);
  static Worker *ofThisThread(); ///< null outside of run()

  // For services, on the fiber of a thread.
  void wait(Thread &T);  ///< gives the turn away; returns when the thread is ready again
  void yield(Thread &T); ///< as wait, but the thread stays ready
  void finished(Thread &T);
  [[noreturn]] void exitThread(Thread &T);
  [[noreturn]] void abandon(); ///< leaves the launch, from wherever the worker is

  Launch *Current = nullptr;
  Block *Running = nullptr;   ///< for messages from a signal handler
  Thread *RunningThread = nullptr;

private:
  friend void fiberMain(boost::context::detail::transfer_t);
  sigjmp_buf Escape;
  boost::context::detail::fcontext_t Scheduler = nullptr;
  std::vector<Fiber *> Free;
  std::vector<std::unique_ptr<Fiber>> Fibers;
  std::vector<std::unique_ptr<Block>> Resident, Pool;
  char *SignalStack = nullptr;

  void loop(Launch &L);
  bool startBlock(Launch &L);
  void finishBlock(size_t I);
  void runFast(Launch &L, Block &B);
  bool resume(Block &B); ///< false: every ready thread only yielded
  Block *newBlock(Launch &L, uint64_t Linear);
  void reserveShared(Block &B, size_t Bytes);
  Fiber *fiber();
  void switchFrom(Thread &From);
  void resetFibers();

  void startThreads(Launch &L, Block &B); ///< all are new
  void queueThreads(Launch &L, Block &B);

  // Together.cpp: kernels that were split.
  void startRegions(Launch &L, Block &B);
  bool runRegions(Block &B);
  void runTogether(Block &B);
  void disperse(Block &B);
  void arrive(Block &B, uint32_t Thread, uint32_t Point);
};

void fillContext(ThreadContext &C, const Launch &L, Block &B);

/// What a warp collective gives each of \p Members: the 32-bit result, and the second result above it.
struct WarpLanes {
  const uint64_t *Value;
  const uint32_t *Extra, *Clamp;
  uint64_t *Result;
};
void warpResults(WarpOp Op, uint32_t Members, const WarpLanes &Lanes);
/// Starts the wait of a thread that is on its turn; it may be over at once. (Collectives.cpp)
void startWarp(Thread &T, uint32_t Op, uint32_t SiteId, uint32_t Mask, uint64_t Value, uint32_t Operand, uint32_t Clamp);
void startBarrier(Thread &T, uint32_t Op, uint32_t SiteId, uint32_t Id, uint32_t Count, uint32_t Pred);

/// Marks the lanes or threads that a newly arrived or ended thread has completed as ready. (Collectives.cpp)
void arriveWarp(Block &B, uint32_t Thread);
void arriveBarrier(Block &B, uint32_t Thread, BarrierOp Op, uint32_t Count, bool Pred);
void threadEnded(Block &B, uint32_t Thread);
/// Lets lanes go on that wait for whoever comes along; true if there were any.
bool releaseUnmasked(Block &B);
std::string describeDeadlock(Block &B);

/// What a launch is, and how it went.
class Launch {
public:
  const std::string *KernelName = nullptr;
  EntryFunction Entry = nullptr;
  const RegionCode *Regions = nullptr; ///< null: Entry, or fibers
  uint64_t Serial = 0;                 ///< tells launches apart
  const char *Params = nullptr;
  LaunchConfig Config;
  const BackendOptions *Options = nullptr;
  const std::vector<Site> *Sites = nullptr;
  const std::vector<SharedVariable> *Shared = nullptr;
  uint64_t ParamBytes = 0;
  Memory *Mem = nullptr;
  bool Fibers = false;
  bool InOrder = false; ///< blocks one after another, so that atomics have one order
  uint64_t StaticShared = 0;
  uint64_t Blocks = 0;
  uint32_t ThreadsPerBlock = 0;
  std::vector<uint64_t> Order; ///< of blocks, with a schedule seed
  uint64_t GridWorkspace = 0;

  std::atomic<uint64_t> Next{0}, Done{0};
  std::atomic<bool> Failed{false};
  std::atomic<uint64_t> GridArrived{0}, GridGeneration{0};

  /// The first failure counts.
  void fail(const std::string &Message);
  void warn(const std::string &Message);
  void output(uint64_t Block, std::string &&Text);
  std::string where(const Block &B, const Thread *T, uint32_t SiteId) const;
  std::string where(const ThreadContext &C, uint32_t SiteId) const;
  std::string takeMessage();
  std::string takeWarnings();
  void flush();

private:
  std::mutex Lock;
  std::string Message, Warnings;
  std::map<uint64_t, std::string> Outputs;
};

/// Signal handlers for faults in device code, while a launch runs.
class FaultGuard {
public:
  FaultGuard();
  ~FaultGuard();
};

} // namespace cordon::smoke::cpu

#endif // CORDON_SMOKE_CPU_ENGINE_H
