//===- cordon/Check.cpp - cordon check ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Driver.h"

namespace cordon::driver {
int runCheck(const Arguments &) { return fail(Failure, "check is not built yet"); }
} // namespace cordon::driver
