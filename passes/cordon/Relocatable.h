//===- cordon/Relocatable.h - device modules that are linked later -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For as=offload a device module is linked with those of other files. Internal to passes/cordon/.
//===----------------------------------------------------------------------===//
#ifndef CORDON_PIPELINE_RELOCATABLE_H
#define CORDON_PIPELINE_RELOCATABLE_H


#include "llvm/IR/GlobalValue.h"
#include <map>
#include <string>

namespace cordon {

/// What other files may name, and how; from the split to the linked module.
class RelocatableNames {
public:
  /// Gives entries that are local to \p Host names of their own, in \p Device and in `!cordon.entries`, and keeps what
  /// is visible from being internalized. Adds a failure for what the offloading link cannot do.
  RelocatableNames(llvm::Module &Host, llvm::Module &Device);
  /// Gives what is visible the linkage that it had, and lets several files have the runtime's state.
  void restore(llvm::Module &Device) const;

private:
  void renameLocalEntries(llvm::Module &Host, llvm::Module &Device);
  std::map<std::string, llvm::GlobalValue::LinkageTypes> Visible;
};

} // namespace cordon

#endif // CORDON_PIPELINE_RELOCATABLE_H
