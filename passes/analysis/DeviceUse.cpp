//===- analysis/DeviceUse.cpp ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cordon/Passes.h"

using namespace llvm;

namespace cordon {
AnalysisKey DeviceUseAnalysis::Key;
DeviceUse DeviceUseAnalysis::run(Module &M, ModuleAnalysisManager &) { return computeDeviceUse(M, Symbols); }
DeviceUse computeDeviceUse(Module &, const DeviceSymbols &) { return DeviceUse(); }
DeviceUse::Side DeviceUse::sideOf(const Function &F) const { return isDeviceOnly(F) ? Side::DeviceOnly : Reaches.contains(&F) ? Side::ReachesDevice : Side::Host; }
bool DeviceUse::invalidate(Module &, const PreservedAnalyses &PA, ModuleAnalysisManager::Invalidator &) { return !PA.areAllPreserved(); }
} // namespace cordon
