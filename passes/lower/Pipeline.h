//===- lower/Pipeline.h - passes of the device pipeline ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes that lowering adds to LLVM's pipeline, one class for each row of Pipeline.def, which says where each runs.
//===----------------------------------------------------------------------===//
#ifndef CORDON_LOWER_PIPELINE_H
#define CORDON_LOWER_PIPELINE_H

#include "llvm/IR/Analysis.h"
#include "llvm/IR/PassManager.h"

namespace llvm {
class Loop;
} // namespace llvm

namespace cordon {

#define CORDON_PIPELINE_PASS(CLASS, NAME, POINT, WITHOUT)                                                              \
  class CLASS##Pass : public llvm::PassInfoMixin<CLASS##Pass> {                                                        \
  public:                                                                                                              \
    llvm::PreservedAnalyses run(llvm::Function &F, llvm::FunctionAnalysisManager &AM);                                 \
    static bool isRequired() { return WITHOUT[0] == '\0'; }                                                            \
  };
#define CORDON_PIPELINE_MODULE_PASS(CLASS, NAME, WITHOUT)                                                              \
  class CLASS##Pass : public llvm::PassInfoMixin<CLASS##Pass> {                                                        \
  public:                                                                                                              \
    llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &AM);                                     \
  };
#include "lower/Pipeline.def"

/// Where in the pipeline a pass stands.
enum class PipelinePoint { Start, Early, Peephole, BeforeUnroller, AfterUnroller, End };

/// Adds the passes of \p Point that run at \p OptLevel and are not switched off; false if there are none.
bool addPipelinePasses(PipelinePoint Point, unsigned OptLevel, llvm::FunctionPassManager &FPM);

/// Adds the module passes, which run before all others.
void addPipelineModulePasses(unsigned OptLevel, llvm::ModulePassManager &MPM);

/// Adds the pass called \p Name to \p MPM; false if there is none of that name.
bool addPipelinePassByName(llvm::StringRef Name, llvm::ModulePassManager &MPM);

/// What is preserved by a pass that leaves the blocks and their edges as they are.
inline llvm::PreservedAnalyses keepingBlocks(bool Changed) {
  llvm::PreservedAnalyses PA = Changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
  PA.preserveSet<llvm::CFGAnalyses>();
  return PA;
}

/// Unrolls \p L by \p Count and marks it and its remainder. \p Runtime: one test for all rounds, and a remainder; else each
/// round keeps its exit unless the number of rounds is known. Analyses are kept up to date.
void unrollBy(llvm::Loop &L, unsigned Count, bool Runtime, llvm::Function &F, llvm::FunctionAnalysisManager &AM);

} // namespace cordon

#endif // CORDON_LOWER_PIPELINE_H
