//===- quarantine/PlanChecks.h - what forbids a split -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CORDON_QUARANTINE_PLANCHECKS_H
#define CORDON_QUARANTINE_PLANCHECKS_H

#include "quarantine/SplitPlan.h"

namespace cordon {

/// A function that host code can reach, or a table of the host's, that names \p V; null if there is none.
llvm::GlobalValue *hostUserOf(llvm::GlobalValue &V, const SplitPlan &Plan);

/// True if anything that stays in the host module names \p V, whether or not it is ever reached.
bool isNamedByHost(llvm::GlobalValue &V, const SplitPlan &Plan);

/// True if nothing in the module writes \p V or lets its address go, and nobody outside can.
bool isNeverWritten(const llvm::GlobalVariable &V);

/// Adds a finding for each variable, constructor or function that keeps \p Plan from being carried out.
void checkPlan(llvm::Module &M, const SplitPlan &Plan, FindingSet &Findings);

} // namespace cordon

#endif // CORDON_QUARANTINE_PLANCHECKS_H
