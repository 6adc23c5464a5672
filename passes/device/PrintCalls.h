//===- device/PrintCalls.h - how device code prints -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A formatted print on the device is a call of the driver's vprintf, or of the runtime's __cordon_printf for what the
// driver's does not print as C does. Both take the format and a pointer to the arguments.
//===----------------------------------------------------------------------===//
#ifndef CORDON_DEVICE_PRINTCALLS_H
#define CORDON_DEVICE_PRINTCALLS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/IRBuilder.h"

namespace cordon {

/// The name that a vprintf gets which a header declared as variadic.
inline constexpr llvm::StringLiteral VariadicVprintf = "__cordon_variadic_vprintf";

/// C's promotions, for front ends that do not do them.
llvm::Value *promoteArgument(llvm::IRBuilder<> &B, llvm::Value *V);

/// Stores \p Args one behind the other in a block on \p F's stack, each at its natural alignment; null without any.
llvm::Value *packArguments(llvm::IRBuilder<> &B, llvm::Function &F, llvm::ArrayRef<llvm::Value *> Args);

/// Replaces \p CB, a print of the variadic \p Args, and erases it.
void replacePrint(llvm::CallBase &CB, llvm::Value *Format, llvm::ArrayRef<llvm::Value *> Args);

/// \p CB is a call of the driver's vprintf: gives it a format that the driver knows, or the runtime's function. True if
/// it changed.
bool mendVprintf(llvm::CallBase &CB);

} // namespace cordon

#endif // CORDON_DEVICE_PRINTCALLS_H
