//===- link/Link.h - the steps of cordon-link-runtime -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each step is a function on the device module. Those before linking turn what host-shaped code says into calls that a
// runtime file defines under exactly that name and type; those after it finish what came in.
//===----------------------------------------------------------------------===//
#ifndef CORDON_LINK_LINK_H
#define CORDON_LINK_LINK_H

#include "cordon/Findings.h"
#include "cordon/Passes.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace cordon {

/// Functions from a runtime file carry it: in them `malloc` is the driver's, and nothing is rewritten.
constexpr llvm::StringLiteral RuntimeAttr = "cordon-runtime";

/// The runtime files in the order of precedence, read lazily, and what they define.
class RuntimeFiles {
public:
  /// Reads \p Opts.Runtime, if any, and Cordon's own. Failures go to \p Findings.
  bool load(llvm::Module &Device, const LinkRuntimeOptions &Opts, FindingSet &Findings);
  /// The definition that would be linked for \p Name, or null.
  const llvm::GlobalValue *find(llvm::StringRef Name) const { return Defined.lookup(Name); }
  const llvm::Function *findFunction(llvm::StringRef Name) const;
  /// True if the user's own file defines \p Name.
  bool isUsers(llvm::StringRef Name) const;
  /// Links what \p Device needs. The files are gone afterwards.
  bool linkInto(llvm::Module &Device, FindingSet &Findings);

private:
  bool add(llvm::Module &Device, llvm::StringRef Path, bool IsUsers, FindingSet &Findings);
  std::vector<std::unique_ptr<llvm::Module>> Files;
  llvm::StringMap<const llvm::GlobalValue *> Defined;
  const llvm::Module *Users = nullptr;
};

/// Links libdevice where an `__nv_*` function is needed that nothing defines.
bool linkLibdevice(llvm::Module &Device, const LinkRuntimeOptions &Opts, FindingSet &Findings);

/// Placeholder bodies (weak gpu_*, other weak names of the runtime) become declarations.
void dropPlaceholders(llvm::Module &Device, const RuntimeFiles &Runtime);

/// julia.gpu.*, deferred_codegen, sm_major and kin, jl_*_type, the random generators' state.
void lowerJulia(llvm::Module &Device, const RuntimeFiles &Runtime, const LinkRuntimeOptions &Opts,
                FindingSet &Findings);

/// Variadic calls pass their arguments in one block: printf and kin to vprintf, others (NAME) to the runtime's
/// `__cordon_packed_NAME`.
void packVariadicCalls(llvm::Module &Device, const RuntimeFiles &Runtime);

/// Calls of libcudadevrt get the names and types of CUDA 13's; cudaLaunchKernel becomes the runtime's.
void bindCudaDeviceRuntime(llvm::Module &Device, FindingSet &Findings);

/// Gives `__cordon_kernels`, the kernels that device code can launch, its value.
void defineKernelTable(llvm::Module &Device);

/// malloc and kin become the runtime's allocator.
void bindHeap(llvm::Module &Device, const RuntimeFiles &Runtime);

/// Kernels that reach the heap and give no bounds get registers for blocks of any size.
void limitHeapRegisters(llvm::Module &Device);

/// Functions that do not return and that nobody on the device defines (throws, panics, aborts) record what happened.
void bindThrowers(llvm::Module &Device, const RuntimeFiles &Runtime);

/// Calls of a runtime function with another type than its definition: adapted where the bits agree, else reported.
void matchSignatures(llvm::Module &Device, const RuntimeFiles &Runtime, FindingSet &Findings);

/// The second half of it, after linking.
void mendAdapters(llvm::Module &Device);

/// True for CUDA.jl's kernel states: { ptr, i32 }, { i64, i32 }, [1 x i64].
bool isJuliaState(const llvm::Type *T);

/// The field of `__cordon_state` at \p Offset.
llvm::Value *loadStateField(llvm::IRBuilder<> &B, llvm::Module &M, llvm::Type *T, uint64_t Offset);

/// Gives `__cordon_julia_info` its value: from the state that kernels take first, or from the device variable.
void defineJuliaInfo(llvm::Module &Device);

/// Gives `__cordon_kernel_name` and `__cordon_exception_exit` their values.
void defineRuntimeConstants(llvm::Module &Device, const LinkRuntimeOptions &Opts);

/// Folds __nvvm_reflect for \p Arch.
/// With a null \p Arch only what is the same for all architectures.
void foldReflect(llvm::Module &Device, const GPUArch *Arch);

/// Adds a parameter of type \p Ty behind the others to each function from which \p Leaf is called, and replaces the calls
/// of \p Leaf by it. \p AtKernel makes the value in a kernel's entry block; where a function is called through a pointer
/// or from outside, \p Unknown makes it.
using MakeValue = llvm::function_ref<llvm::Value *(llvm::Function &In, llvm::Instruction *Before)>;
void threadValue(llvm::Module &Device, llvm::Function &Leaf, llvm::Type *Ty, MakeValue AtKernel, MakeValue Unknown);

inline bool isKernel(const llvm::Function &F) {
  return F.getCallingConv() == llvm::CallingConv::PTX_Kernel;
}
inline bool isFromRuntime(const llvm::Function &F) { return F.hasFnAttribute(RuntimeAttr); }

/// "void (i64)", for messages.
std::string typeText(const llvm::Type &T);

} // namespace cordon

#endif // CORDON_LINK_LINK_H
