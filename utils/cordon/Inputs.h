//===- cordon/Inputs.h - the files that the driver reads --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FILE of a command: bitcode, textual IR, an object with embedded bitcode, or an archive of these.
//===----------------------------------------------------------------------===//
#ifndef CORDON_UTILS_INPUTS_H
#define CORDON_UTILS_INPUTS_H

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <string>
#include <vector>

namespace cordon::driver {

/// One module of an input file, or a member of an archive that is none.
struct InputModule {
  std::string Name;   ///< "app.bc", "libapp.a(kernel.o)"
  std::string Member; ///< "kernel.o"; empty where the file is no archive
  std::string Bytes;  ///< bitcode or textual IR; a foreign member as it is
  bool IsModule = true; ///< false: an archive member without IR, which host archives keep
  unsigned Index = 0; ///< which of the modules in Bytes, where bitcode holds several
};

/// All modules of \p File ("-": standard input). The error names the file and the fix.
llvm::Expected<std::vector<InputModule>> readInputs(llvm::StringRef File);

/// Parses and verifies one.
llvm::Expected<std::unique_ptr<llvm::Module>> parseInput(const InputModule &Input, llvm::LLVMContext &Context);

} // namespace cordon::driver

#endif // CORDON_UTILS_INPUTS_H
