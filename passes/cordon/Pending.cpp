//===- cordon/Pending.cpp - stands in for stages that are not merged yet ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cordon/DevicePasses.h"
#include "cordon/Passes.h"

namespace cordon {
__attribute__((weak)) void detectLeaks(llvm::Module &, const DeviceUse &, const DetectOptions &, FindingSet &) {}
__attribute__((weak)) void applyLevels(const DetectOptions &, FindingSet &) {}
__attribute__((weak)) void writeReport(llvm::Module &, const DeviceUse &, const DetectOptions &, FindingSet &) {}
__attribute__((weak)) std::string DeviceSymbols::addFile(llvm::StringRef) { return "not built yet"; }
__attribute__((weak)) bool DeviceSymbols::isLibdevice(llvm::StringRef Name) { return Name.starts_with("__nv_"); }
__attribute__((weak)) void checkClosure(llvm::Module &, FindingSet &) {}
} // namespace cordon
