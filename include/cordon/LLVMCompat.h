//===- cordon/LLVMCompat.h - what differs between LLVM versions -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The only place that may depend on the LLVM version. Cordon supports LLVM 22.
//===----------------------------------------------------------------------===//
#ifndef CORDON_LLVMCOMPAT_H
#define CORDON_LLVMCOMPAT_H

#include "llvm/Config/llvm-config.h"

#if LLVM_VERSION_MAJOR != 22
#error "Cordon supports LLVM 22; configure with the LLVM 22 CMake package"
#endif

#include "llvm/Plugins/PassPlugin.h"

#endif // CORDON_LLVMCOMPAT_H
