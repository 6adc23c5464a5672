//===- link/LinkRuntime.cpp ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cordon/Passes.h"

using namespace llvm;

namespace cordon {
bool linkRuntime(Module &, const LinkRuntimeOptions &, FindingSet &F) { F.fail("not built yet"); return false; }
PreservedAnalyses LinkRuntimePass::run(Module &, ModuleAnalysisManager &) { return PreservedAnalyses::all(); }
} // namespace cordon
