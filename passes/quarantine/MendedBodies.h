//===- quarantine/MendedBodies.h - host functions that hold device code -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An optimizer that ran before the split may have inlined device code into `main`, or made `if (gpu) r = tid()` an
// unconditional read. Stubbing such a function would end programs that never use the device. It keeps its body; the
// reads become constants, and where one's value would really be used, or a call that is no mere read would run, the
// program arrives at the stub's message.
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

/// Rewrites the bodies of Plan.Mended.
void mendHostBodies(const SplitPlan &Plan, StubCalls &Calls);

} // namespace cordon

#endif // CORDON_QUARANTINE_MENDEDBODIES_H
