//===- analysis/EvidenceCollector.h - what says "device"? -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds all direct evidence of device code in a module. What can be found from a declaration's users is found that way;
// only address spaces and inline assembly need a look at every instruction.
//===----------------------------------------------------------------------===//
#ifndef CORDON_ANALYSIS_EVIDENCECOLLECTOR_H
#define CORDON_ANALYSIS_EVIDENCECOLLECTOR_H

#include "analysis/LaunchTargets.h"
#include "analysis/PTXAsm.h"
#include "cordon/DeviceUse.h"
#include "llvm/IR/Module.h"

namespace cordon {

/// `cordon.*` marks, as function attributes or through clang's annotate.
struct Marks {
  llvm::DenseSet<const llvm::Function *> Kernel, Device, Host;
  llvm::DenseSet<const llvm::GlobalVariable *> DeviceVariable;
};

/// True for NVPTX intrinsics, under current, old and unknown names.
bool isDeviceIntrinsic(const llvm::Function &F);
/// True for GPUCompiler's placeholder of a runtime function: weak or internal, and its body only returns nothing, zero
/// or the pointer 1.
bool isRuntimePlaceholder(const llvm::Function &F);

class EvidenceCollector {
public:
  /// \p Elsewhere: names that other modules of the program define. \p Launched: names that they launch.
  EvidenceCollector(const llvm::Module &M, const DeviceSymbols &Symbols, const llvm::StringSet<> &Elsewhere,
                    const llvm::StringSet<> &Launched);

  /// Everything found, by function in module order.
  std::vector<Evidence> collect();
  const Marks &marks() const { return Marked; }
  const LaunchTargets &launches() const { return Launches; }
  /// Kernels by convention, annotation, mark or launch; marks of `cordon.host` are not looked at.
  const llvm::DenseSet<const llvm::Function *> &kernels() const { return Kernels; }
  bool ambiguousAreDevice() const { return AmbiguousAreDevice; }

private:
  void add(Rule R, const llvm::Function &F, const llvm::Instruction *At, llvm::StringRef Symbol,
           const llvm::Twine &Detail);
  void addUses(const llvm::Value &V, Rule R, llvm::StringRef Symbol, llvm::StringRef Detail);
  void collectDeclarations();
  void collectVprintf(const llvm::Function &F);
  Marks collectMarks() const;
  void collectDefinitions();
  void collectFunction(const llvm::Function &F, bool Annotated);
  bool isStub(const llvm::Function &F) const;
  void collectDeviceVariables();
  void scanBody(const llvm::Function &F);
  void addSpace(const llvm::Instruction &I, unsigned Space);
  void kernel(const llvm::Function &F, const llvm::Twine &Detail);

  const llvm::Module &M;
  const DeviceSymbols &Symbols;
  const llvm::StringSet<> &Elsewhere, &Launched;
  Marks Marked;
  LaunchTargets Launches;
  PTXAsmClassifier Asm;
  bool AmbiguousAreDevice = false;
  llvm::DenseSet<const llvm::Function *> Kernels;
  llvm::DenseSet<const llvm::Function *> Attributed; ///< with an attribute that matters here
  std::vector<const llvm::Function *> Declarations, Placeholders;
  std::vector<Evidence> Found;
};

} // namespace cordon

#endif // CORDON_ANALYSIS_EVIDENCECOLLECTOR_H
