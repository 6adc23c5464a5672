//===- quarantine/HostStubs.h - what the host keeps -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CORDON_QUARANTINE_HOSTSTUBS_H
#define CORDON_QUARANTINE_HOSTSTUBS_H

#include "quarantine/SplitPlan.h"
#include "quarantine/StubCalls.h"

namespace cordon {

/// Replaces the shadows that clang made for device variables, where both are in \p Host, by the variables. True if there
/// were any.
bool joinFrontEndShadows(llvm::Module &Host);

/// Replaces each device-only function by a stub, makes callers forget what they knew about it, and drops what only
/// device code needed and no other object can name.
void stubHost(llvm::Module &Host, const SplitPlan &Plan, const QuarantineOptions &Opts,
              StubCalls &Calls);

/// Makes host code reach \p V, which goes, through a pointer that the CUDA runtime fills in, and returns that pointer.
llvm::GlobalVariable *replaceManaged(llvm::Module &Host, llvm::GlobalVariable &V);

/// Gives each variable of Plan.Shadowed a host symbol in address space 0. The result is in the order of the plan.
std::vector<llvm::GlobalVariable *> shadowVariables(llvm::Module &Host, const SplitPlan &Plan);

} // namespace cordon

#endif // CORDON_QUARANTINE_HOSTSTUBS_H
