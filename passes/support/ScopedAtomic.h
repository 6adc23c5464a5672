//===- support/ScopedAtomic.h - atomics with a scope in PTX -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef CORDON_SUPPORT_SCOPEDATOMIC_H
#define CORDON_SUPPORT_SCOPEDATOMIC_H

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"

namespace cordon {

/// True for an operation and type that `atom.SCOPE` has one instruction for: 32 and 64-bit integers, float and double
/// addition, exchange of anything of 32 or 64 bits.
bool hasScopedAtomic(const llvm::AtomicRMWInst &AI);

/// Inline assembly for relaxed \p Op on \p Ptr, generic or global, with \p Scope ("sys", "cta"): `red` where the result is
/// not \p Used and PTX has it, else `atom`. LLVM 22 selects `atom` without a scope, and its intrinsics take generic
/// pointers alone.
llvm::Value *createScopedAtomic(llvm::IRBuilderBase &B, llvm::AtomicRMWInst::BinOp Op, llvm::StringRef Scope,
                                llvm::Value *Ptr, llvm::Value *V, bool Used = true);

/// True if \p Call is what createScopedAtomic makes for a generic pointer whose result is used.
bool isScopedAtomic(const llvm::CallBase &Call, llvm::AtomicRMWInst::BinOp Op, llvm::StringRef Scope);

} // namespace cordon

#endif // CORDON_SUPPORT_SCOPEDATOMIC_H
