//===- cpu/Regions.h - what lies between two waits of a kernel --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A kernel that waits is split at its waits. Each region is a function that runs some threads of a block, in a loop that
// LLVM vectorizes, from one wait to the next. What a thread needs behind a wait lies in its frame: an array for each
// value, with an element for each thread. The engine does what the threads wait for. Nothing here needs LLVM.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CPU_REGIONS_H
#define CORDON_SMOKE_CPU_REGIONS_H

#include "Context.h"

namespace cordon::smoke::cpu {

/// Runs threads [Low, High), which all stand at the region's start, with copies of the block's context. The result is where
/// all of them wait now, or negative: then States[thread] says where.
using RegionFunction = int32_t (*)(ThreadContext *, const char *Params, char *Frames, uint64_t Threads,
                                   uint64_t Low, uint64_t High, int32_t *States);

/// An operand of a wait: a constant, or where in the frames it lies.
struct WaitOperand {
  bool Constant = true;
  uint64_t Value = 0; ///< or the offset of its array, for one thread
};

struct SuspendPoint {
  enum KindTy : uint8_t { Yield, Barrier, Warp } Kind = Yield;
  uint32_t Op = 0, Site = 0;
  WaitOperand Where; ///< 32 bits: the barrier, or the mask
  WaitOperand Value; ///< 64 bits: the predicate, or the lane's value
  WaitOperand Extra; ///< 32 bits: how many threads, or the lane or distance
  WaitOperand Clamp; ///< 32 bits
};

/// Region 0 is the kernel's start, region I + 1 what follows point I. A thread that ends "waits" behind the last point.
struct RegionCode {
  std::vector<SuspendPoint> Points;
  uint64_t FrameBytes = 0; ///< of a thread
  uint64_t Result = 0;     ///< offset of the 64-bit results of waits
  bool HasResult = false;
  const RegionFunction *Table = nullptr;
  bool usable() const { return Table; }
};

} // namespace cordon::smoke::cpu

#endif // CORDON_SMOKE_CPU_REGIONS_H
