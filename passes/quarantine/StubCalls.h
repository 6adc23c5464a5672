//===- quarantine/StubCalls.h - "was called on the host" --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The code that runs where host control flow arrives at device code: one line and abort, a trap, or a language's throw.
//===----------------------------------------------------------------------===//
#ifndef CORDON_QUARANTINE_STUBCALLS_H
#define CORDON_QUARANTINE_STUBCALLS_H

#include "cordon/Passes.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace cordon {

/// What the host's back end or unwinder needs to know about any function.
llvm::AttributeSet hostAttributes(const llvm::Function &F);

class StubCalls {
public:
  StubCalls(llvm::Module &M, const QuarantineOptions &Opts) : M(M), C(M.getContext()), Opts(Opts) {}

  /// Emits what does not return at \p IR; \p Name is the device function that the message names.
  void emit(llvm::IRBuilder<> &IR, llvm::StringRef Name);

private:
  llvm::Constant *text(llvm::StringRef Text);
  llvm::FunctionCallee libc(llvm::StringRef Name, llvm::FunctionType *Type);
  llvm::Function *helper(const llvm::Function &Like);

  llvm::Module &M;
  llvm::LLVMContext &C;
  const QuarantineOptions &Opts;
  llvm::Function *Helper = nullptr;
};

} // namespace cordon

#endif // CORDON_QUARANTINE_STUBCALLS_H
