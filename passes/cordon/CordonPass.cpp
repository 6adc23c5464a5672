//===- cordon/CordonPass.cpp - the whole way, in memory -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Detect, quarantine, prepare, link, lower, embed: the stages in a straight line. It stops after the first stage that
// found an error, and leaves a module without device code as it is.

#include "WholeWay.h"
#include "cordon/abi/state.h"
#include "cordon/DevicePasses.h"
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

std::string WholeWay::moduleName(const Module &M) {
  // clang names a module after its source file; one from standard input is "-" or "<stdin>".
  StringRef Stem = sys::path::stem(M.getSourceFileName().empty() ? M.getModuleIdentifier() : M.getSourceFileName());
  return Stem.empty() || Stem == "-" || Stem.starts_with("<") ? "module" : Stem.str();
}

void WholeWay::step(StringRef What) const {
  if (Verbose)
    errs() << "cordon: " << Name << ": " << What << "\n";
}

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

bool WholeWay::prepare(Module &Device) {
  saveTemp(Device, "device.bc");
  std::optional<RelocatableNames> Names;
  if (isRelocatable())
    Names.emplace(Host, Device);
  step("preparing device code");
  if (!prepareDevice(Device, Opts.Prepare, Findings)) {
    refuseUndefined(Device, Findings);
    return false;
  }
  step("linking the device runtime");
  if (!linkRuntime(Device, Opts.Link, Findings))
    return false;
  if (Names)
    Names->restore(Device);
  saveTemp(Device, "linked.bc");
  return true;
}

std::unique_ptr<MemoryBuffer> WholeWay::lower(Module &Device) {
  if (isRelocatable()) {
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
  std::unique_ptr<MemoryBuffer> Image = lowerDevice(Device, Lower, Findings);
  applyLevels(Opts.Detect, Findings);
  return Image && !Findings.hasErrors() ? std::move(Image) : nullptr;
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

std::unique_ptr<Module> WholeWay::split(bool &Changed) {
  Changed = false;
  if (Opts.Lower.Archs.empty()) {
    Findings.fail("no GPU architecture to lower for; name one with arch=sm_NN");
    return nullptr;
  }
  DeviceSymbols Symbols;
  if (!Opts.Detect.SymbolsFile.empty())
    if (std::string Message = Symbols.addFile(Opts.Detect.SymbolsFile); !Message.empty()) {
      Findings.fail(Message);
      return nullptr;
    }
  DeviceUse Use = computeDeviceUse(Host, Symbols);
  if (!Use.isHostModule())
    return nullptr;
  report(Use);
  if (Use.isClean())
    return nullptr;
  step("splitting");
  QuarantineOptions Split = Opts.Quarantine;
  // Other files may call whatever is visible.
  if (isRelocatable() && Split.Roots == QuarantineOptions::RootsKind::Kernels)
    Split.Roots = QuarantineOptions::RootsKind::Visible;
  std::unique_ptr<Module> Device = quarantine(Host, Use, Split, Findings, Changed);
  if (Findings.hasErrors()) {
    if (Device)
      refuseMore(*Device);
    return nullptr;
  }
  if (!Device)
    return nullptr;
  bool Prepared = prepare(*Device);
  // Levels are the user's for device rules, too.
  applyLevels(Opts.Detect, Findings);
  return Prepared && !Findings.hasErrors() ? std::move(Device) : nullptr;
}

bool WholeWay::embed(MemoryBufferRef Image, bool HasState) {
  step("embedding");
  EmbedOptions Embed = Opts.Embed;
  Embed.HasState = HasState;
  if (!embedImage(Host, Image, Embed, Findings))
    return false;
  saveTemp(Host, "host.bc");
  return !Findings.hasErrors();
}

bool hasState(const Module &Device) { return Device.getNamedGlobal(CORDON_STATE_SYMBOL); }

bool runCordon(Module &Host, const CordonOptions &Opts, FindingSet &Findings, bool &Changed) {
  WholeWay Way(Host, Opts, Findings);
  std::unique_ptr<Module> Device = Way.split(Changed);
  if (!Device)
    return !Findings.hasErrors();
  std::unique_ptr<MemoryBuffer> Image = Way.lower(*Device);
  if (!Image || !Way.embed(*Image, hasState(*Device)))
    return false;
  Changed = true;
  return true;
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

PreservedAnalyses reportAll(Module &M, FindingSet &Findings, bool Changed) {
  if (!Findings.report(M)) {
    emptyBodies(M);
    refuseAssembly(M);
    Changed = true;
  }
  return Changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

PreservedAnalyses runAtOnce(Module &M, const CordonOptions &Opts) {
  FindingSet Findings;
  bool Changed = false;
  runCordon(M, Opts, Findings, Changed);
  return reportAll(M, Findings, Changed);
}

PreservedAnalyses CordonPass::run(Module &M, ModuleAnalysisManager &) { return runAtOnce(M, Opts); }

} // namespace cordon
