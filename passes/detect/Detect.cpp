//===- detect/Detect.cpp ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cordon/Passes.h"

using namespace llvm;

namespace cordon {
PreservedAnalyses DetectPass::run(Module &, ModuleAnalysisManager &) { return PreservedAnalyses::all(); }
} // namespace cordon
