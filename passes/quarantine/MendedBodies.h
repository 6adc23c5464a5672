//===- quarantine/MendedBodies.h - host functions that hold device code -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An optimizer that ran before the split may have inlined guarded device code into a host function, or made
// `if (gpu) r = tid()` an unconditional read. Stubbing such a function would end programs that never use the device. It
// keeps its body; the reads become constants, and where one's value would really be used, or anything else of the device
// would run, the program arrives at the stub's message, and the body ends.
//===----------------------------------------------------------------------===//
#ifndef CORDON_QUARANTINE_MENDEDBODIES_H
#define CORDON_QUARANTINE_MENDEDBODIES_H

#include "quarantine/SplitPlan.h"
#include "quarantine/StubCalls.h"

namespace cordon {

/// True for a device read that optimizers may move to where it is not needed.
bool isSpeculatableRead(const llvm::CallBase &CB);

/// True for `main`, and for a function whose only \p Evidence are reads that run on paths that never use their values.
bool keepsHostBody(llvm::Function &F, llvm::ArrayRef<const Evidence *> Evidence);

/// True for a function that can return without arriving at any of its \p Evidence: `if (gpu) dev();` with dev inlined.
bool isGuarded(llvm::Function &F, llvm::ArrayRef<const Evidence *> Evidence);

/// The instructions of \p F, among \p Evidence and those that need a device read's value, that the host cannot pass.
llvm::SetVector<llvm::Instruction *> deviceArrivals(llvm::Function &F,
                                                    const llvm::DenseSet<const llvm::Instruction *> &Evidence);

/// Rewrites the bodies of Plan.Mended.
void mendHostBodies(const SplitPlan &Plan, StubCalls &Calls);

} // namespace cordon

#endif // CORDON_QUARANTINE_MENDEDBODIES_H
