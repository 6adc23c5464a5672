//===- quarantine/SplitPlan.h - what goes where -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything that the split decides before it touches a module: roots, the closure that the device module gets, the role
// of each variable, and the findings that forbid a split. Later steps only carry the plan out.
//===----------------------------------------------------------------------===//
#ifndef CORDON_QUARANTINE_SPLITPLAN_H
#define CORDON_QUARANTINE_SPLITPLAN_H

#include "cordon/Passes.h"
#include "quarantine/Annotations.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

namespace llvm {
class Constant;
class GlobalAlias;
class GlobalValue;
class GlobalVariable;
} // namespace llvm

namespace cordon {

struct SplitPlan {
  /// Definitions that become entries of the device module.
  llvm::SetVector<llvm::Function *> Kernels;
  /// Device-only functions, kernels included: the host keeps a stub, or nothing.
  llvm::SetVector<llvm::Function *> DeviceOnly;
  /// Weak bodies that return made-up values on the host: declarations on the device.
  llvm::SetVector<llvm::Function *> Placeholders;
  /// Functions with evidence that the host keeps with their bodies: see MendedBodies.h.
  llvm::SetVector<llvm::Function *> Mended;
  /// Those of their instructions that the host cannot run.
  llvm::DenseSet<const llvm::Instruction *> MendedEvidence;
  llvm::SetVector<llvm::Function *> Roots;
  /// The roots and what they reach, in the order of discovery: functions, variables, aliases.
  llvm::SetVector<llvm::GlobalValue *> Closure;
  /// Who led to a member of the closure; none for roots.
  llvm::DenseMap<const llvm::GlobalValue *, const llvm::GlobalValue *> Parent;
  /// Marks from the annotations of the front end.
  Annotations Marks;
  /// The device's variables that the host keeps a registered shadow of.
  llvm::SetVector<llvm::GlobalVariable *> Shadowed;
  /// Declared or defined __nv_* that host code uses.
  llvm::SetVector<llvm::Function *> HostMath;

  /// The shortest chain from a root to \p V; non-functions show as tables.
  std::vector<ChainStep> chainTo(const llvm::GlobalValue &V) const;
  bool empty() const { return DeviceOnly.empty() && Mended.empty() && Shadowed.empty() && HostMath.empty() && !HasDeviceData; }
  bool HasDeviceData = false;
};

/// The address space that \p V has on the device: its own, or the one that a mark asks for.
unsigned deviceAddressSpace(const llvm::GlobalVariable &V, const Annotations &Marks);

/// One variable for both sides, by `cordon.managed` or `!nvvm.annotations`.
bool isManaged(const llvm::GlobalVariable &V, const Annotations &Marks);

/// Fills \p Plan. Adds the findings that forbid the split; \p Host is not changed.
void planSplit(llvm::Module &Host, const DeviceUse &Use, const QuarantineOptions &Opts, SplitPlan &Plan,
               FindingSet &Findings);

/// Calls \p Visit for each global value that \p C names, through constants of any depth. \p Seen bounds the walk.
void visitGlobals(const llvm::Constant *C, llvm::SmallPtrSetImpl<const llvm::Constant *> &Seen,
                  llvm::function_ref<void(llvm::GlobalValue &)> Visit);

/// The functions and variables whose code or initializer names \p V, through constants and aliases of any depth.
llvm::SetVector<llvm::GlobalValue *> usersOf(llvm::GlobalValue &V);

/// True for llvm.used, llvm.global_ctors, llvm.global.annotations and the like: tables for the compiler, not code's.
bool isCompilerTable(const llvm::GlobalValue &V);

} // namespace cordon

#endif // CORDON_QUARANTINE_SPLITPLAN_H
