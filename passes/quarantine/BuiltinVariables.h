//===- quarantine/BuiltinVariables.h - threadIdx and kin --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CORDON_QUARANTINE_BUILTINVARIABLES_H
#define CORDON_QUARANTINE_BUILTINVARIABLES_H

namespace llvm {
class Module;
class StringRef;
} // namespace llvm

namespace cordon {

/// threadIdx, blockIdx, blockDim, gridDim, warpSize: declared by CUDA's headers, cordon/device.h and flang, defined nowhere.
bool isBuiltinVariable(llvm::StringRef Name);

/// Turns each use of a built-in variable in \p Device into reads of special registers.
void lowerBuiltinVariables(llvm::Module &Device);

} // namespace cordon

#endif // CORDON_QUARANTINE_BUILTINVARIABLES_H
