//===- device/Checks.h - what no repair can make right ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks run after all repairs and look only at what a kernel reaches. Each adds its findings with the chain from the
// kernel; none changes the module.
//===----------------------------------------------------------------------===//
#ifndef CORDON_DEVICE_CHECKS_H
#define CORDON_DEVICE_CHECKS_H

#include "cordon/Findings.h"
#include "cordon/Toolchain.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

namespace llvm {
class Function;
class GlobalValue;
class GlobalVariable;
class Instruction;
class Module;
class Type;
} // namespace llvm

namespace cordon {

/// What the kernels reach; in a module without kernels, what its visible functions reach.
class Reach {
public:
  explicit Reach(const llvm::Module &M);

  /// Definitions and declarations, nearest first.
  const llvm::SetVector<const llvm::Function *> &functions() const { return Functions; }
  const llvm::SetVector<const llvm::GlobalVariable *> &variables() const { return Variables; }
  /// From a kernel to \p F, both included.
  std::vector<ChainStep> chainTo(const llvm::Function &F) const;
  /// The instruction through which \p G was reached first; null for an entry.
  const llvm::Instruction *firstUse(const llvm::GlobalValue &G) const { return FirstUse.lookup(&G); }

private:
  void visit(const llvm::Function &F);
  void reachValue(const llvm::GlobalValue &G, const llvm::Instruction *At, const llvm::Function *From,
                  const llvm::GlobalVariable *Via);

  struct Step {
    const llvm::Function *From;
    const llvm::GlobalVariable *Via;
  };
  llvm::SetVector<const llvm::Function *> Functions;
  llvm::SetVector<const llvm::GlobalVariable *> Variables;
  llvm::DenseMap<const llvm::Function *, Step> Before;
  llvm::DenseMap<const llvm::GlobalValue *, const llvm::Instruction *> FirstUse;
};

/// A type as messages name it, without the body of a named struct; the link stage's typeText prints all of it.
std::string shortTypeText(const llvm::Type &Ty);

/// What a check works on.
class Checker {
public:
  Checker(llvm::Module &M, FindingSet &Findings) : M(M), Reached(M), Findings(Findings) {}

  /// A finding at an instruction, or on function \p F where there is none.
  Finding &report(Rule R, llvm::StringRef Symbol, const llvm::Twine &Message, const llvm::Instruction *At,
                  const llvm::Function *F = nullptr);
  /// A finding on data, or on a callee: at its first use.
  Finding &report(Rule R, const llvm::GlobalValue &G, const llvm::Twine &Message);

  /// One reason is enough: later checks leave such an instruction alone.
  bool isReported(const llvm::Instruction &I) const { return Reported.contains(&I); }

  llvm::Module &M;
  const Reach Reached;

private:
  FindingSet &Findings;
  llvm::DenseSet<const llvm::Instruction *> Reported;
};

void checkSignatures(Checker &C);
void checkFunctions(Checker &C);
void checkTypes(Checker &C);
void checkAddressSpaces(Checker &C);
void checkLayouts(Checker &C);
void checkVariables(Checker &C);
void checkConstantWrites(Checker &C);
void checkIntrinsics(Checker &C);
void checkAssembly(Checker &C);
void checkAtomics(Checker &C);
void checkHostAddresses(Checker &C);
void checkArchSupport(Checker &C, const GPUArch &Arch, unsigned PTX);

} // namespace cordon

#endif // CORDON_DEVICE_CHECKS_H
