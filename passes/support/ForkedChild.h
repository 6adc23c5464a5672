//===- support/ForkedChild.h - work that may abort, in a child --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM's back ends end the process when they meet something that they cannot select. Whatever may do that runs in a
// forked child: the caller gets bytes, or the message that would have been the last words of the process.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SUPPORT_FORKEDCHILD_H
#define CORDON_SUPPORT_FORKEDCHILD_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace llvm {
class LLVMContext;
} // namespace llvm

namespace cordon {

struct ChildResult {
  bool Ok = false;
  std::string Bytes;                 ///< what the work wrote to its stream; only complete where Ok
  std::string Error;                 ///< why it failed, without "LLVM ERROR:" and without a full stop; empty where Ok
  std::vector<std::string> Warnings; ///< diagnostics below level error, in order
};

/// Runs \p Work in a forked child and returns what it wrote. It counts as failed where it returns an error, where
/// \p Context (may be null) gets a diagnostic of level error, where LLVM reports a fatal error, and where the child dies
/// or takes longer than \p TimeoutSeconds. Nothing that \p Work changes in memory is seen by the caller; the child
/// prints nothing. Other threads of the caller do not run in the child: a lock that one of them held stays locked
/// there, which the time limit turns into an error.
ChildResult runInChild(llvm::LLVMContext *Context, llvm::function_ref<llvm::Error(llvm::raw_ostream &)> Work,
                       unsigned TimeoutSeconds = 600);

/// The same in two steps, so that several children can work side by side. Each started child must be waited for; a
/// child whose pipe is full sleeps until then.
struct ChildProcess {
  int Pid = -1;
  int Pipe = -1;
  std::string StartError;
};
ChildProcess startChild(llvm::LLVMContext *Context, llvm::function_ref<llvm::Error(llvm::raw_ostream &)> Work);
ChildResult waitForChild(ChildProcess &Child, unsigned TimeoutSeconds = 600);

} // namespace cordon

#endif // CORDON_SUPPORT_FORKEDCHILD_H
