//===- cpu/Format.h - vprintf as device code calls it -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Formats with arguments that lie in a buffer, each at its natural alignment, as CUDA's vprintf takes them.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CPU_FORMAT_H
#define CORDON_SMOKE_CPU_FORMAT_H

#include <string>

namespace cordon::smoke::cpu {
/// Appends to \p Out; returns the number of arguments, as CUDA's printf does.
int formatDevice(std::string &Out, const char *Format, const char *Args);
} // namespace cordon::smoke::cpu

#endif // CORDON_SMOKE_CPU_FORMAT_H
