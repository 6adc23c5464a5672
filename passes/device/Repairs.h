//===- device/Repairs.h - the repairs as passes of their own ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A repair turns one kind of host-shaped IR into what NVPTX means by it. Each is a function here, a file of that job,
// and a pass of its own. A repair may run twice, on any module, and leaves alone what it is not about.
//===----------------------------------------------------------------------===//
#ifndef CORDON_DEVICE_REPAIRS_H
#define CORDON_DEVICE_REPAIRS_H

#include "cordon/Findings.h"
#include "llvm/IR/PassManager.h"

namespace cordon {

struct Repair {
  llvm::StringLiteral Name; ///< pass name
  bool (*Run)(llvm::Module &M, FindingSet &Findings); ///< true if it changed something
};

/// All repairs, in the order in which cordon-prepare-device runs them.
llvm::ArrayRef<Repair> repairs();

/// Adds the repair pass called \p Name to \p MPM; false if there is none of that name.
bool addRepairByName(llvm::StringRef Name, llvm::ModulePassManager &MPM);

bool retarget(llvm::Module &M, FindingSet &Findings);
bool relaxCudaAtomics(llvm::Module &M, FindingSet &Findings);
bool stripHostState(llvm::Module &M, FindingSet &Findings);
bool dropOptNone(llvm::Module &M, FindingSet &Findings);
bool roundIntegers(llvm::Module &M, FindingSet &Findings);
bool upgradeIntrinsics(llvm::Module &M, FindingSet &Findings);
bool matchIntrinsics(llvm::Module &M, FindingSet &Findings);
bool markConvergent(llvm::Module &M, FindingSet &Findings);
bool replaceAliases(llvm::Module &M, FindingSet &Findings);
bool keepEntries(llvm::Module &M, FindingSet &Findings);
bool lowerExceptions(llvm::Module &M, FindingSet &Findings);
bool lowerPrintf(llvm::Module &M, FindingSet &Findings);
bool fixLinkage(llvm::Module &M, FindingSet &Findings);
bool dropRTTI(llvm::Module &M, FindingSet &Findings);
bool undoRelativeTables(llvm::Module &M, FindingSet &Findings);
bool packInitializers(llvm::Module &M, FindingSet &Findings);
bool lowerAddressSpaces(llvm::Module &M, FindingSet &Findings);
bool lowerAtomics(llvm::Module &M, FindingSet &Findings);
bool lowerStrictFP(llvm::Module &M, FindingSet &Findings);
bool lowerMatrices(llvm::Module &M, FindingSet &Findings);
bool lowerLibm(llvm::Module &M, FindingSet &Findings);
bool lowerMath(llvm::Module &M, FindingSet &Findings);
bool legalizeNames(llvm::Module &M, FindingSet &Findings);
bool resolveReflect(llvm::Module &M, FindingSet &Findings);
bool dropUnused(llvm::Module &M, FindingSet &Findings);

} // namespace cordon

#endif // CORDON_DEVICE_REPAIRS_H
