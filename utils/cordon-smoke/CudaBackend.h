//===- cordon-smoke/CudaBackend.h - the GPU ---------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes the backend that launches through the CUDA driver.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CUDABACKEND_H
#define CORDON_SMOKE_CUDABACKEND_H

#include "Backend.h"
#include <memory>

namespace cordon::smoke {

/// Null with \p Why set where there is no driver or no GPU.
std::unique_ptr<Backend> createCudaBackend(const BackendOptions &Options, std::string &Why);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_CUDABACKEND_H
