//===- link/RustNames.h - Rust's panics by name -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// core's and alloc's functions that panic are undefined in a crate's module. Their paths say what their arguments are.
//===----------------------------------------------------------------------===//
#ifndef CORDON_LINK_RUSTNAMES_H
#define CORDON_LINK_RUSTNAMES_H

#include <optional>
#include <string>

namespace llvm {
class CallInst;
class Function;
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

/// The constant text of the core::fmt::Arguments in front, with "{}" for what is filled in at run time; empty where the
/// IR does not have it.
std::string formattedText(const llvm::CallInst &Call);

} // namespace cordon

#endif // CORDON_LINK_RUSTNAMES_H
