//===- cordon/Driver.h - the parts of the cordon driver ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each command is a function from arguments to an exit code: 0; 1 for a finding of level error or a failed step; 2 for
// usage or unreadable input. main() runs it in a child process, since untrusted bitcode can crash LLVM.
//===----------------------------------------------------------------------===//
#ifndef CORDON_UTILS_DRIVER_H
#define CORDON_UTILS_DRIVER_H

#include "Arguments.h"
#include "cordon/Findings.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

namespace cordon::driver {

enum ExitCode { Success = 0, Failure = 1, Usage = 2 };

int runCheck(const Arguments &Args);
int runSplit(const Arguments &Args);
int runDevice(const Arguments &Args);
int runBuild(const Arguments &Args);
void printCapabilities(llvm::raw_ostream &OS);

/// Says what the process is at, for the message if it crashes. \p Reading: the fault is the input's.
void enterStep(const llvm::Twine &What, bool Reading = false);

/// Prints "cordon: error: MESSAGE" and returns \p Code.
int fail(ExitCode Code, const llvm::Twine &Message);
int fail(ExitCode Code, llvm::Error E);

/// A context whose errors are printed and do not end the process.
void prepareContext(llvm::LLVMContext &Context);
/// Reports \p Findings; the exit code.
int finish(FindingSet &Findings, llvm::Module &M);

/// Bitcode, or text where \p Path ends in ".ll"; through a temporary file. \p Path may be "-".
llvm::Error writeModule(const llvm::Module &M, llvm::StringRef Path);
llvm::Error writeBytes(llvm::StringRef Bytes, llvm::StringRef Path);

/// How host code is made.
struct HostCodeOptions {
  std::string CPU; ///< empty: the triple's baseline; "native" is this machine's
  std::optional<bool> PIC; ///< unknown: what the module's flags say, else position-independent
  std::optional<unsigned> OptLevel; ///< optimizes the module first where given
};
/// An object file for \p M, whose triple must be x86-64 or AArch64.
llvm::Expected<std::string> compileHost(llvm::Module &M, const HostCodeOptions &Opts);
/// The targets that compileHost can make code for, for --capabilities.
std::vector<std::string> hostTargets();

} // namespace cordon::driver

#endif // CORDON_UTILS_DRIVER_H
