//===- lower/Pipeline.cpp - the table of Cordon's own passes --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes of Pipeline.def's rows the switches, the passes of each point of the pipeline, and the passes by name.

#include "lower/Pipeline.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"

using namespace llvm;

namespace cordon {
namespace {

/// Registered only where a pass may be left out.
struct Switch {
  Switch(StringRef Name, StringRef Without) {
    if (!Without.empty())
      Off.emplace(Name, cl::Hidden, cl::desc(Without));
  }
  operator bool() const { return Off && *Off; }
  std::optional<cl::opt<bool>> Off;
};

#define CORDON_PIPELINE_PASS(CLASS, NAME, POINT, WITHOUT)                                                              \
  const Switch No##CLASS("cordon-no-" NAME, WITHOUT[0] ? "Cordon: " WITHOUT : "");
#define CORDON_PIPELINE_MODULE_PASS(CLASS, NAME, WITHOUT) const Switch No##CLASS("cordon-no-" NAME, "Cordon: " WITHOUT);
#include "lower/Pipeline.def"

} // namespace

bool addPipelinePasses(PipelinePoint Point, unsigned OptLevel, FunctionPassManager &FPM) {
#define CORDON_PIPELINE_PASS(CLASS, NAME, POINT, WITHOUT)                                                              \
  if (Point == PipelinePoint::POINT && (CLASS##Pass::isRequired() || (OptLevel >= 2 && !No##CLASS)))                   \
    FPM.addPass(CLASS##Pass());
#include "lower/Pipeline.def"
  return !FPM.isEmpty();
}

void addPipelineModulePasses(unsigned OptLevel, ModulePassManager &MPM) {
#define CORDON_PIPELINE_PASS(CLASS, NAME, POINT, WITHOUT)
#define CORDON_PIPELINE_MODULE_PASS(CLASS, NAME, WITHOUT)                                                              \
  if (OptLevel >= 2 && !No##CLASS)                                                                                     \
    MPM.addPass(CLASS##Pass());
#include "lower/Pipeline.def"
}

bool addPipelinePassByName(StringRef Name, ModulePassManager &MPM) {
#define CORDON_PIPELINE_PASS(CLASS, NAME, POINT, WITHOUT)                                                              \
  if (Name == "cordon-" NAME) {                                                                                        \
    MPM.addPass(createModuleToFunctionPassAdaptor(CLASS##Pass()));                                                     \
    return true;                                                                                                       \
  }
#define CORDON_PIPELINE_MODULE_PASS(CLASS, NAME, WITHOUT)                                                              \
  if (Name == "cordon-" NAME) {                                                                                        \
    MPM.addPass(CLASS##Pass());                                                                                        \
    return true;                                                                                                       \
  }
#include "lower/Pipeline.def"
  return false;
}

} // namespace cordon
