//===- quarantine/HostMath.h - libdevice functions on the host --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CORDON_QUARANTINE_HOSTMATH_H
#define CORDON_QUARANTINE_HOSTMATH_H

#include "quarantine/SplitPlan.h"

namespace cordon {

/// The libm function that is called as the libdevice function \p Name is, or empty.
llvm::StringRef libmName(llvm::StringRef Name);

/// Adds a finding for each function of Plan.HostMath that has no host implementation.
void checkHostMath(const llvm::Module &Host, const SplitPlan &Plan, FindingSet &Findings);

/// Makes the host's uses of libdevice functions, declared or stubbed, uses of host implementations.
void mapHostMath(llvm::Module &Host);

} // namespace cordon

#endif // CORDON_QUARANTINE_HOSTMATH_H
