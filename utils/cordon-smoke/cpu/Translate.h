//===- cpu/Translate.h - from a device module to running code ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses device bitcode or textual IR, runs the steps of Program.h and hands the result to ORC.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CPU_TRANSLATE_H
#define CORDON_SMOKE_CPU_TRANSLATE_H

#include "Program.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

namespace cordon::smoke::cpu {

class Image {
public:
  /// Returns an error message, or an empty string.
  std::string load(llvm::StringRef Data, const std::string &Path, const BackendOptions &Options);
  Program &program() { return P; }

private:
  // The order matters: the module lives in the context, code in the JIT.
  std::unique_ptr<llvm::orc::LLJIT> JIT;
  std::unique_ptr<llvm::LLVMContext> Context;
  Program P;

  std::string compile(const BackendOptions &Options);
};

} // namespace cordon::smoke::cpu

#endif // CORDON_SMOKE_CPU_TRANSLATE_H
