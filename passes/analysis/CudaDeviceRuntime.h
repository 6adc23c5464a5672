//===- analysis/CudaDeviceRuntime.h - libcudadevrt's functions --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The part of the CUDA runtime that kernels may call, to launch kernels above all: CUDA 13's libcudadevrt.a, its names
// and types.
//===----------------------------------------------------------------------===//
#ifndef CORDON_ANALYSIS_CUDADEVICERUNTIME_H
#define CORDON_ANALYSIS_CUDADEVICERUNTIME_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace cordon {

struct CudaDeviceFunction {
  llvm::StringLiteral Name; ///< without "cuda" or "__cudaCDP2"
  /// Result and parameters: i int, p a pointer or another word of 64 bits, D dim3, P cudaPitchedPtr, E cudaExtent.
  llvm::StringLiteral Type;
  bool OnHost;     ///< the name is the host's CUDA runtime's, too
  bool HasStreams; ///< NAME_ptsz exists
  int Kernel = -1; ///< the parameter that is a kernel to launch
};

/// The entry for "cudaX", "__cudaCDP2X" and, where it exists, their "_ptsz" forms; null for other names.
const CudaDeviceFunction *findCudaDeviceFunction(llvm::StringRef Name);

/// The name under which CUDA 13 has it. The old one, which starts with "cuda", is of the first design of dynamic
/// parallelism: architectures from 90 on do not have it, and one program cannot use both.
std::string currentCudaDeviceName(llvm::StringRef Name);

} // namespace cordon

#endif // CORDON_ANALYSIS_CUDADEVICERUNTIME_H
