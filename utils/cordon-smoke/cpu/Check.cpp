//===- cpu/Check.cpp - instruments memory accesses ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Program.h"

using namespace llvm;

namespace cordon::smoke::cpu {
void instrumentAccesses(Program &) {}
} // namespace cordon::smoke::cpu
