//===- embed/Registration.h - the ways to register an image -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Internal to passes/embed/.
//===----------------------------------------------------------------------===//
#ifndef CORDON_EMBED_REGISTRATION_H
#define CORDON_EMBED_REGISTRATION_H

#include "cordon/Entries.h"
#include "cordon/Passes.h"
#include "llvm/ADT/STLExtras.h"

namespace llvm {
class Constant;
class GlobalVariable;
class Twine;
class Type;
}

namespace cordon {

/// What both ways need to know.
struct Registration {
  llvm::MemoryBufferRef Image;
  std::vector<Entry> Entries;
  std::vector<GPUArch> Archs; ///< for as=offload
  bool hasManaged() const {
    return llvm::any_of(Entries, [](const Entry &E) { return E.isManaged(); });
  }
  bool HasState = false; ///< __cordon_state is among the entries, with a shadow of our own
  EmbedOptions::HostRuntimeKind HostRuntime = EmbedOptions::HostRuntimeKind::Weak;
};

/// Registers with the CUDA runtime, as clang does for code that is not relocatable.
void registerWithCuda(llvm::Module &M, const Registration &R);

/// A constructor that tells libcordonrt of an image that somebody else registers with the CUDA runtime.
void registerWithHostRuntime(llvm::Module &M, const Registration &R);

/// Leaves image and entries to stock `clang --offload-link`. False, with a failure, where \p R.Image is no bitcode.
bool emitOffloadEntries(llvm::Module &M, const Registration &R, FindingSet &Findings);

/// The `struct cordon_image` of \p M, with \p State as its state symbol.
llvm::GlobalVariable *createImageRecord(llvm::Module &M, llvm::Constant *State);

/// A function of libcordonrt.
llvm::Function *declareHostRuntime(llvm::Module &M, llvm::StringRef Name, bool TakesImage,
                                   EmbedOptions::HostRuntimeKind Kind);

/// Calls \p Ready, which takes the pointer of a managed variable, before each load of one in \p M.
void prepareManaged(const Registration &R, llvm::Function *Ready);

/// An internal function `void NAME(PARAMS)` with an entry block.
llvm::Function *createInternalFunction(llvm::Module &M, const llvm::Twine &Name,
                                       llvm::ArrayRef<llvm::Type *> Params = {});

/// Calls __cordon_before_launch before each launch in \p M.
void prepareLaunches(llvm::Module &M, EmbedOptions::HostRuntimeKind Kind);

} // namespace cordon

#endif // CORDON_EMBED_REGISTRATION_H
