//===- cordon/CordonPass.cpp - the whole way, in memory -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Detect, quarantine, prepare, link, lower, embed: the stages in a straight line. It stops after the first stage that
// found an error, and leaves a module without device code as it is.

#include "cordon/DevicePasses.h"
#include "cordon/Passes.h"
#include "cordon/abi/state.h"
#include "Relocatable.h"
#include "lower/Stages.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cordon {
namespace {

class WholeWay {
public:
  WholeWay(Module &Host, const CordonOptions &Opts, FindingSet &Findings)
      : Host(Host), Opts(Opts), Findings(Findings), Name(moduleName(Host)) {}
  bool run(bool &Changed);

private:
  static std::string moduleName(const Module &M) {
    // clang names a module after its source file; one from standard input is "-" or "<stdin>".
    StringRef Stem = sys::path::stem(M.getSourceFileName().empty() ? M.getModuleIdentifier() : M.getSourceFileName());
    return Stem.empty() || Stem == "-" || Stem.starts_with("<") ? "module" : Stem.str();
  }
  void report(const DeviceUse &Use);
  void step(StringRef What) const {
    if (Verbose)
      errs() << "cordon: " << Name << ": " << What << "\n";
  }
  void saveTemp(const Module &M, StringRef Suffix);
  std::unique_ptr<MemoryBuffer> makeImage(Module &Device);
  void refuseUndefined(Module &Device, FindingSet &Into);
  void refuseMore(Module &Device);

  Module &Host;
  const CordonOptions &Opts;
  FindingSet &Findings;
  std::string Name;
};

void WholeWay::saveTemp(const Module &M, StringRef Suffix) {
  if (Opts.SaveTemps.empty())
    return;
  std::string Bitcode;
  raw_string_ostream OS(Bitcode);
  WriteBitcodeToFile(M, OS);
  std::string Path = Opts.SaveTemps + "/" + Name + "." + Suffix.str();
  std::error_code EC = sys::fs::create_directories(Opts.SaveTemps);
  if (Error E = EC ? errorCodeToError(EC) : writeFile(Path, Bitcode))
    Findings.fail("cannot write '" + Path + "': " + toString(std::move(E)) + "; name a writable folder with save-temps=");
}

/// The leaks are about to be repaired: they are written to the report, and are no errors.
void WholeWay::report(const DeviceUse &Use) {
  if (Opts.Report.empty())
    return;
  DetectOptions Detect = Opts.Detect;
  Detect.Output = Opts.Report;
  Detect.Format = Opts.ReportAs;
  FindingSet Leaks;
  detectLeaks(Host, Use, Detect, Leaks);
  applyLevels(Detect, Leaks);
  writeReport(Host, Use, Detect, Leaks);
  for (const std::string &F : Leaks.failures())
    Findings.fail(F);
}

std::unique_ptr<MemoryBuffer> WholeWay::makeImage(Module &Device) {
  saveTemp(Device, "device.bc");
  bool Offload = Opts.Embed.As == EmbedOptions::AsKind::Offload;
  std::optional<RelocatableNames> Names;
  if (Offload)
    Names.emplace(Host, Device);
  step("preparing device code");
  if (!prepareDevice(Device, Opts.Prepare, Findings)) {
    refuseUndefined(Device, Findings);
    return nullptr;
  }
  step("linking the device runtime");
  if (!linkRuntime(Device, Opts.Link, Findings))
    return nullptr;
  if (Names)
    Names->restore(Device);
  saveTemp(Device, "linked.bc");
  if (Offload) {
    std::string Bitcode;
    raw_string_ostream OS(Bitcode);
    WriteBitcodeToFile(Device, OS);
    return MemoryBuffer::getMemBufferCopy(Bitcode, Name);
  }
  step("lowering");
  LowerOptions Lower = Opts.Lower;
  Lower.Emit = LowerOptions::EmitKind::FatBinary;
  Lower.SaveTemps = Opts.SaveTemps;
  Lower.ModuleName = Name;
  return lowerDevice(Device, Lower, Findings);
}

/// After a refusal: what the stages to come would refuse, so that one run says all.
void WholeWay::refuseUndefined(Module &Device, FindingSet &Into) {
  if (linkRuntime(Device, Opts.Link, Into))
    checkClosure(Device, Into);
}

void WholeWay::refuseMore(Module &Device) {
  FindingSet More;
  prepareDevice(Device, Opts.Prepare, More);
  refuseUndefined(Device, More);
  for (const Finding &F : More.findings())
    if (none_of(Findings.findings(), [&](const Finding &Old) { return Old.R == F.R && Old.Symbol == F.Symbol; }))
      Findings.add(F);
}

bool WholeWay::run(bool &Changed) {
  Changed = false;
  if (Opts.Lower.Archs.empty()) {
    Findings.fail("no GPU architecture to lower for; name one with arch=sm_NN");
    return false;
  }
  DeviceSymbols Symbols;
  if (!Opts.Detect.SymbolsFile.empty())
    if (std::string Message = Symbols.addFile(Opts.Detect.SymbolsFile); !Message.empty()) {
      Findings.fail(Message);
      return false;
    }
  DeviceUse Use = computeDeviceUse(Host, Symbols);
  if (!Use.isHostModule())
    return true;
  report(Use);
  if (Use.isClean())
    return !Findings.hasErrors();
  step("splitting");
  QuarantineOptions Split = Opts.Quarantine;
  // Other files may call whatever is visible.
  if (Opts.Embed.As == EmbedOptions::AsKind::Offload && Split.Roots == QuarantineOptions::RootsKind::Kernels)
    Split.Roots = QuarantineOptions::RootsKind::Visible;
  std::unique_ptr<Module> Device = quarantine(Host, Use, Split, Findings, Changed);
  if (Findings.hasErrors()) {
    if (Device)
      refuseMore(*Device);
    return false;
  }
  if (!Device)
    return true;
  bool HasState = false;
  std::unique_ptr<MemoryBuffer> Image = makeImage(*Device);
  // Levels are the user's for device rules, too.
  applyLevels(Opts.Detect, Findings);
  if (!Image || Findings.hasErrors())
    return false;
  HasState = Device->getNamedGlobal(CORDON_STATE_SYMBOL);
  step("embedding");
  EmbedOptions Embed = Opts.Embed;
  Embed.HasState = HasState;
  if (!embedImage(Host, Image->getMemBufferRef(), Embed, Findings))
    return false;
  Changed = true;
  saveTemp(Host, "host.bc");
  return !Findings.hasErrors();
}

} // namespace

bool runCordon(Module &Host, const CordonOptions &Opts, FindingSet &Findings, bool &Changed) {
  return WholeWay(Host, Opts, Findings).run(Changed);
}

/// clang goes on to code generation after an error, and its back end would abort on the leaks that are still there. No
/// object comes of it: every body may as well be empty.
static void emptyBodies(Module &M) {
  for (Function &F : M) {
    if (F.isDeclaration())
      continue;
    GlobalValue::LinkageTypes Linkage = F.getLinkage();
    Comdat *C = F.getComdat();
    F.deleteBody();
    F.setLinkage(Linkage);
    F.setComdat(C);
    new UnreachableInst(M.getContext(), BasicBlock::Create(M.getContext(), "", &F));
  }
}

/// rustc shows errors of a plugin and ends with 0 all the same. What the assembler refuses ends the build.
static void refuseAssembly(Module &M) {
  const NamedMDNode *Ident = M.getNamedMetadata("llvm.ident");
  if (!Ident)
    return;
  for (const MDNode *N : Ident->operands())
    if (auto *Producer = N->getNumOperands() ? dyn_cast_or_null<MDString>(N->getOperand(0)) : nullptr)
      if (Producer->getString().starts_with("rustc"))
        return M.appendModuleInlineAsm(".error \"cordon refused this crate's device code: see the errors above\"");
}

PreservedAnalyses CordonPass::run(Module &M, ModuleAnalysisManager &) {
  FindingSet Findings;
  bool Changed = false;
  runCordon(M, Opts, Findings, Changed);
  if (!Findings.report(M)) {
    emptyBodies(M);
    refuseAssembly(M);
    Changed = true;
  }
  return Changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

} // namespace cordon
