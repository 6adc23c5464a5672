//===- device/Prepare.cpp - all repairs, then all refusals ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-prepare-device` runs the table of repairs from top to bottom, then looks for what no repair can make right.

#include "cordon/Passes.h"
#include "device/Checks.h"
#include "device/Repairs.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"

using namespace llvm;

namespace cordon {
namespace {

// The order matters: what attributes tell before they are stripped, names of intrinsics before convergence, unwinding
// before typeinfo, and dead code last.
constexpr Repair Table[] = {{"cordon-retarget", retarget},
                            {"cordon-upgrade-intrinsics", upgradeIntrinsics},
                            {"cordon-match-intrinsics", matchIntrinsics},
                            {"cordon-cuda-atomics", relaxCudaAtomics},
                            {"cordon-strip-host-attributes", stripHostState},
                            {"cordon-drop-optnone", dropOptNone},
                            {"cordon-mark-convergent", markConvergent},
                            {"cordon-replace-aliases", replaceAliases},
                            {"cordon-keep-entries", keepEntries},
                            {"cordon-fix-linkage", fixLinkage},
                            {"cordon-lower-exceptions", lowerExceptions},
                            {"cordon-lower-printf", lowerPrintf},
                            {"cordon-drop-rtti", dropRTTI},
                            {"cordon-undo-relative-tables", undoRelativeTables},
                            {"cordon-pack-initializers", packInitializers},
                            {"cordon-lower-address-spaces", lowerAddressSpaces},
                            {"cordon-lower-atomics", lowerAtomics},
                            {"cordon-lower-strict-fp", lowerStrictFP},
                            {"cordon-lower-matrices", lowerMatrices},
                            {"cordon-lower-libm", lowerLibm},
                            {"cordon-lower-math", lowerMath},
                            {"cordon-round-integers", roundIntegers},
                            {"cordon-resolve-reflect", resolveReflect},
                            {"cordon-legalize-names", legalizeNames},
                            {"cordon-drop-unused", dropUnused}};

/// One repair as a pass.
class RepairPass : public PassInfoMixin<RepairPass> {
public:
  explicit RepairPass(const Repair &R) : R(&R) {}
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    FindingSet Findings;
    bool Changed = R->Run(M, Findings);
    Findings.report(M);
    return Changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
  }
  static bool isRequired() { return true; }

private:
  const Repair *R;
};

void runChecks(Module &Device, const PrepareDeviceOptions &Opts, FindingSet &Findings) {
  Checker C(Device, Findings);
  checkSignatures(C);
  checkFunctions(C);
  checkTypes(C);
  checkAddressSpaces(C);
  checkLayouts(C);
  checkVariables(C);
  checkConstantWrites(C);
  checkIntrinsics(C);
  checkAssembly(C);
  checkAtomics(C);
  checkHostAddresses(C);
  // The PTX version is chosen later; here counts what the newest can do.
  for (const GPUArch &Arch : Opts.Archs)
    checkArchSupport(C, Arch, 90);
}

} // namespace

ArrayRef<Repair> repairs() { return Table; }

bool addRepairByName(StringRef Name, ModulePassManager &MPM) {
  for (const Repair &R : Table)
    if (R.Name == Name) {
      MPM.addPass(RepairPass(R));
      return true;
    }
  return false;
}

bool prepareDevice(Module &Device, const PrepareDeviceOptions &Opts, FindingSet &Findings) {
  for (const Repair &R : Table)
    R.Run(Device, Findings);
  runChecks(Device, Opts, Findings);
  return !Findings.hasErrors();
}

PreservedAnalyses PrepareDevicePass::run(Module &M, ModuleAnalysisManager &) {
  FindingSet Findings;
  prepareDevice(M, Opts, Findings);
  Findings.report(M);
  return PreservedAnalyses::none();
}

} // namespace cordon
