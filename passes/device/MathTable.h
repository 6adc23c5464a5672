//===- device/MathTable.h - which libdevice function does what --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CORDON_DEVICE_MATHTABLE_H
#define CORDON_DEVICE_MATHTABLE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Intrinsics.h"
#include <string>

namespace llvm {
class FunctionType;
} // namespace llvm

namespace cordon {

/// The part after "__nv_" of the libdevice function that computes \p ID on doubles (floats: with an "f" behind it).
/// Null where NVPTX selects the intrinsic rightly by itself, or where no single function does it.
const char *libdeviceFor(llvm::Intrinsic::ID ID);

/// The libdevice function that a libm declaration \p Name of type \p Ty stands for; empty if there is none of exactly
/// that type.
std::string libdeviceFor(llvm::StringRef Name, const llvm::FunctionType &Ty);

} // namespace cordon

#endif // CORDON_DEVICE_MATHTABLE_H
