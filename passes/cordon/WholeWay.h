//===- cordon/WholeWay.h - the stages of `cordon` ---------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Three steps, so that a compiler may do something else meanwhile: what needs the host module, what needs the device
// module alone, and what puts the image into the host module.
//===----------------------------------------------------------------------===//
#ifndef CORDON_CORDON_WHOLEWAY_H
#define CORDON_CORDON_WHOLEWAY_H

#include "cordon/Passes.h"
#include "llvm/Support/MemoryBuffer.h"

namespace cordon {

class WholeWay {
public:
  WholeWay(llvm::Module &Host, const CordonOptions &Opts, FindingSet &Findings)
      : Host(Host), Opts(Opts), Findings(Findings), Name(moduleName(Host)) {}

  /// Detect, quarantine, prepare, link. Null where nothing is left to do, or \c Findings has an error.
  std::unique_ptr<llvm::Module> split(bool &Changed);
  /// The image: a fat binary, or bitcode for the device linker.
  std::unique_ptr<llvm::MemoryBuffer> lower(llvm::Module &Device);
  bool embed(llvm::MemoryBufferRef Image, bool HasState);

private:
  static std::string moduleName(const llvm::Module &M);
  void report(const DeviceUse &Use);
  void step(llvm::StringRef What) const;
  void saveTemp(const llvm::Module &M, llvm::StringRef Suffix);
  bool prepare(llvm::Module &Device);
  bool isRelocatable() const { return Opts.Embed.As == EmbedOptions::AsKind::Offload; }
  void refuseUndefined(llvm::Module &Device, FindingSet &Into);
  void refuseMore(llvm::Module &Device);

  llvm::Module &Host;
  const CordonOptions &Opts;
  FindingSet &Findings;
  std::string Name;
};

/// True where the runtime's state is in a lowered module.
bool hasState(const llvm::Module &Device);
/// Reports, and empties \p M after an error. \p Changed: by what was done before.
llvm::PreservedAnalyses reportAll(llvm::Module &M, FindingSet &Findings, bool Changed);
/// All steps, one after the other.
llvm::PreservedAnalyses runAtOnce(llvm::Module &M, const CordonOptions &Opts);

} // namespace cordon

#endif // CORDON_CORDON_WHOLEWAY_H
