//===- lower/LoweredTarget.h - one architecture's code ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What lowering for one architecture starts from and ends with, and the way of it through a pipe from a child process.
//===----------------------------------------------------------------------===//
#ifndef CORDON_LOWER_LOWEREDTARGET_H
#define CORDON_LOWER_LOWEREDTARGET_H

#include "cordon/Toolchain.h"
#include "llvm/Support/raw_ostream.h"

namespace cordon {

/// One PTX text: sm_90 and compute_90 share theirs.
struct LoweredTarget {
  GPUArch Arch;        ///< not virtual
  bool WantsCubin = false, WantsPTX = false;
  unsigned PTXVersion = 80;
  // Results of code generation.
  std::string PTX;
  std::string CodegenError; ///< why the back end did not take it
  bool NeedsDeviceRuntime = false;
  std::vector<std::string> Warnings;
};

/// A target's results on their way from a child: lengths first, so that text may hold anything.
void writeTarget(const LoweredTarget &T, llvm::raw_ostream &Out);
void readTarget(LoweredTarget &T, llvm::StringRef Bytes);

} // namespace cordon

#endif // CORDON_LOWER_LOWEREDTARGET_H
