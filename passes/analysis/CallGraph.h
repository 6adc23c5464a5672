//===- analysis/CallGraph.h - who can come to a function? -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callers, found backwards from the functions that matter: a module without device code never pays for a call graph.
//===----------------------------------------------------------------------===//
#ifndef CORDON_ANALYSIS_CALLGRAPH_H
#define CORDON_ANALYSIS_CALLGRAPH_H

#include "cordon/DeviceUse.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/GlobalValue.h"
#include "llvm/Support/Allocator.h"

namespace cordon {

class ReverseCalls {
public:
  enum KindTy : uint8_t {
    Call,    ///< From calls To, also through an alias or an ifunc
    Address, ///< an instruction of From uses To's address
    Table    ///< an instruction of From uses the variable To, or the variable From holds To's address
  };
  struct Edge {
    const llvm::GlobalValue *From; ///< a function, or a variable whose initializer names To
    KindTy Kind;
  };
  ReverseCalls() = default;
  /// Several modules of one program: a use of a declaration is a use of the definition in another module.
  explicit ReverseCalls(llvm::ArrayRef<const llvm::Module *> Program);
  /// Edges into a function or a variable, each pair of From and Kind once. Valid as long as this object.
  llvm::ArrayRef<Edge> into(const llvm::GlobalValue &To);
  /// True where another module of the program uses \p Definition.
  bool isUsedElsewhere(const llvm::GlobalValue &Definition) const {
    return !Definition.hasLocalLinkage() && Declarations.contains(Definition.getName());
  }

private:
  llvm::StringMap<std::vector<const llvm::GlobalValue *>> Declarations;
  llvm::DenseMap<const llvm::GlobalValue *, llvm::ArrayRef<Edge>> Known;
  llvm::BumpPtrAllocator Memory; // a module has millions of edges: no heap block for each list
};

using ChainMap = llvm::DenseMap<const llvm::Function *, DeviceUse::Predecessor>;

/// Shortest paths from roots to \p Targets, with the functions between. Roots are the externally visible functions; what
/// none of them comes to starts at functions whose address is taken; what is left starts at itself.
ChainMap findChains(llvm::ArrayRef<const llvm::Module *> Program, ReverseCalls &Calls, llvm::ArrayRef<const llvm::Function *> Targets);
/// The chain to \p F, root first. One of more than \p Most steps keeps the last ones, behind a step named "...".
std::vector<ChainStep> chainFrom(const ChainMap &Chains, const llvm::Function &F, size_t Most = SIZE_MAX);

} // namespace cordon

#endif // CORDON_ANALYSIS_CALLGRAPH_H
