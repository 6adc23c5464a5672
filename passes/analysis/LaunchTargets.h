//===- analysis/LaunchTargets.h - whose address is launched? ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows the function argument of CUDA's launch calls back to the functions whose address it can hold.
//===----------------------------------------------------------------------===//
#ifndef CORDON_ANALYSIS_LAUNCHTARGETS_H
#define CORDON_ANALYSIS_LAUNCHTARGETS_H

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace llvm {
class CallBase;
class Function;
class Module;
} // namespace llvm

namespace cordon {

/// What `kernel<<<...>>>()` calls, and what the kernel's host stub calls to learn the configuration.
constexpr llvm::StringLiteral PushConfiguration = "__cudaPushCallConfiguration",
                              PopConfiguration = "__cudaPopCallConfiguration";

/// The functions that call the function \p Name of \p M, also through casts and aliases.
llvm::DenseSet<const llvm::Function *> callersOf(const llvm::Module &M, llvm::StringRef Name);
/// The index of the kernel operand of a CUDA launch function, by name.
std::optional<unsigned> launchOperand(llvm::StringRef Name);
/// __cudaRegisterFunction, __cudaRegisterFatBinary and kin.
bool isRegistration(llvm::StringRef Name);

struct LaunchTargets {
  /// Defined functions whose address reaches a launch, and that are no host stubs. In module order of the launches.
  llvm::SetVector<const llvm::Function *> Kernels;
  /// Functions that launch themselves, pop a configuration that others have pushed, are named in
  /// __cudaRegisterFunction, have an offload entry, or are Cordon's.
  llvm::DenseSet<const llvm::Function *> HostStubs;
  /// Functions that are launched here and defined elsewhere.
  llvm::SetVector<const llvm::Function *> Declared;
};

/// The kernel that clang named \p Stub after: _Z18__device_stub__addi stands for _Z3addi. Null for other functions, and
/// where the module does not define the kernel.
const llvm::Function *kernelOfStub(const llvm::Function &Stub);

LaunchTargets findLaunchTargets(const llvm::Module &M);

} // namespace cordon

#endif // CORDON_ANALYSIS_LAUNCHTARGETS_H
