//===- link/RustNames.h - Rust's panics by name -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// core's and alloc's functions that panic are undefined in a crate's module. Their paths say what their arguments are.
//===----------------------------------------------------------------------===//
#ifndef CORDON_LINK_RUSTNAMES_H
#define CORDON_LINK_RUSTNAMES_H

#include "llvm/ADT/SmallVector.h"
#include <optional>
#include <string>

namespace llvm {
class CallInst;
class Function;
class StoreInst;
class Value;
} // namespace llvm

namespace cordon {

struct RustPanic {
  enum KindTy {
    Fixed,        ///< \c Text says it all
    TextArgument, ///< (ptr, i64) in front is the message
    Formatted,    ///< a core::fmt::Arguments in front
    Bounds,       ///< index, length
    Assertion,    ///< kind of comparison
    AllocError    ///< alignment, size
  } Kind = Fixed;
  std::string Text; ///< the message, or what is known without the arguments
};

/// What the undefined function \p F is, if its name is that of a panic.
std::optional<RustPanic> rustPanic(const llvm::Function &F);

/// The core::panic::Location that a call passes last, or null.
llvm::Value *panicLocation(const llvm::CallInst &Call);

/// A message with values that are printed when it is thrown: in the text each is a byte 1 and two letters.
struct RustMessage {
  std::string Text; ///< with "{}" for what the runtime does not print; empty where the IR does not have it
  llvm::SmallVector<llvm::Value *, 4> Values;       ///< their addresses
  llvm::SmallVector<llvm::StoreInst *, 4> Printers; ///< stores of printing functions that nobody calls any more
};

/// The text of the core::fmt::Arguments at operand \p At. Adds loads in front of \p Call.
RustMessage formattedMessage(llvm::CallInst &Call, unsigned At = 0);
/// What core::result::unwrap_failed says.
RustMessage unwrapMessage(llvm::CallInst &Call);
/// What core::panicking::assert_failed says.
RustMessage assertMessage(llvm::CallInst &Call);

} // namespace cordon

#endif // CORDON_LINK_RUSTNAMES_H
