//===- cordon/Toolchain.h - tools and files outside the process -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where ptxas, fatbinary, nvlink, libdevice and the runtime bitcode are looked for, and how they are run.
//===----------------------------------------------------------------------===//
#ifndef CORDON_TOOLCHAIN_H
#define CORDON_TOOLCHAIN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace cordon {

/// An architecture: "sm_90", "sm_90a", "sm_100f" (machine code) or "compute_90" (PTX).
struct GPUArch {
  unsigned SM = 75;       ///< major * 10 + minor
  char Suffix = 0;        ///< 'a', 'f' or 0
  bool Virtual = false;   ///< compute_NN: PTX only
  std::string smName() const;      ///< "sm_90a", LLVM's and ptxas' spelling
  std::string name() const;        ///< as it was written
  bool operator==(const GPUArch &O) const { return SM == O.SM && Suffix == O.Suffix && Virtual == O.Virtual; }
};

/// Parses one name. An unknown one is an error that lists those that Cordon knows.
llvm::Expected<GPUArch> parseArch(llvm::StringRef Name);
/// Parses a list separated by ':' or ','; drops doubles; keeps order.
llvm::Expected<std::vector<GPUArch>> parseArchList(llvm::StringRef Names);
/// The lowest PTX version (major * 10 + minor, at least 80) with which LLVM and ptxas take \p Arch.
unsigned minimumPTXVersion(const GPUArch &Arch);
/// "8.3" or "83" to 83; an error that lists the known ones where LLVM does not know it or it is below the minimum.
llvm::Expected<unsigned> parsePTXVersion(llvm::StringRef Text, llvm::ArrayRef<GPUArch> Archs);

/// "sm_75", "sm_90a", "compute_75", ...: all that parseArch takes.
std::vector<std::string> knownArchNames();
/// The PTX versions that LLVM and ptxas both take, lowest first.
llvm::ArrayRef<unsigned> knownPTXVersions();

/// Looks for "ptxas", "fatbinary" or "nvlink": -cordon-cuda-path (its bin folder), PATH, the toolkit that Cordon was
/// configured with, /usr/local/cuda/bin. The error lists the places and names the fix.
llvm::Expected<std::string> findCudaTool(llvm::StringRef Name);
/// libdevice.10.bc: \p Override if given, else in the same toolkits.
llvm::Expected<std::string> findLibdevice(llvm::StringRef Override);
/// libcudadevrt.a, which kernels that launch kernels need; in the same toolkits.
llvm::Expected<std::string> findCudaDeviceRuntime();
/// cordon-runtime.bc: \p Override if given, else beside the plugin or driver that runs.
llvm::Expected<std::string> findRuntime(llvm::StringRef Override);

/// What -cordon-cuda-path=\p Folder says, for the driver.
void setCudaPath(llvm::StringRef Folder);

/// Runs a tool; its standard output and error come back in \p Log. An error names the command and what the tool said.
llvm::Error runTool(llvm::StringRef Program, llvm::ArrayRef<std::string> Args, std::string &Log);

/// Prints steps and commands to stderr when the driver got -v.
extern bool Verbose;

} // namespace cordon

#endif // CORDON_TOOLCHAIN_H
