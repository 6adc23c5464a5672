//===- device/Prepare.cpp ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cordon/Passes.h"
#include "device/Repairs.h"
using namespace llvm;

namespace cordon {
bool addRepairByName(StringRef, ModulePassManager &) { return false; }
bool prepareDevice(Module &, const PrepareDeviceOptions &, FindingSet &F) { F.fail("not built yet"); return false; }
PreservedAnalyses PrepareDevicePass::run(Module &, ModuleAnalysisManager &) { return PreservedAnalyses::all(); }
} // namespace cordon
