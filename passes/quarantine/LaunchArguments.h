//===- quarantine/LaunchArguments.h - a call's arguments, a kernel's *- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CORDON_QUARANTINE_LAUNCHARGUMENTS_H
#define CORDON_QUARANTINE_LAUNCHARGUMENTS_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/InstrTypes.h"

namespace cordon {

/// How a call passes one parameter of a kernel.
struct PassedParameter {
  enum { Same, Pieces, Empty, Address } How;
  unsigned Count; ///< arguments that make it
};

/// Fits the arguments of \p Call, a host's call in x86-64's sequence, to the parameters of \p Kernel, which the device's
/// front end declared: a struct by value is up to two registers there, nothing if it is empty, or an address if C++
/// copies it by a constructor. False if they do not fit.
bool fitArguments(const llvm::Function &Kernel, const llvm::CallBase &Call, llvm::SmallVectorImpl<PassedParameter> &Passed);

} // namespace cordon

#endif // CORDON_QUARANTINE_LAUNCHARGUMENTS_H
