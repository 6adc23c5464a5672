//===- quarantine/LaunchStubs.h - kernels called on the host ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CORDON_QUARANTINE_LAUNCHSTUBS_H
#define CORDON_QUARANTINE_LAUNCHSTUBS_H

#include "cordon/Entries.h"
#include "quarantine/SplitPlan.h"
#include "quarantine/StubCalls.h"
#include "llvm/IR/IRBuilder.h"

namespace cordon {

/// True where host code launches with `<<<>>>`.
bool pushesConfigurations(const llvm::Module &Host);

/// True where host code launches with `<<<>>>`, or has the stubs that clang makes for that.
bool comesFromCuda(const llvm::Module &Host);

/// In the stub of \p Kernel: launches it if a configuration was pushed. \p IR goes on where none was, or where it was, if
/// nothing can be launched in such a module.
void emitLaunch(llvm::IRBuilder<> &IR, llvm::Function &Kernel);

/// Makes the front end's own host stubs, or others where calls need them, stand for the addresses of their kernels, and
/// adds them to \p Entries.
void joinLaunchStubs(llvm::Module &Host, const SplitPlan &Plan, StubCalls &Calls, std::vector<Entry> &Entries);

} // namespace cordon

#endif // CORDON_QUARANTINE_LAUNCHSTUBS_H
