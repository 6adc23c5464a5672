//===- device/Repairs.h - the repairs as passes of their own ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CORDON_DEVICE_REPAIRS_H
#define CORDON_DEVICE_REPAIRS_H

#include "llvm/IR/PassManager.h"

namespace cordon {

/// Adds the repair pass called \p Name to \p MPM; false if there is none of that name.
bool addRepairByName(llvm::StringRef Name, llvm::ModulePassManager &MPM);

} // namespace cordon

#endif // CORDON_DEVICE_REPAIRS_H
