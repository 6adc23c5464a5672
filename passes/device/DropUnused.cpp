//===- device/DropUnused.cpp - what nothing reaches any more --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-drop-unused`: after the repairs, handlers, typeinfo and personalities hang loose. They go before the checks, so
// that nobody is told about code that does not run.

#include "device/Repairs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassInstrumentation.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"

using namespace llvm;

namespace cordon {

bool dropUnused(Module &M, FindingSet &) {
  size_t Before = M.size() + M.global_size();
  ModuleAnalysisManager MAM;
  FunctionAnalysisManager FAM;
  MAM.registerPass([&] { return PassInstrumentationAnalysis(); });
  MAM.registerPass([&] { return FunctionAnalysisManagerModuleProxy(FAM); });
  FAM.registerPass([&] { return PassInstrumentationAnalysis(); });
  GlobalDCEPass().run(M, MAM);
  return M.size() + M.global_size() != Before;
}

} // namespace cordon
