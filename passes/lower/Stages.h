//===- lower/Stages.h - the steps from device IR to a fat binary -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Internal to passes/lower/: debug information, optimization, code generation, assembling. Lower.cpp runs them in order.
//===----------------------------------------------------------------------===//
#ifndef CORDON_LOWER_STAGES_H
#define CORDON_LOWER_STAGES_H

#include "cordon/Passes.h"
#include "llvm/Target/TargetMachine.h"

namespace cordon {

/// Fits the debug information to what ptxas takes: line tables alone (full speed), none, or everything.
/// Returns true where any is left.
bool prepareDebugInfo(llvm::Module &M, LowerOptions::DebugKind Kind);

/// The NVPTX back end of the libLLVM that runs, for \p Arch and PTX version \p PTX (major * 10 + minor).
llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createDeviceMachine(const llvm::Module &M, const GPUArch &Arch,
                                                                         unsigned PTX, unsigned OptLevel);

/// The part of the pipeline that does not depend on the architecture; for modules that go to several.
void simplifyForAll(llvm::Module &M, llvm::TargetMachine &TM, unsigned OptLevel);
/// The device pipeline; folds __nvvm_reflect. \p Simplified: simplifyForAll has run.
void optimizeDevice(llvm::Module &M, llvm::TargetMachine &TM, unsigned OptLevel, bool Simplified);

/// PTX text of an optimized module, made in a child process, since the back end aborts on what it cannot select.
/// \p PTX is raised to the version that the code needs, unless \p Fixed. Warnings come back in \p Warnings.
llvm::Expected<std::string> generatePTX(llvm::Module &M, const GPUArch &Arch, unsigned &PTX, bool Fixed,
                                        unsigned OptLevel, std::vector<std::string> &Warnings);

/// The PTX version that \p M's operations need and the back end does not ask for; 0: none.
unsigned neededPTXVersion(const llvm::Module &M);
/// True where \p M holds assembly that no back end reads; the runtime's own is known to be old.
bool hasInlinePTX(const llvm::Module &M);
/// The newest version that ptxas asks for in \p Log; 0 where it asks for none.
unsigned requestedPTXVersion(llvm::StringRef Log);
void setPTXVersion(std::string &PTX, unsigned Version);

/// The PTX of a large module from several back ends side by side, each a run of \p Generate in a child on a part of \p M;
/// none where it is not large, or where a part failed.
std::optional<std::string> generateInParts(llvm::Module &M,
                                           llvm::function_ref<llvm::Error(llvm::Module &, llvm::raw_ostream &)> Generate,
                                           std::vector<std::string> &Warnings);

/// A folder that is removed with its contents.
class ScratchFolder {
public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder &) = delete;
  ScratchFolder &operator=(const ScratchFolder &) = delete;
  bool valid() const { return !Path.empty(); }
  std::string file(const llvm::Twine &Name) const;

private:
  std::string Path;
};

/// One ptxas run.
struct AssembleJob {
  GPUArch Arch;
  std::string PTXFile;   ///< in
  std::string CubinFile; ///< out
  unsigned OptLevel = 2;
  bool LineInfo = false;
  bool FullDebug = false;
  bool LinkDeviceRuntime = false; ///< libcudadevrt is needed
  unsigned MaxRegisters = 0;      ///< the smallest number that a kernel is limited to; 0: none is
  bool LimitFunctions = false;    ///< all code is limited to it
  unsigned PTXVersion = 0;        ///< of PTXFile; raised there where ptxas asks for a newer one
  bool MayRaiseVersion = false;
  bool Large = false; ///< its functions are worth being compiled side by side
  // Results.
  std::string Log;
  std::string Error; ///< empty: it worked
  bool ToolMissing = false; ///< nothing ran
};

/// PTX from this size on is a large job.
constexpr size_t LargePTX = 256 << 10;

/// Runs all jobs, side by side where there are several.
void assemble(llvm::MutableArrayRef<AssembleJob> Jobs);
/// The command line of a job, for reproducers.
std::string assembleCommand(const AssembleJob &Job);

/// Packs cubins and PTX files into \p Output.
struct FatImage {
  GPUArch Arch;
  std::string File;
  bool IsPTX;
};
/// \p Identifier stands in the file in plain text, whatever is compressed; empty for none.
llvm::Error packFatBinary(llvm::ArrayRef<FatImage> Images, LowerOptions::CompressKind Compress, llvm::StringRef Identifier,
                          const std::string &Output);

llvm::Error writeFile(const llvm::Twine &Path, llvm::StringRef Bytes);
llvm::Expected<std::string> readFile(const llvm::Twine &Path);

} // namespace cordon

#endif // CORDON_LOWER_STAGES_H
