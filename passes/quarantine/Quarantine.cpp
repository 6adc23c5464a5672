//===- quarantine/Quarantine.cpp - the split, step by step ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plan, build the device module, then change the host: libdevice calls, shadows, stubs, entries. Nothing is changed
// before every reason to refuse has been looked for.
//===----------------------------------------------------------------------===//

#include "cordon/DevicePasses.h"
#include "cordon/Entries.h"
#include "cordon/Passes.h"
#include "quarantine/BuiltinVariables.h"
#include "quarantine/DeviceModule.h"
#include "quarantine/HostMath.h"
#include "quarantine/HostStubs.h"
#include "quarantine/LaunchStubs.h"
#include "quarantine/MendedBodies.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cordon {

static std::vector<Entry> kernelEntries(const SplitPlan &Plan) {
  std::vector<Entry> Entries;
  for (Function *K : Plan.Kernels) {
    if (!Plan.Closure.contains(K))
      continue; // roots= left it out
    Entry E;
    E.Host = K;
    E.SourceName = sourceName(*K).str();
    E.DeviceName = encodeDeviceName(E.SourceName);
    Entries.push_back(std::move(E));
  }
  return Entries;
}

/// Before the shadows take the places of the variables.
static std::vector<Entry> variableEntries(const Module &Host, const SplitPlan &Plan) {
  std::vector<Entry> Entries;
  for (GlobalVariable *V : Plan.Shadowed) {
    Entry E;
    E.Kind = Entry::Variable;
    E.SourceName = sourceName(*V).str();
    E.DeviceName = encodeDeviceName(E.SourceName);
    E.Size = Host.getDataLayout().getTypeAllocSize(V->getValueType());
    E.Flags = deviceAddressSpace(*V, Plan.Marks) == 4 ? Entry::Constant
              : isManaged(*V, Plan.Marks)             ? Entry::Managed
                                                      : Entry::None;
    Entries.push_back(std::move(E));
  }
  return Entries;
}

/// An entry is launched by its name. What has none cannot be named by another object either, and becomes local.
static void nameEntries(const SplitPlan &Plan) {
  auto Name = [](GlobalValue &V) {
    if (V.hasName())
      return;
    V.setName("cordon_unnamed");
    V.setLinkage(GlobalValue::InternalLinkage);
    V.setVisibility(GlobalValue::DefaultVisibility);
  };
  for (Function *F : Plan.DeviceOnly)
    if (!F->hasAvailableExternallyLinkage())
      Name(*F);
  for (GlobalVariable *V : Plan.Shadowed)
    Name(*V);
}

/// The device module, or null where there is nothing for it or where it is not valid.
static std::unique_ptr<Module> buildChecked(Module &Host, const SplitPlan &Plan, FindingSet &Findings) {
  if (Plan.DeviceOnly.empty() && Plan.Closure.empty())
    return nullptr;
  std::unique_ptr<Module> Device = buildDeviceModule(Host, Plan);
  separateCalledKernels(*Device);
  // Where kernels are called by <<<>>>, their stubs launch with the host's parameters.
  if (Host.getTargetTriple().isX86_64() && !pushesConfigurations(Host)) {
    joinSplitParameters(*Device);
    warnOfSplitParameters(Host, *Device, Findings);
  }
  lowerSharedLocals(*Device);
  lowerBuiltinVariables(*Device);
  matchIntrinsics(*Device, Findings);
  std::string Broken;
  raw_string_ostream OS(Broken);
  if (!verifyModule(*Device, &OS))
    return Device;
  checkIntrinsicSignatures(*Device, Findings);
  if (!Findings.hasErrors())
    Findings.fail("the device module is not valid IR (a fault of Cordon, or of the module: run opt -passes=verify on "
                  "it): " + Broken);
  return nullptr;
}

std::unique_ptr<Module> quarantine(Module &Host, const DeviceUse &Use, const QuarantineOptions &Opts,
                                   FindingSet &Findings, bool &Changed) {
  Changed = false;
  if (!Use.isHostModule())
    return nullptr;
  Changed = joinFrontEndShadows(Host);
  FindingSet Refusals;
  SplitPlan Plan;
  planSplit(Host, Use, Opts, Plan, Refusals);
  checkHostMath(Host, Plan, Refusals);
  bool Refused = Refusals.hasErrors(), Known = Refusals.failures().empty();
  for (const Finding &F : Refusals.findings()) {
    Known &= F.R != Rule::UnsupportedFunction;
    Findings.add(F);
  }
  for (const std::string &F : Refusals.failures())
    Findings.fail(F);
  if (Refused) {
    FindingSet NotReported; // what is wrong may come of what has been refused
    return Known ? buildChecked(Host, Plan, NotReported) : nullptr;
  }
  if (Plan.empty())
    return nullptr;
  nameEntries(Plan);
  FindingSet Invalid;
  std::unique_ptr<Module> Device = buildChecked(Host, Plan, Invalid);
  for (const Finding &F : Invalid.findings())
    Findings.add(F);
  for (const std::string &F : Invalid.failures())
    Findings.fail(F);
  if (Invalid.hasErrors())
    return nullptr;

  Changed = true;
  std::vector<Entry> Entries = kernelEntries(Plan);
  std::vector<Entry> Variables = variableEntries(Host, Plan);
  StubCalls Calls(Host, Opts);
  mendHostBodies(Plan, Calls);
  stubHost(Host, Plan, Opts, Calls);
  joinLaunchStubs(Host, Plan, Calls, Entries);
  mapHostMath(Host);
  for (auto [E, V] : zip(Variables, shadowVariables(Host, Plan))) {
    E.Host = V;
    Entries.push_back(std::move(E));
  }
  if (!Entries.empty())
    writeEntries(Host, Entries);
  return Device;
}

PreservedAnalyses QuarantinePass::run(Module &M, ModuleAnalysisManager &AM) {
  const DeviceUse &Use = AM.getResult<DeviceUseAnalysis>(M);
  FindingSet Findings;
  bool Changed = false;
  if (Opts.DeviceOut.empty())
    Findings.fail("cordon-quarantine needs a file for the device module: cordon-quarantine<device-out=FILE>");
  else if (std::unique_ptr<Module> Device = quarantine(M, Use, Opts, Findings, Changed); Device && !Findings.hasErrors())
    if (Error E = writeToOutput(Opts.DeviceOut, [&](raw_ostream &OS) {
          WriteBitcodeToFile(*Device, OS);
          return Error::success();
        }))
      Findings.fail("cannot write the device module '" + Opts.DeviceOut + "': " + toString(std::move(E)));
  Findings.report(M);
  return Changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

} // namespace cordon
