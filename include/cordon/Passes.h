//===- cordon/Passes.h - the passes and the stages behind them --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each stage is a function (for the driver and the `cordon` pass) and a thin pass class around it that reports what the
// stage found. Option structs have the defaults of the reference; passes/settings/ turns text into them.
//===----------------------------------------------------------------------===//
#ifndef CORDON_PASSES_H
#define CORDON_PASSES_H

#include "cordon/DeviceUse.h"
#include "cordon/Findings.h"
#include "cordon/Toolchain.h"
#include "llvm/IR/PassManager.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace cordon {

//===--- detect ---------------------------------------------------------------------------------------------------===//

enum class ReportFormat : uint8_t { Text, JSON, SARIF, HTML };

struct DetectOptions {
  ReportFormat Format = ReportFormat::Text;
  std::string Output = "-";
  std::optional<Level> AllLevels;   ///< level=
  std::vector<std::string> Errors;  ///< error=: rules raised to errors
  std::vector<std::string> Warnings;///< warning=
  std::string IgnoreFile;
  std::string SymbolsFile;
  std::vector<std::string> HostLibs;
};

/// Adds all host findings of \p M. Reads the files that \p Opts names.
void detectLeaks(llvm::Module &M, const DeviceUse &Use, const DetectOptions &Opts, FindingSet &Findings);
/// Applies level=, error=, warning= and ignore=; adds a finding or failure for unused ignore entries and unknown rules.
void applyLevels(const DetectOptions &Opts, FindingSet &Findings);
/// Writes the report in \p Opts.Format to \p Opts.Output.
void writeReport(llvm::Module &M, const DeviceUse &Use, const DetectOptions &Opts, FindingSet &Findings);

class DetectPass : public llvm::PassInfoMixin<DetectPass> {
public:
  explicit DetectPass(DetectOptions Opts) : Opts(std::move(Opts)) {}
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &AM);
  static bool isRequired() { return true; }

private:
  DetectOptions Opts;
};

//===--- quarantine -----------------------------------------------------------------------------------------------===//

struct QuarantineOptions {
  std::string DeviceOut; ///< file for the device module; the pass needs it, the stage function ignores it
  enum class StubKind : uint8_t { Abort, Trap, Call } Stub = StubKind::Abort;
  std::string StubSymbol; ///< for call:SYMBOL
  std::vector<std::string> Kernels;
  enum class RootsKind : uint8_t { Kernels, Visible, Names } Roots = RootsKind::Kernels;
  std::vector<std::string> RootNames;
};

/// Moves the device code of \p Host into a new module and stubs what stays behind. Leaves `!cordon.entries` in \p Host.
/// \p Changed says whether \p Host was touched. Returns null where there is nothing to move. Where \p Findings got an
/// error, \p Host is unchanged, and the result, if any, is good for looking for more to refuse only.
std::unique_ptr<llvm::Module> quarantine(llvm::Module &Host, const DeviceUse &Use, const QuarantineOptions &Opts,
                                         FindingSet &Findings, bool &Changed);

class QuarantinePass : public llvm::PassInfoMixin<QuarantinePass> {
public:
  explicit QuarantinePass(QuarantineOptions Opts) : Opts(std::move(Opts)) {}
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &AM);
  static bool isRequired() { return true; }

private:
  QuarantineOptions Opts;
};

//===--- prepare-device -------------------------------------------------------------------------------------------===//

struct PrepareDeviceOptions {
  std::vector<GPUArch> Archs = {GPUArch()};
};

/// All repairs in order, then all refusals. False if \p Findings got an error.
bool prepareDevice(llvm::Module &Device, const PrepareDeviceOptions &Opts, FindingSet &Findings);

class PrepareDevicePass : public llvm::PassInfoMixin<PrepareDevicePass> {
public:
  explicit PrepareDevicePass(PrepareDeviceOptions Opts) : Opts(std::move(Opts)) {}
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &AM);
  static bool isRequired() { return true; }

private:
  PrepareDeviceOptions Opts;
};

//===--- link-runtime ---------------------------------------------------------------------------------------------===//

struct LinkRuntimeOptions {
  std::vector<GPUArch> Archs = {GPUArch()};
  std::string Runtime;   ///< bitcode file; empty: the one beside the plugin
  std::string Libdevice; ///< empty: the toolkit's
  enum class ExceptionKind : uint8_t { Trap, Exit } Exception = ExceptionKind::Trap;
};

/// Links what \p Device needs of runtime and libdevice, internalizes all but entries. Does not fold __nvvm_reflect where
/// Opts.Archs has more than one element: lowering does it for each architecture.
bool linkRuntime(llvm::Module &Device, const LinkRuntimeOptions &Opts, FindingSet &Findings);

class LinkRuntimePass : public llvm::PassInfoMixin<LinkRuntimePass> {
public:
  explicit LinkRuntimePass(LinkRuntimeOptions Opts) : Opts(std::move(Opts)) {}
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &AM);
  static bool isRequired() { return true; }

private:
  LinkRuntimeOptions Opts;
};

//===--- lower ----------------------------------------------------------------------------------------------------===//

struct LowerOptions {
  std::vector<GPUArch> Archs = {GPUArch()};
  std::string PTXVersion; ///< empty: the lowest that architecture and code need, at least 8.0
  enum class EmitKind : uint8_t { FatBinary, Cubin, PTX } Emit = EmitKind::FatBinary;
  std::string Output; ///< the pass needs it, the stage function ignores it
  enum class DebugKind : uint8_t { Lines, None, Full } Debug = DebugKind::Lines;
  enum class CompressKind : uint8_t { Default, Size, Balance, Speed, None } Compress = CompressKind::Default;
  unsigned OptLevel = 2;
  std::string SaveTemps;  ///< folder, or empty
  std::string ModuleName; ///< NAME of save-temps files; empty: from the module
  bool SaveReproducer = true; ///< where a tool fails
};

/// Optimizes and lowers a prepared, linked module. \p Device is consumed where it need not be cloned. Null on error.
std::unique_ptr<llvm::MemoryBuffer> lowerDevice(llvm::Module &Device, const LowerOptions &Opts, FindingSet &Findings);

class LowerPass : public llvm::PassInfoMixin<LowerPass> {
public:
  explicit LowerPass(LowerOptions Opts) : Opts(std::move(Opts)) {}
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &AM);
  static bool isRequired() { return true; }

private:
  LowerOptions Opts;
};

//===--- embed ----------------------------------------------------------------------------------------------------===//

struct EmbedOptions {
  std::string Image; ///< the pass needs it, the stage function ignores it
  std::vector<GPUArch> Archs = {GPUArch()}; ///< what as=offload asks the linker for
  enum class AsKind : uint8_t { Cuda, Offload } As = AsKind::Cuda;
  /// How the host module refers to libcordonrt: weakly (a program without it runs), or so that a linker takes it.
  enum class HostRuntimeKind : uint8_t { Weak, Needed } HostRuntime = HostRuntimeKind::Weak;
  std::optional<bool> HasState; ///< whether the image has __cordon_state; unknown: its bytes are searched
};

/// Embeds \p Image and registers `!cordon.entries`. False if \p Findings got an error.
bool embedImage(llvm::Module &Host, llvm::MemoryBufferRef Image, const EmbedOptions &Opts, FindingSet &Findings);

class EmbedPass : public llvm::PassInfoMixin<EmbedPass> {
public:
  explicit EmbedPass(EmbedOptions Opts) : Opts(std::move(Opts)) {}
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &AM);
  static bool isRequired() { return true; }

private:
  EmbedOptions Opts;
};

//===--- the whole way --------------------------------------------------------------------------------------------===//

struct CordonOptions {
  DetectOptions Detect;
  QuarantineOptions Quarantine;
  PrepareDeviceOptions Prepare;
  LinkRuntimeOptions Link;
  LowerOptions Lower;
  EmbedOptions Embed;
  std::string Report;                               ///< report=FILE
  ReportFormat ReportAs = ReportFormat::Text;       ///< report-format=
  std::string SaveTemps;                            ///< save-temps=DIR
};

/// Detect, quarantine, prepare, link, lower, embed, in memory. \p Changed says whether \p Host was touched. False if
/// \p Findings got an error; \p Host is then not to be used.
bool runCordon(llvm::Module &Host, const CordonOptions &Opts, FindingSet &Findings, bool &Changed);

class CordonPass : public llvm::PassInfoMixin<CordonPass> {
public:
  explicit CordonPass(CordonOptions Opts) : Opts(std::move(Opts)) {}
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &AM);
  static bool isRequired() { return true; }

private:
  CordonOptions Opts;
};

/// `cordon` in two steps, for a compiler's pipeline: between them a child lowers the device while the host is optimized.
class OverlappedCordon {
public:
  OverlappedCordon();
  ~OverlappedCordon();
  /// The start of the pipeline. Does the rest at once where no child should: in a process with threads, or one that wants
  /// to hear what the device's optimization says.
  llvm::PreservedAnalyses start(llvm::Module &M, const CordonOptions &Opts);
  /// The end of the pipeline: waits for the image and embeds it.
  llvm::PreservedAnalyses finish(llvm::Module &M);

private:
  struct State;
  std::unique_ptr<State> Begun;
};

} // namespace cordon

#endif // CORDON_PASSES_H
