//===- cordon/DeviceUse.h - which function is device code, and why -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The analysis that everything else acts on. It classifies every function of a host module as device-only,
// reaches-device or host, says which are kernels, and keeps the evidence. docs/reference.md defines the words.
//===----------------------------------------------------------------------===//
#ifndef CORDON_DEVICEUSE_H
#define CORDON_DEVICEUSE_H

#include "cordon/Findings.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/PassManager.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/MemoryBuffer.h"

namespace llvm {
class Function;
class GlobalValue;
class GlobalVariable;
} // namespace llvm

namespace cordon {

/// One piece of evidence: a use in \c F that says that F is device code.
struct Evidence {
  Rule R; ///< the rule under which a leak of it is reported
  const llvm::Function *F;
  const llvm::Instruction *At; ///< null for evidence on the function itself (calling convention, mark, weak stub)
  std::string Symbol;
  std::string Detail; ///< end of the message: what it is and what would happen
};

class DeviceUse {
public:
  enum class Side : uint8_t { Host, ReachesDevice, DeviceOnly };

  /// False for device modules (NVPTX, AMDGPU, SPIR-V): nothing is classified then.
  bool isHostModule() const { return HostModule; }
  /// True when nothing in the module belongs to the device: no evidence, no kernel, no device variable.
  bool isClean() const { return DeviceOnly.empty() && Kernels.empty() && DeviceVariables.empty(); }

  Side sideOf(const llvm::Function &F) const;
  bool isDeviceOnly(const llvm::Function &F) const { return DeviceOnly.contains(&F); }
  bool isKernel(const llvm::Function &F) const { return Kernels.contains(&F); }

  /// In module order.
  const llvm::SetVector<const llvm::Function *> &deviceOnly() const { return DeviceOnly; }
  const llvm::SetVector<const llvm::Function *> &kernels() const { return Kernels; }
  /// Variables in device address spaces (1, 3, 4), and those marked cordon.device-variable.
  const llvm::SetVector<const llvm::GlobalVariable *> &deviceVariables() const { return DeviceVariables; }
  /// For each reaches-device function the nearest device-only one (ties: by name).
  const llvm::DenseMap<const llvm::Function *, const llvm::Function *> &reachesDevice() const { return Reaches; }
  const std::vector<Evidence> &evidence() const { return AllEvidence; }
  /// Functions marked cordon.host that have evidence all the same.
  const std::vector<Evidence> &overriddenEvidence() const { return Overridden; }

  /// Host stubs that clang, nvcc or Cordon made for kernels: never kernels themselves.
  bool isHostStub(const llvm::Function &F) const { return HostStubs.contains(&F); }
  /// True where names that host CUDA and cudadevrt share (cudaDeviceSynchronize) mean the device's.
  bool ambiguousNamesAreDevice() const { return AmbiguousAreDevice; }

  /// The shortest chain from a root (externally visible or address-taken) to \p F, both included.
  std::vector<ChainStep> chainTo(const llvm::Function &F) const;

  bool invalidate(llvm::Module &, const llvm::PreservedAnalyses &, llvm::ModuleAnalysisManager::Invalidator &);

  // Filled by the analysis; read through the functions above.
  bool HostModule = false;
  bool AmbiguousAreDevice = false;
  llvm::DenseSet<const llvm::Function *> HostStubs;
  llvm::SetVector<const llvm::Function *> DeviceOnly, Kernels;
  llvm::SetVector<const llvm::GlobalVariable *> DeviceVariables;
  llvm::DenseMap<const llvm::Function *, const llvm::Function *> Reaches;
  /// Shortest-path tree from the roots: the step before a function, and the table it goes through, if any.
  struct Predecessor {
    const llvm::Function *From = nullptr;
    const llvm::GlobalValue *Via = nullptr;
    bool Address = false; ///< the address is taken, there is no direct call
  };
  llvm::DenseMap<const llvm::Function *, Predecessor> ChainTree;
  std::vector<Evidence> AllEvidence, Overridden;
};

/// Symbols that only exist on the device: the built-in table, extended by a user's file (one name or glob a line, '#'
/// starts a comment).
class DeviceSymbols {
public:
  /// Reads \p File. Returns a message that names the fix on failure, empty on success.
  std::string addFile(llvm::StringRef File);
  /// A name that is evidence by itself: gpu_*, julia.gpu.*, __nvvm_reflect, sm_major, cudaGetParameterBuffer ...
  bool isDeviceRuntime(llvm::StringRef Name) const;
  /// The cudadevrt names that no host library has: cudaGetParameterBuffer*, cudaLaunchDevice*, cudaCG*, __cudaCDP2*.
  static bool isDeviceOnlyCudaRuntime(llvm::StringRef Name);
  /// GPUCompiler's runtime functions, which host modules may hold with weak placeholder bodies.
  static bool isRuntimeFunction(llvm::StringRef Name);
  /// The cudadevrt names that the host's CUDA runtime has as well.
  static bool isAmbiguousCudaRuntime(llvm::StringRef Name);
  /// __nv_*.
  static bool isLibdevice(llvm::StringRef Name);
  /// vprintf, malloc, free.
  static bool isDeviceSystemCall(llvm::StringRef Name);

private:
  llvm::StringSet<> Names;
  std::vector<llvm::GlobPattern> Globs;
  std::vector<std::shared_ptr<llvm::MemoryBuffer>> Files; ///< which the globs refer to
};

class DeviceUseAnalysis : public llvm::AnalysisInfoMixin<DeviceUseAnalysis> {
public:
  using Result = DeviceUse;
  DeviceUseAnalysis() = default;
  explicit DeviceUseAnalysis(DeviceSymbols Symbols) : Symbols(std::move(Symbols)) {}
  Result run(llvm::Module &M, llvm::ModuleAnalysisManager &);
  static bool isRequired() { return true; }

private:
  friend llvm::AnalysisInfoMixin<DeviceUseAnalysis>;
  static llvm::AnalysisKey Key;
  DeviceSymbols Symbols;
};

/// The analysis without a pass manager.
DeviceUse computeDeviceUse(llvm::Module &M, const DeviceSymbols &Symbols);

/// The analysis of several modules that will be linked into one program: what one declares another may define, launch or
/// call. One result for each module, in their order; functions in results may belong to any of them.
std::vector<DeviceUse> computeProgramUse(llvm::ArrayRef<llvm::Module *> Program, const DeviceSymbols &Symbols);

} // namespace cordon

#endif // CORDON_DEVICEUSE_H
