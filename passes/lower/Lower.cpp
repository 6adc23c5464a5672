//===- lower/Lower.cpp - from device IR to PTX, cubin or fat binary -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Optimizes a prepared and linked device module for each architecture, generates PTX in process, and has the toolkit
// assemble and pack it. What does not depend on the architecture is done once.

#include "lower/Stages.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;

namespace cordon {
namespace {

using EmitKind = LowerOptions::EmitKind;

/// One PTX text: sm_90 and compute_90 share theirs.
struct Target {
  GPUArch Arch;        ///< not virtual
  bool WantsCubin = false, WantsPTX = false;
  unsigned PTXVersion = 80;
  std::string PTX;
};

class Lowering {
public:
  Lowering(Module &Device, const LowerOptions &Opts, FindingSet &Findings)
      : M(Device), Opts(Opts), Findings(Findings) {}
  std::unique_ptr<MemoryBuffer> run();

private:
  bool checkOptions();
  Target &targetFor(const GPUArch &Arch, unsigned PTXVersion);
  void keepEntries();
  bool generateAll();
  bool generateOne(Module &For, Target &T, bool Simplified);
  bool needsDeviceRuntime(const Module &For) const;
  bool assembleAll();
  std::unique_ptr<MemoryBuffer> pack();
  std::string saveReproducer(const Module &For, const Target &T, StringRef Command);
  void reportWarnings(const AssembleJob &Job);
  std::string moduleName() const;
  void saveTemp(const Twine &Suffix, StringRef Bytes);
  std::unique_ptr<MemoryBuffer> bytes(StringRef Contents) const {
    return MemoryBuffer::getMemBufferCopy(Contents, moduleName());
  }

  Module &M;
  const LowerOptions &Opts;
  FindingSet &Findings;
  std::vector<Target> Targets;
  std::vector<AssembleJob> Jobs;
  ScratchFolder Scratch;
  bool FixedPTX = false;
  bool HasDebugInfo = false;
  bool LinkDeviceRuntime = false;
};

std::string Lowering::moduleName() const {
  return Opts.ModuleName.empty() ? sys::path::stem(M.getModuleIdentifier()).str() : Opts.ModuleName;
}

void Lowering::saveTemp(const Twine &Suffix, StringRef Bytes) {
  if (Opts.SaveTemps.empty())
    return;
  std::error_code EC = sys::fs::create_directories(Opts.SaveTemps);
  std::string Path = (Opts.SaveTemps + "/" + moduleName() + "." + Suffix).str();
  if (Error E = EC ? errorCodeToError(EC) : writeFile(Path, Bytes))
    Findings.fail("cannot write '" + Path + "': " + toString(std::move(E)) + "; name a writable folder with save-temps=");
}

Target &Lowering::targetFor(const GPUArch &Arch, unsigned PTXVersion) {
  for (Target &T : Targets)
    if (T.Arch == Arch)
      return T;
  Targets.push_back({Arch, false, false, PTXVersion ? PTXVersion : minimumPTXVersion(Arch), ""});
  return Targets.back();
}

bool Lowering::checkOptions() {
  if (Opts.Archs.empty()) {
    Findings.fail("no GPU architecture to lower for; name one with arch=sm_NN");
    return false;
  }
  unsigned Version = 0;
  if (!Opts.PTXVersion.empty()) {
    Expected<unsigned> V = parsePTXVersion(Opts.PTXVersion, Opts.Archs);
    if (!V) {
      Findings.fail(toString(V.takeError()));
      return false;
    }
    Version = *V;
    FixedPTX = true;
  }
  for (const GPUArch &A : Opts.Archs) {
    GPUArch Real = A;
    Real.Virtual = false;
    Target &T = targetFor(Real, Version);
    (A.Virtual ? T.WantsPTX : T.WantsCubin) = true;
  }
  const char *Form = Opts.Emit == EmitKind::PTX ? "ptx" : "cubin";
  if (Opts.Emit != EmitKind::FatBinary && Targets.size() > 1) {
    Findings.fail(Twine("one ") + Form + " file holds one architecture, and " + Twine(Targets.size()) +
                  " were given; use emit=fatbin, or lower for each by itself");
    return false;
  }
  if (Opts.Emit == EmitKind::Cubin && !Targets.front().WantsCubin) {
    Findings.fail("a cubin is for a real architecture; use arch=" + Targets.front().Arch.smName() + " or emit=ptx");
    return false;
  }
  if (Opts.Emit == EmitKind::PTX)
    Targets.front().WantsCubin = false;
  // An image without PTX runs on the named architectures alone. The newest one's goes in, for GPUs that come later.
  if (Opts.Emit == EmitKind::FatBinary && none_of(Opts.Archs, [](const GPUArch &A) { return A.Virtual; })) {
    Target *Newest = nullptr;
    for (Target &T : Targets)
      if (!T.Arch.Suffix && (!Newest || T.Arch.SM > Newest->Arch.SM))
        Newest = &T;
    if (Newest)
      Newest->WantsPTX = true;
  }
  return true;
}

/// An entry that is internal or in a comdat is dropped by the pipeline: the host asks for it by name.
void Lowering::keepEntries() {
  for (Function &F : M)
    if (!F.isDeclaration() && F.getCallingConv() == CallingConv::PTX_Kernel) {
      F.setComdat(nullptr);
      F.setLinkage(GlobalValue::ExternalLinkage);
      F.setVisibility(GlobalValue::DefaultVisibility);
    }
}

/// libcudadevrt, the part of the CUDA runtime that kernels call to launch kernels.
bool Lowering::needsDeviceRuntime(const Module &For) const {
  for (const Function &F : For)
    if (F.isDeclaration() && !F.use_empty() && (F.getName().starts_with("cuda") || F.getName().starts_with("__cudaCDP")))
      return true;
  return false;
}

std::string Lowering::saveReproducer(const Module &For, const Target &T, StringRef Command) {
  SmallString<128> Folder;
  if (!Opts.SaveTemps.empty()) {
    Folder = Opts.SaveTemps;
    sys::path::append(Folder, moduleName() + "." + T.Arch.smName() + ".failed");
    sys::fs::create_directories(Folder);
  } else if (sys::fs::createUniqueDirectory("cordon-failed", Folder))
    return "no reproducer could be saved";
  std::string Bitcode;
  raw_string_ostream OS(Bitcode);
  WriteBitcodeToFile(For, OS);
  Error E = writeFile(Folder + "/module.bc", Bitcode);
  if (!T.PTX.empty())
    E = joinErrors(std::move(E), writeFile(Folder + "/module.ptx", T.PTX));
  E = joinErrors(std::move(E), writeFile(Folder + "/command.txt", (Command + "\n").str()));
  if (E)
    return "no reproducer could be saved: " + toString(std::move(E));
  return ("a reproducer is in " + Folder).str();
}

bool Lowering::generateOne(Module &For, Target &T, bool Simplified) {
  Expected<std::unique_ptr<TargetMachine>> TM = createDeviceMachine(For, T.Arch, T.PTXVersion, Opts.OptLevel);
  if (!TM) {
    Findings.fail(toString(TM.takeError()));
    return false;
  }
  For.setDataLayout((*TM)->createDataLayout());
  optimizeDevice(For, **TM, Opts.OptLevel, Simplified);
  LinkDeviceRuntime |= needsDeviceRuntime(For);
  std::vector<std::string> Warnings;
  Expected<std::string> Text = generatePTX(For, T.Arch, T.PTXVersion, FixedPTX, Opts.OptLevel, Warnings);
  for (const std::string &W : Warnings)
    Findings.add(Rule::AssemblerWarning, "llvm", "LLVM's NVPTX back end warns: " + W, nullptr);
  if (!Text) {
    std::string Why = toString(Text.takeError());
    std::string Command = "llc -mcpu=" + T.Arch.smName() + " -mattr=+ptx" + std::to_string(T.PTXVersion) +
                          " -O" + std::to_string(Opts.OptLevel) + " module.bc -o module.ptx";
    Findings.add(Rule::UnsupportedOnArch, T.Arch.smName(),
                 "LLVM cannot generate code for " + T.Arch.smName() + " with PTX " + Twine(T.PTXVersion / 10) + "." +
                     Twine(T.PTXVersion % 10) + ": " + Why + "; use a newer arch= or ptx=, or avoid the operation (" +
                     saveReproducer(For, T, Command) + ")",
                 nullptr);
    return false;
  }
  T.PTX = std::move(*Text);
  saveTemp(T.Arch.smName() + ".ptx", T.PTX);
  return true;
}

bool Lowering::generateAll() {
  keepEntries();
  HasDebugInfo = prepareDebugInfo(M, Opts.Debug);
  if (Targets.size() == 1)
    return generateOne(M, Targets.front(), /*Simplified=*/false);
  // The lowest architecture's cost model serves for the shared half.
  const Target *Lowest = &Targets.front();
  for (const Target &T : Targets)
    if (T.Arch.SM < Lowest->Arch.SM)
      Lowest = &T;
  Expected<std::unique_ptr<TargetMachine>> TM =
      createDeviceMachine(M, Lowest->Arch, Lowest->PTXVersion, Opts.OptLevel);
  if (!TM) {
    Findings.fail(toString(TM.takeError()));
    return false;
  }
  M.setDataLayout((*TM)->createDataLayout());
  simplifyForAll(M, **TM, Opts.OptLevel);
  for (Target &T : Targets) {
    bool Last = &T == &Targets.back();
    std::unique_ptr<Module> Copy = Last ? nullptr : CloneModule(M);
    if (!generateOne(Last ? M : *Copy, T, /*Simplified=*/true))
      return false;
  }
  return true;
}

/// ptxas says what is wrong in lines of the form "ptxas FILE, line N; warning : TEXT" and "ptxas warning : TEXT".
void Lowering::reportWarnings(const AssembleJob &Job) {
  SmallVector<StringRef, 8> Lines;
  SplitString(Job.Log, Lines, "\n");
  for (StringRef L : Lines) {
    auto [Before, Text] = L.split("arning");
    if (Text.empty())
      continue;
    Text = Text.ltrim(" :");
    Findings.add(Rule::AssemblerWarning, Job.Arch.smName(), "ptxas warns for " + Job.Arch.smName() + ": " + Text,
                 nullptr);
  }
}

bool Lowering::assembleAll() {
  for (Target &T : Targets) {
    std::string Base = Scratch.file(T.Arch.smName());
    if (Error E = writeFile(Base + ".ptx", T.PTX)) {
      Findings.fail("cannot write '" + Base + ".ptx': " + toString(std::move(E)));
      return false;
    }
    if (!T.WantsCubin)
      continue;
    AssembleJob Job;
    Job.Arch = T.Arch;
    Job.PTXFile = Base + ".ptx";
    Job.CubinFile = Base + ".cubin";
    Job.OptLevel = Opts.OptLevel;
    Job.LineInfo = HasDebugInfo;
    Job.FullDebug = HasDebugInfo && Opts.Debug == LowerOptions::DebugKind::Full;
    Job.LinkDeviceRuntime = LinkDeviceRuntime;
    Jobs.push_back(Job);
  }
  assemble(Jobs);
  bool Ok = true;
  for (AssembleJob &Job : Jobs) {
    reportWarnings(Job);
    Target &T = targetFor(Job.Arch, 0);
    if (Job.Error.empty()) {
      if (Opts.SaveTemps.empty())
        continue;
      Expected<std::string> Cubin = readFile(Job.CubinFile);
      if (Cubin)
        saveTemp(T.Arch.smName() + ".cubin", *Cubin);
      else
        consumeError(Cubin.takeError());
      continue;
    }
    Ok = false;
    AssembleJob ByName = Job;
    ByName.PTXFile = "module.ptx";
    ByName.CubinFile = "module.cubin";
    Findings.fail(StringRef(Job.Error).rtrim() + "\n" + saveReproducer(M, T, assembleCommand(ByName)));
  }
  return Ok;
}

std::unique_ptr<MemoryBuffer> Lowering::pack() {
  std::vector<FatImage> Images;
  for (const Target &T : Targets)
    if (T.WantsCubin)
      Images.push_back({T.Arch, Scratch.file(T.Arch.smName() + ".cubin"), false});
  for (const Target &T : Targets)
    if (T.WantsPTX)
      Images.push_back({T.Arch, Scratch.file(T.Arch.smName() + ".ptx"), true});
  std::string File = Scratch.file("image.fatbin");
  if (Error E = packFatBinary(Images, File)) {
    Findings.fail(toString(std::move(E)));
    return nullptr;
  }
  Expected<std::string> Image = readFile(File);
  if (!Image) {
    Findings.fail(toString(Image.takeError()));
    return nullptr;
  }
  saveTemp("fatbin", *Image);
  return bytes(*Image);
}

std::unique_ptr<MemoryBuffer> Lowering::run() {
  if (!checkOptions())
    return nullptr;
  if (!generateAll())
    return nullptr;
  if (Opts.Emit == EmitKind::PTX)
    return Findings.hasErrors() ? nullptr : bytes(Targets.front().PTX);
  if (!Scratch.valid()) {
    Findings.fail("cannot make a temporary folder; is TMPDIR writable and the disk not full?");
    return nullptr;
  }
  if (!assembleAll())
    return nullptr;
  if (Opts.Emit == EmitKind::FatBinary) {
    std::unique_ptr<MemoryBuffer> Image = pack();
    return Findings.hasErrors() ? nullptr : std::move(Image);
  }
  Expected<std::string> Cubin = readFile(Jobs.front().CubinFile);
  if (!Cubin) {
    Findings.fail(toString(Cubin.takeError()));
    return nullptr;
  }
  return Findings.hasErrors() ? nullptr : bytes(*Cubin);
}

} // namespace

std::unique_ptr<MemoryBuffer> lowerDevice(Module &Device, const LowerOptions &Opts, FindingSet &Findings) {
  return Lowering(Device, Opts, Findings).run();
}

PreservedAnalyses LowerPass::run(Module &M, ModuleAnalysisManager &) {
  FindingSet Findings;
  if (Opts.Output.empty())
    Findings.fail("cordon-lower needs output=FILE");
  else {
    // The pass writes a file and leaves the module as it was: work on a copy.
    std::unique_ptr<Module> Copy = CloneModule(M);
    if (std::unique_ptr<MemoryBuffer> Image = lowerDevice(*Copy, Opts, Findings))
      if (Error E = writeFile(Opts.Output, Image->getBuffer()))
        Findings.fail("cannot write '" + Opts.Output + "': " + toString(std::move(E)) +
                      "; name a writable file with output=");
  }
  Findings.report(M);
  return PreservedAnalyses::all();
}

} // namespace cordon
