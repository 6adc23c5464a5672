//===- quarantine/Annotations.h - marks of the front end --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// clang's annotate("cordon.*") ends in @llvm.global.annotations. This reads the rows that the split needs and takes them
// out of the host module once they have been acted on, leaving other people's annotations alone.
//===----------------------------------------------------------------------===//
#ifndef CORDON_QUARANTINE_ANNOTATIONS_H
#define CORDON_QUARANTINE_ANNOTATIONS_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace llvm {
class Constant;
class GlobalObject;
class Module;
class Value;
} // namespace llvm

namespace cordon {

class Annotations {
public:
  void read(const llvm::Module &M);
  bool has(const llvm::GlobalObject &V, llvm::StringRef Mark) const;
  /// The integers of annotate("cordon.launch_bounds", N[, M]).
  llvm::ArrayRef<uint64_t> launchBounds(const llvm::GlobalObject &V) const;

private:
  void readSections(const llvm::Module &M);
  void readManaged(const llvm::Module &M);

  struct MarksOf {
    llvm::SmallVector<llvm::StringRef, 2> Names;
    llvm::SmallVector<uint64_t, 2> LaunchBounds;
  };
  llvm::DenseMap<const llvm::GlobalObject *, MarksOf> Marks;
};

/// The text of a constant string that \p V points to, or empty.
llvm::StringRef constantText(const llvm::Value *V);

/// Drops each "cordon.*" row of \p M's annotations whose object \p Gone accepts.
void dropAnnotations(llvm::Module &M, llvm::function_ref<bool(const llvm::GlobalObject &)> Gone);

} // namespace cordon

#endif // CORDON_QUARANTINE_ANNOTATIONS_H
