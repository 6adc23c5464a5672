//===- analysis/DeviceUse.cpp - which function is device code, and why ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Puts evidence, marks and callers together: device-only by evidence, reaches-device by a path to it, host otherwise.
//===----------------------------------------------------------------------===//

#include "cordon/DeviceUse.h"
#include "analysis/CallGraph.h"
#include "analysis/EvidenceCollector.h"

using namespace llvm;

namespace cordon {

AnalysisKey DeviceUseAnalysis::Key;

DeviceUse DeviceUseAnalysis::run(Module &M, ModuleAnalysisManager &) { return computeDeviceUse(M, Symbols); }

DeviceUse::Side DeviceUse::sideOf(const Function &F) const {
  return isDeviceOnly(F) ? Side::DeviceOnly : Reaches.contains(&F) ? Side::ReachesDevice : Side::Host;
}

bool DeviceUse::invalidate(Module &, const PreservedAnalyses &PA, ModuleAnalysisManager::Invalidator &) {
  return !PA.areAllPreserved();
}

std::vector<ChainStep> DeviceUse::chainTo(const Function &F) const { return chainFrom(ChainTree, F); }

static bool isHostTriple(const Triple &T) {
  return !T.isNVPTX() && !T.isAMDGPU() && !T.isSPIROrSPIRV() && !T.isDXIL() && T.getArch() != Triple::renderscript32 &&
         T.getArch() != Triple::renderscript64;
}

/// Breadth first from the device-only functions to those that come to them. Level by level, so that among the nearest
/// the first by name is kept.
static void findReaching(DeviceUse &Use, ReverseCalls &Calls) {
  std::vector<const Function *> Level(Use.DeviceOnly.begin(), Use.DeviceOnly.end());
  auto Nearest = [&](const Function *F) { return Use.isDeviceOnly(*F) ? F : Use.Reaches.lookup(F); };
  while (!Level.empty()) {
    llvm::MapVector<const Function *, const Function *> Next;
    for (const Function *To : Level)
      for (const ReverseCalls::Edge &E : Calls.into(*To)) {
        auto *From = dyn_cast<Function>(E.From);
        if (!From || E.Kind == ReverseCalls::Table || Use.isDeviceOnly(*From) || Use.Reaches.contains(From))
          continue;
        // Hosts launch kernels by address.
        if (E.Kind == ReverseCalls::Address && Use.isKernel(*To))
          continue;
        const Function *&Best = Next[From];
        if (!Best || Nearest(To)->getName() < Best->getName())
          Best = Nearest(To);
      }
    Level.clear();
    for (const auto &[F, Best] : Next) {
      Use.Reaches[F] = Best;
      Level.push_back(F);
    }
  }
}

static void findDeviceVariables(const Module &M, const Marks &Marked, DeviceUse &Use) {
  for (const GlobalVariable &G : M.globals()) {
    unsigned Space = G.getAddressSpace();
    if (G.hasAttribute("cordon.shadow") || G.getName().starts_with("llvm."))
      continue;
    if (Space == 1 || Space == 3 || Space == 4 || Marked.DeviceVariable.contains(&G))
      Use.DeviceVariables.insert(&G);
  }
}

DeviceUse computeDeviceUse(Module &M, const DeviceSymbols &Symbols) {
  DeviceUse Use;
  Use.HostModule = isHostTriple(M.getTargetTriple());
  if (!Use.HostModule)
    return Use;
  EvidenceCollector Collector(M, Symbols);
  std::vector<Evidence> All = Collector.collect();
  Use.HostStubs = Collector.launches().HostStubs;
  Use.AmbiguousAreDevice = Collector.ambiguousAreDevice();
  DenseSet<const Function *> Device;
  for (Evidence &E : All) {
    if (E.F->hasFnAttribute("cordon.stub"))
      continue;
    if (Collector.marks().Host.contains(E.F)) {
      Use.Overridden.push_back(std::move(E));
      continue;
    }
    Device.insert(E.F);
    Use.AllEvidence.push_back(std::move(E));
  }
  if (!Device.empty())
    for (const Function &F : M)
      if (Device.contains(&F)) {
        Use.DeviceOnly.insert(&F);
        if (Collector.kernels().contains(&F))
          Use.Kernels.insert(&F);
      }
  findDeviceVariables(M, Collector.marks(), Use);
  ReverseCalls Calls;
  findReaching(Use, Calls);
  std::vector<const Function *> Targets(Use.DeviceOnly.begin(), Use.DeviceOnly.end());
  for (const Evidence &E : Use.Overridden)
    Targets.push_back(E.F);
  if (!Targets.empty())
    Use.ChainTree = findChains(M, Calls, Targets);
  return Use;
}

} // namespace cordon
