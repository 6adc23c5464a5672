//===- analysis/DeviceUse.cpp - which function is device code, and why ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Puts evidence, marks and callers together: device-only by evidence, reaches-device by a path to it, host otherwise.
//===----------------------------------------------------------------------===//

#include "cordon/DeviceUse.h"
#include "analysis/CallGraph.h"
#include "analysis/EvidenceCollector.h"
#include "llvm/ADT/MapVector.h"

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

namespace {

class ProgramAnalysis {
public:
  ProgramAnalysis(ArrayRef<Module *> Program, const DeviceSymbols &Symbols)
      : Modules(Program.begin(), Program.end()), Symbols(Symbols), Uses(Program.size()), Declared(Program.size()) {}

  std::vector<DeviceUse> run() {
    for (size_t I = 0; I != Modules.size(); ++I)
      collect(I, {}, {});
    if (Modules.size() > 1)
      collectAcrossModules();
    for (size_t I = 0; I != Modules.size(); ++I)
      UseOf[Modules[I]] = &Uses[I];
    ReverseCalls Calls(Modules);
    findReaching(Calls);
    findChainTrees(Calls);
    return std::move(Uses);
  }

private:
  void collect(size_t Index, const StringSet<> &Elsewhere, const StringSet<> &Launched);
  void collectAcrossModules();
  void findReaching(ReverseCalls &Calls);
  void findChainTrees(ReverseCalls &Calls);
  DeviceUse &useOf(const Function &F) { return *UseOf.find(F.getParent())->second; }

  std::vector<const Module *> Modules;
  const DeviceSymbols &Symbols;
  std::vector<DeviceUse> Uses;
  std::vector<std::vector<StringRef>> Declared; ///< by module: launched there, defined elsewhere
  DenseMap<const Module *, DeviceUse *> UseOf;
};

void findDeviceVariables(const Module &M, const Marks &Marked, DeviceUse &Use) {
  for (const GlobalVariable &G : M.globals()) {
    unsigned Space = G.getAddressSpace();
    if (G.hasAttribute("cordon.shadow") || G.getName().starts_with("llvm."))
      continue;
    if (Space == 1 || Space == 3 || Space == 4 || Marked.DeviceVariable.contains(&G))
      Use.DeviceVariables.insert(&G);
  }
}

/// Evidence, kernels and variables of one module.
void ProgramAnalysis::collect(size_t Index, const StringSet<> &Elsewhere, const StringSet<> &Launched) {
  const Module &M = *Modules[Index];
  DeviceUse &Use = Uses[Index];
  Use = DeviceUse();
  Use.HostModule = isHostTriple(M.getTargetTriple());
  if (!Use.HostModule)
    return;
  EvidenceCollector Collector(M, Symbols, Elsewhere, Launched);
  std::vector<Evidence> All = Collector.collect();
  Use.HostStubs = Collector.launches().HostStubs;
  Use.AmbiguousAreDevice = Collector.ambiguousAreDevice();
  Declared[Index].clear();
  for (const Function *F : Collector.launches().Declared)
    Declared[Index].push_back(F->getName());
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
}

/// Once more, with what the first look at all modules has shown: names that one of them defines for the host are no
/// device runtime's in the others, and what one launches is a kernel in the module that defines it.
void ProgramAnalysis::collectAcrossModules() {
  StringSet<> Launched, HostDefinitions;
  for (const auto &Names : Declared)
    Launched.insert(Names.begin(), Names.end());
  for (size_t I = 0; I != Modules.size(); ++I)
    for (const GlobalObject &G : Modules[I]->global_objects()) {
      if (G.isDeclarationForLinker() || G.hasLocalLinkage() || !Symbols.isDeviceRuntime(G.getName()))
        continue;
      auto *F = dyn_cast<Function>(&G);
      if (Uses[I].HostModule && !(F && (Uses[I].isDeviceOnly(*F) || isRuntimePlaceholder(*F))))
        HostDefinitions.insert(G.getName());
    }
  if (Launched.empty() && HostDefinitions.empty())
    return;
  for (size_t I = 0; I != Modules.size(); ++I)
    collect(I, HostDefinitions, Launched);
}

/// Breadth first from the device-only functions to those that come to them. Level by level, so that among the nearest
/// the first by name is kept.
void ProgramAnalysis::findReaching(ReverseCalls &Calls) {
  std::vector<const Function *> Level;
  for (const DeviceUse &Use : Uses)
    append_range(Level, Use.DeviceOnly);
  auto Nearest = [&](const Function *F) {
    const DeviceUse &Use = useOf(*F);
    return Use.isDeviceOnly(*F) ? F : Use.Reaches.lookup(F);
  };
  while (!Level.empty()) {
    llvm::MapVector<const Function *, const Function *> Next;
    for (const Function *To : Level)
      for (const ReverseCalls::Edge &E : Calls.into(*To)) {
        auto *From = dyn_cast<Function>(E.From);
        if (!From || E.Kind == ReverseCalls::Table || useOf(*From).sideOf(*From) != DeviceUse::Side::Host)
          continue;
        // Hosts launch kernels by address.
        if (E.Kind == ReverseCalls::Address && useOf(*To).isKernel(*To))
          continue;
        const Function *&Best = Next[From];
        if (!Best || Nearest(To)->getName() < Best->getName())
          Best = Nearest(To);
      }
    Level.clear();
    for (const auto &[F, Best] : Next) {
      useOf(*F).Reaches[F] = Best;
      Level.push_back(F);
    }
  }
}

void ProgramAnalysis::findChainTrees(ReverseCalls &Calls) {
  std::vector<const Function *> Targets;
  for (const DeviceUse &Use : Uses) {
    append_range(Targets, Use.DeviceOnly);
    for (const Evidence &E : Use.Overridden)
      Targets.push_back(E.F);
  }
  if (Targets.empty())
    return;
  ChainMap Chains = findChains(Modules, Calls, Targets);
  if (Uses.size() == 1) {
    Uses.front().ChainTree = std::move(Chains);
    return;
  }
  // A chain may cross modules: each result takes the paths to its own functions.
  auto Take = [&](DeviceUse &Use, const Function *F) {
    while (F) {
      auto It = Chains.find(F);
      if (It == Chains.end() || !Use.ChainTree.try_emplace(F, It->second).second)
        return;
      F = It->second.From;
    }
  };
  for (DeviceUse &Use : Uses) {
    for (const Function *F : Use.DeviceOnly)
      Take(Use, F);
    for (const Evidence &E : Use.Overridden)
      Take(Use, E.F);
  }
}

} // namespace

std::vector<DeviceUse> computeProgramUse(ArrayRef<Module *> Program, const DeviceSymbols &Symbols) {
  return ProgramAnalysis(Program, Symbols).run();
}

DeviceUse computeDeviceUse(Module &M, const DeviceSymbols &Symbols) {
  return std::move(computeProgramUse(&M, Symbols).front());
}

} // namespace cordon
