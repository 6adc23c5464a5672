//===- quarantine/DeviceModule.h - build the device module ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CORDON_QUARANTINE_DEVICEMODULE_H
#define CORDON_QUARANTINE_DEVICEMODULE_H

#include "quarantine/SplitPlan.h"

namespace cordon {

/// The name that people know \p F by: its own, or the exported alias of a local kernel. Without a leading \01.
llvm::StringRef sourceName(const llvm::GlobalValue &V);

/// A new module of the same context with copies of \p Plan's closure and nothing else. \p Host is only read.
std::unique_ptr<llvm::Module> buildDeviceModule(llvm::Module &Host, const SplitPlan &Plan);

/// Gives device code that calls a kernel an internal function with the kernel's body; an entry cannot be called.
void separateCalledKernels(llvm::Module &Device);

/// Gives kernels of x86-64 the structs by value that the C ABI splits into two parameters, where clang's code shows them.
void joinSplitParameters(llvm::Module &Device);
/// Warns of kernels of clang's that have more parameters than in the source.
void warnOfSplitParameters(const llvm::Module &Host, const llvm::Module &Device, FindingSet &Findings);

/// Turns allocas that are annotated "cordon.shared" into variables of the shared address space.
void lowerSharedLocals(llvm::Module &Device);

} // namespace cordon

#endif // CORDON_QUARANTINE_DEVICEMODULE_H
