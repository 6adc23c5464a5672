//===- cpu/Context.h - what translated device code knows of its thread -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every translated device function takes a pointer to the ThreadContext of the thread that runs it as its first
// argument. The translator emits loads by the offsets of this struct; the engine fills it. Nothing here needs LLVM.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CPU_CONTEXT_H
#define CORDON_SMOKE_CPU_CONTEXT_H

#include <cstdint>
#include <string>
#include <vector>

namespace cordon::smoke::cpu {

struct Block;

/// What a thread can ask about itself. Warp and lane follow from the indices, so that a loop over threads needs to
/// store no more than Tid.
struct ThreadContext {
  uint32_t Tid[3];
  uint32_t BlockDim[3];
  uint32_t BlockIdx[3];
  uint32_t GridDim[3];
  uint32_t DynamicShared; ///< bytes
  uint32_t StaticShared;  ///< bytes
  int32_t Spin;           ///< polls of a waiting loop until the thread yields
  uint32_t Reserved;
  char *Shared;           ///< the block's shared memory: static, then dynamic
  uint64_t GridWorkspace; ///< of a cooperative launch, as %envreg1 and %envreg2 give it
  Block *Owner;
  uint64_t Result;        ///< of the wait that ended last
  ThreadContext *Current; ///< of a block's: that of the thread that runs now, where the code calls functions
};

constexpr unsigned WarpSize = 32;

/// Polls of one waiting loop before other threads get a turn.
constexpr int32_t SpinsBeforeYield = 16;

/// A warp collective; the order is known to nobody but the translator and the engine.
enum class WarpOp : uint32_t {
  Sync,
  ShuffleUp,
  ShuffleDown,
  ShuffleXor,
  ShuffleIndex,
  All,
  Any,
  Uniform,
  Ballot,
  MatchAny,
  MatchAll,
  Elect,
  Add,
  UMin,
  UMax,
  SMin,
  SMax,
  And,
  Or,
  Xor,
  FMin,
  FMax,
  FMinNaN,
  FMaxNaN,
  ActiveMask
};

/// A collective whose lanes are those that happen to arrive together, not those of a mask.
constexpr uint32_t WarpOpUnmasked = 0x100;

enum class BarrierOp : uint32_t { Sync, Arrive, Popc, And, Or, ClusterArrive, ClusterWait };

/// In a barrier's operation: the lanes of a warp have to come from the same place.
constexpr uint32_t BarrierAligned = 0x100;

/// A place in the source, for messages; device code names it by its index.
struct Site {
  std::string Place;    ///< file:line, or the function's name where there is no debug info
  std::string Function; ///< source name
};

/// Why a memory access is looked at, for --check; bits. From AccessAlignment on: the logarithm of the alignment that the
/// instruction needs.
enum AccessKind : uint32_t { AccessRead = 1, AccessWrite = 2, AccessAtomic = 4, AccessRelease = 8, AccessAlignment = 256 };

/// Entry of a kernel: runs one thread, or all threads of a block in a loop.
using EntryFunction = void (*)(ThreadContext *, const char *Params);
/// Name and address of each function that translated code may call.
struct Service {
  const char *Name;
  void *Address;
};
std::vector<Service> services();

} // namespace cordon::smoke::cpu

#endif // CORDON_SMOKE_CPU_CONTEXT_H
