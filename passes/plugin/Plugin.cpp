//===- plugin/Plugin.cpp - registration: names, parameters, extension points ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nothing but registration. A pass gets its options from the `-cordon-PASS-NAME=` options first and from its `<a;b=c>`
// text on top of them. clang and other compilers run `cordon` at the start of the pipeline; opt only where it is named.
//===----------------------------------------------------------------------===//

#include "cordon/LLVMCompat.h"
#include "cordon/Passes.h"
#include "device/Repairs.h"
#include "lower/Pipeline.h"
#include "settings/Settings.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/WithColor.h"
#include <list>
#include <memory>

using namespace llvm;
using namespace cordon;

namespace {

cl::OptionCategory Category("Cordon options");

/// One table of settings as command-line options. They live as long as the plugin, as LLVM's registry asks.
template <typename T> class OptionGroup {
public:
  OptionGroup(StringRef Prefix, ArrayRef<Setting<T>> Table) : Table(Table) {
    for (const Setting<T> &S : Table) {
      Names.push_back(("cordon-" + Prefix + S.Name).str());
      Helps.push_back(("Cordon: " + S.Name + "=" + S.Values).str());
      Options.emplace_back(StringRef(Names.back()), cl::desc(Helps.back()), cl::cat(Category), cl::Hidden,
                           cl::ZeroOrMore); // the last one wins: a configuration file's can be overridden
    }
  }
  Error apply(StringRef Pass, T &Opts) const {
    auto O = Options.begin();
    for (const Setting<T> &S : Table) {
      if (O->getNumOccurrences())
        if (Error E = applySetting(Table, Pass, Opts, S.Name, *O))
          return E;
      ++O;
    }
    return Error::success();
  }

private:
  ArrayRef<Setting<T>> Table;
  std::list<std::string> Names, Helps; // lists: addresses stay
  std::list<cl::opt<std::string>> Options;
};

struct AllOptions {
  OptionGroup<DetectOptions> Detect{"detect-", detectSettings()};
  OptionGroup<QuarantineOptions> Quarantine{"quarantine-", quarantineSettings()};
  OptionGroup<PrepareDeviceOptions> Prepare{"prepare-device-", prepareDeviceSettings()};
  OptionGroup<LinkRuntimeOptions> Link{"link-runtime-", linkRuntimeSettings()};
  OptionGroup<LowerOptions> Lower{"lower-", lowerSettings()};
  OptionGroup<EmbedOptions> Embed{"embed-", embedSettings()};
  OptionGroup<CordonOptions> Cordon{"", cordonSettings()};
};

AllOptions &options() {
  static AllOptions Options;
  return Options;
}
// LLVM parses the command line after it has loaded plugins: register at load time.
[[maybe_unused]] AllOptions &RegisterAtLoad = options();

/// If \p Text is \p Pass or `Pass<params>`, makes the pass; prints a wrong parameter and returns an empty function.
template <typename T>
std::optional<T> optionsFor(StringRef Text, StringRef Pass, ArrayRef<Setting<T>> Table, const OptionGroup<T> &Group,
                            T Opts = T()) {
  if (!Text.consume_front(Pass))
    return std::nullopt;
  if (!Text.empty() && !(Text.consume_front("<") && Text.consume_back(">")))
    return std::nullopt;
  Error E = Group.apply(Pass, Opts);
  if (!E)
    E = parseSettings(Table, Pass, Opts, Text);
  if (E) {
    // LLVM only says "unknown pass name" after this.
    WithColor::error(errs(), "cordon") << toString(std::move(E)) << "\n";
    return std::nullopt;
  }
  return Opts;
}

/// `cordon` in one pipeline of a compiler.
struct PipelineRun {
  OverlappedCordon Cordon;
  bool HasEnd = false; ///< the pipeline that is built reaches the point where its image is embedded
};

/// Where compilers run `cordon`. rustc builds its pipeline before it reads `-Cpasses=cordon<a;b=c>`, which would add a
/// second run at the end, and has no other way to pass parameters: they become this one's.
class AtStart : public PassInfoMixin<AtStart> {
public:
  AtStart(const CordonOptions &Opts, std::shared_ptr<PipelineRun> Run)
      : Opts(std::make_shared<CordonOptions>(Opts)), Run(std::move(Run)) {
    Latest = this->Opts;
  }
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &AM) {
    return Run->HasEnd ? Run->Cordon.start(M, *Opts) : CordonPass(*Opts).run(M, AM);
  }
  static bool isRequired() { return true; }
  /// The options of the pipeline that this thread builds, if it has such a pass.
  static std::shared_ptr<CordonOptions> latest() { return Latest.lock(); }

private:
  std::shared_ptr<CordonOptions> Opts;
  std::shared_ptr<PipelineRun> Run;
  static thread_local std::weak_ptr<CordonOptions> Latest;
};
thread_local std::weak_ptr<CordonOptions> AtStart::Latest;

bool parseModulePass(StringRef Name, ModulePassManager &MPM, ArrayRef<PassBuilder::PipelineElement>) {
  AllOptions &O = options();
  if (auto Opts = optionsFor(Name, "cordon-detect", detectSettings(), O.Detect))
    return MPM.addPass(DetectPass(*Opts)), true;
  if (auto Opts = optionsFor(Name, "cordon-quarantine", quarantineSettings(), O.Quarantine))
    return MPM.addPass(QuarantinePass(*Opts)), true;
  if (auto Opts = optionsFor(Name, "cordon-prepare-device", prepareDeviceSettings(), O.Prepare))
    return MPM.addPass(PrepareDevicePass(*Opts)), true;
  if (auto Opts = optionsFor(Name, "cordon-link-runtime", linkRuntimeSettings(), O.Link))
    return MPM.addPass(LinkRuntimePass(*Opts)), true;
  if (auto Opts = optionsFor(Name, "cordon-lower", lowerSettings(), O.Lower))
    return MPM.addPass(LowerPass(*Opts)), true;
  if (auto Opts = optionsFor(Name, "cordon-embed", embedSettings(), O.Embed))
    return MPM.addPass(EmbedPass(*Opts)), true;
  std::shared_ptr<CordonOptions> Start = AtStart::latest();
  if (auto Opts = optionsFor(Name, "cordon", cordonSettings(), O.Cordon, Start ? *Start : CordonOptions()))
    return Start ? (*Start = *Opts, true) : (MPM.addPass(CordonPass(*Opts)), true);
  return addPipelinePassByName(Name, MPM) || addRepairByName(Name, MPM);
}

/// Where the image of what was begun at the start is embedded.
class AtEnd : public PassInfoMixin<AtEnd> {
public:
  explicit AtEnd(std::shared_ptr<PipelineRun> Run) : Run(std::move(Run)) {}
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) { return Run->Cordon.finish(M); }
  static bool isRequired() { return true; }

private:
  std::shared_ptr<PipelineRun> Run;
};

/// opt has -passes; compilers do not. In opt a pass runs only where it is named.
bool isOpt() { return cl::getRegisteredOptions().count("passes"); }

void addAtPipelineStart(ModulePassManager &MPM, OptimizationLevel Level, std::shared_ptr<PipelineRun> Run) {
  if (isOpt())
    return;
  Run->HasEnd = false;
  CordonOptions Opts;
  // -O3 is meant for the device, too; -O0 and -O1 are about the host, and opt= says otherwise.
  Opts.Lower.OptLevel = std::max(Opts.Lower.OptLevel, Level.getSpeedupLevel());
  if (Error E = options().Cordon.apply("cordon", Opts)) {
    WithColor::error(errs(), "cordon") << toString(std::move(E)) << "\n";
    // The pass would run with settings that nobody asked for; an invalid architecture list makes it fail cleanly.
    Opts.Lower.Archs.clear();
  }
  MPM.addPass(AtStart(Opts, std::move(Run)));
}

void registerCallbacks(PassBuilder &PB) {
  PB.registerAnalysisRegistrationCallback(
      [](ModuleAnalysisManager &MAM) { MAM.registerPass([] { return DeviceUseAnalysis(); }); });
  PB.registerPipelineParsingCallback(parseModulePass);
  auto Run = std::make_shared<PipelineRun>();
  auto AddStart = [Run](ModulePassManager &MPM, OptimizationLevel Level) { addAtPipelineStart(MPM, Level, Run); };
  PB.registerPipelineStartEPCallback(AddStart);
  PB.registerOptimizerLastEPCallback([Run](ModulePassManager &MPM, OptimizationLevel, ThinOrFullLTOPhase) {
    if (isOpt())
      return;
    Run->HasEnd = true;
    MPM.addPass(AtEnd(Run));
  });
  // ld.lld --load-pass-plugin: all files are one module there, and device code of one may call another's.
  PB.registerFullLinkTimeOptimizationEarlyEPCallback(AddStart);
}

} // namespace

extern "C" LLVM_ATTRIBUTE_WEAK __attribute__((visibility("default"))) PassPluginLibraryInfo llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "Cordon", CORDON_VERSION, registerCallbacks};
}
