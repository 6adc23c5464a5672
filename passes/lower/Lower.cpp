//===- lower/Lower.cpp - from device IR to PTX, cubin or fat binary -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Optimizes a prepared and linked device module for each architecture, generates PTX in process, and has the toolkit
// assemble and pack it. What does not depend on the architecture is done once.

#include "analysis/CudaDeviceRuntime.h"
#include "cordon/abi/state.h"
#include "cordon/DevicePasses.h"
#include "lower/LoweredTarget.h"
#include "lower/Stages.h"
#include "support/ForkedChild.h"
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

using Target = LoweredTarget;

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
  bool simplifyOnce();
  Error generate(Target &T, bool Simplified, FindingSet &Into);
  ChildProcess startGenerate(Target &T);
  bool finishGenerate(Target &T, ChildProcess &Child);
  bool acceptPTX(Target &T);
  void raiseVersion(Target &T, unsigned Version);
  void settleVersion(Target &T);
  void failCodegen(const Target &T, StringRef Why);
  bool needsDeviceRuntime() const;
  unsigned maxRegisters() const;
  bool assembleAll();
  std::unique_ptr<MemoryBuffer> pack();
  std::string optimizedFile(const Target &T) const;
  void saveOptimized(const Target &T) const;
  std::string saveReproducer(const Target &T, StringRef Command);
  void reportWarnings(const Target &T, ArrayRef<std::string> Warnings);
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
  bool FixedPTX = false, HasInlinePTX = false;
  bool HasDebugInfo = false;
  bool LinkDeviceRuntime = false;
  bool AddedPTX = false; ///< nobody asked for it
  bool HasState = false; ///< the runtime's variable is in the image
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
  Target New;
  New.Arch = Arch;
  New.PTXVersion = PTXVersion ? PTXVersion : std::max(minimumPTXVersion(Arch), neededPTXVersion(M));
  Targets.push_back(std::move(New));
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
      Newest->WantsPTX = AddedPTX = true;
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
bool Lowering::needsDeviceRuntime() const {
  for (const Function &F : M)
    if (F.isDeclaration() && !F.use_empty() && findCudaDeviceFunction(F.getName()))
      return true;
  return false;
}

/// The smallest number of registers that a kernel is limited to; 0 if none is.
unsigned Lowering::maxRegisters() const {
  unsigned Least = 0;
  for (const Function &F : M) {
    unsigned Limit = F.getFnAttributeAsParsedInteger("nvvm.maxnreg");
    if (Limit && (!Least || Limit < Least))
      Least = Limit;
  }
  return Least;
}

void Lowering::saveOptimized(const Target &T) const {
  std::string Bitcode;
  raw_string_ostream OS(Bitcode);
  WriteBitcodeToFile(M, OS);
  consumeError(writeFile(optimizedFile(T), Bitcode)); // only a reproducer would miss it, and says so
}

std::string Lowering::saveReproducer(const Target &T, StringRef Command) {
  if (!Opts.SaveReproducer)
    return "";
  SmallString<128> Folder;
  if (!Opts.SaveTemps.empty()) {
    Folder = Opts.SaveTemps;
    sys::path::append(Folder, moduleName() + "." + T.Arch.smName() + ".failed");
    sys::fs::create_directories(Folder);
  } else if (sys::fs::createUniqueDirectory("cordon-failed", Folder))
    return "no reproducer could be saved";
  if (!sys::fs::exists(optimizedFile(T)))
    saveOptimized(T);
  Error E = errorCodeToError(sys::fs::copy_file(optimizedFile(T), Folder + "/module.bc"));
  if (!T.PTX.empty())
    E = joinErrors(std::move(E), writeFile(Folder + "/module.ptx", T.PTX));
  E = joinErrors(std::move(E), writeFile(Folder + "/command.txt", (Command + "\n").str()));
  if (E)
    return "no reproducer could be saved: " + toString(std::move(E));
  return ("a reproducer is in " + Folder).str();
}

/// A target's optimized module, kept until it is known that the back end takes it.
std::string Lowering::optimizedFile(const Target &T) const { return Scratch.file(T.Arch.smName() + ".opt.bc"); }

void Lowering::failCodegen(const Target &T, StringRef Why) {
  std::string Command = "llc -mcpu=" + T.Arch.smName() + " -mattr=+ptx" + std::to_string(T.PTXVersion) + " -O" +
                        std::to_string(Opts.OptLevel) + " module.bc -o module.ptx";
  std::string Saved = saveReproducer(T, Command);
  // The back end says what it could not select and not where; asking it one operation at a time tells.
  checkArchSupport(M, T.Arch, T.PTXVersion, Findings);
  if (Findings.hasErrors()) {
    Findings.findings().back().Message += "; " + Saved;
    return;
  }
  Findings.add(Rule::UnsupportedOnArch, T.Arch.smName(),
               "LLVM cannot generate code for " + T.Arch.smName() + " with PTX " + Twine(T.PTXVersion / 10) + "." +
                   Twine(T.PTXVersion % 10) + ": " + Why + "; use a newer arch= or ptx=, or avoid the operation (" +
                   Saved + ")",
               nullptr);
}

void Lowering::reportWarnings(const Target &T, ArrayRef<std::string> Warnings) {
  for (const std::string &W : Warnings)
    Findings.add(Rule::AssemblerWarning, T.Arch.smName(), "LLVM's NVPTX back end warns: " + W, nullptr);
}

/// Optimizes the module for \p T and generates its PTX. What \p T gets from it is all that a caller needs.
Error Lowering::generate(Target &T, bool Simplified, FindingSet &Into) {
  Expected<std::unique_ptr<TargetMachine>> TM = createDeviceMachine(M, T.Arch, T.PTXVersion, Opts.OptLevel);
  if (!TM)
    return TM.takeError();
  M.setDataLayout((*TM)->createDataLayout());
  optimizeDevice(M, **TM, Opts.OptLevel, Simplified);
  checkClosure(M, Into);
  if (Into.hasErrors())
    return Error::success();
  T.NeedsDeviceRuntime = needsDeviceRuntime();
  if (Simplified) // this may be a child, whose module nobody sees afterwards
    saveOptimized(T);
  Expected<std::string> Text = generatePTX(M, T.Arch, T.PTXVersion, FixedPTX, Opts.OptLevel, T.Warnings);
  if (!Text) {
    T.CodegenError = toString(Text.takeError());
    return Error::success();
  }
  T.PTX = std::move(*Text);
  return Error::success();
}

/// The same in a child process, which needs no copy of the module; \p T's results come back as bytes.
ChildProcess Lowering::startGenerate(Target &T) {
  return startChild(&M.getContext(), [&](raw_ostream &Out) -> Error {
    FindingSet Found;
    if (Error E = generate(T, /*Simplified=*/true, Found))
      return E;
    if (Found.hasErrors()) {
      std::string Text;
      for (const Finding &F : Found.findings())
        Text += (Text.empty() ? "" : "\n") + F.Message;
      return createStringError(Text);
    }
    writeTarget(T, Out);
    return Error::success();
  });
}

bool Lowering::finishGenerate(Target &T, ChildProcess &Child) {
  ChildResult R = waitForChild(Child);
  if (!R.Ok) {
    Findings.fail("lowering for " + T.Arch.name() + " failed: " + R.Error);
    return false;
  }
  readTarget(T, R.Bytes);
  return true;
}

void Lowering::raiseVersion(Target &T, unsigned Version) {
  T.PTXVersion = Version;
  setPTXVersion(T.PTX, Version);
}

/// Which version inline assembly needs, ptxas alone knows; where no cubin is made, it is asked for that only.
void Lowering::settleVersion(Target &T) {
  AssembleJob Job;
  Job.Arch = T.Arch;
  Job.PTXFile = Scratch.file(T.Arch.smName() + ".asked.ptx");
  Job.CubinFile = Scratch.file(T.Arch.smName() + ".asked.cubin");
  Job.OptLevel = 0;
  Job.MaxRegisters = maxRegisters();
  Job.PTXVersion = T.PTXVersion;
  Job.MayRaiseVersion = true;
  if (Error E = writeFile(Job.PTXFile, T.PTX))
    return consumeError(std::move(E));
  assemble(Job);
  raiseVersion(T, Job.PTXVersion);
}

bool Lowering::acceptPTX(Target &T) {
  if (HasInlinePTX && !FixedPTX && !T.WantsCubin && T.CodegenError.empty())
    settleVersion(T);
  reportWarnings(T, T.Warnings);
  LinkDeviceRuntime |= T.NeedsDeviceRuntime;
  if (!T.CodegenError.empty()) {
    failCodegen(T, T.CodegenError);
    return false;
  }
  saveTemp(T.Arch.smName() + ".ptx", T.PTX);
  return true;
}

bool Lowering::simplifyOnce() {
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
  return true;
}

bool Lowering::generateAll() {
  keepEntries();
  HasState = M.getNamedGlobal(CORDON_STATE_SYMBOL);
  HasDebugInfo = prepareDebugInfo(M, Opts.Debug);
  HasInlinePTX = hasInlinePTX(M);
  if (resolveReflect(M, Findings) && Findings.hasErrors())
    return false;
  bool Several = Targets.size() > 1;
  if (Several && !simplifyOnce())
    return false;
  // All but the last in children, side by side; meanwhile the last here.
  MutableArrayRef<Target> Others = MutableArrayRef<Target>(Targets).drop_back();
  std::vector<ChildProcess> Children;
  for (Target &T : Others)
    Children.push_back(startGenerate(T));
  bool Ok = true;
  if (Error E = generate(Targets.back(), Several, Findings)) {
    Findings.fail(toString(std::move(E)));
    Ok = false;
  }
  for (size_t I = 0; I < Children.size(); ++I)
    Ok &= finishGenerate(Others[I], Children[I]);
  if (!Ok || Findings.hasErrors())
    return false;
  for (Target &T : Targets)
    Ok &= acceptPTX(T);
  return Ok;
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
    Job.MaxRegisters = maxRegisters();
    Job.PTXVersion = T.PTXVersion;
    Job.MayRaiseVersion = !FixedPTX;
    Job.Large = T.PTX.size() >= LargePTX;
    Jobs.push_back(Job);
  }
  assemble(Jobs);
  bool Ok = true;
  for (AssembleJob &Job : Jobs) {
    if (Job.ToolMissing) {
      Findings.fail(Job.Error);
      return false;
    }
    reportWarnings(Job);
    Target &T = targetFor(Job.Arch, 0);
    if (Job.PTXVersion != T.PTXVersion) {
      raiseVersion(T, Job.PTXVersion);
      saveTemp(T.Arch.smName() + ".ptx", T.PTX);
    }
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
    Findings.fail(StringRef(Job.Error).rtrim() + "\n" + saveReproducer(T, assembleCommand(ByName)));
  }
  return Ok;
}

std::unique_ptr<MemoryBuffer> Lowering::pack() {
  std::vector<FatImage> Images;
  // The driver compiles PTX when it loads it, and links no library to it then.
  if (LinkDeviceRuntime)
    for (Target &T : Targets) {
      if (T.WantsPTX && !AddedPTX)
        Findings.fail("kernels that launch kernels are linked with libcudadevrt, and the driver cannot do that to PTX when "
                      "it loads it; use arch=" + T.Arch.smName() + " instead of " + Twine("compute_") +
                      T.Arch.smName().substr(3));
      T.WantsPTX = false;
    }
  for (const Target &T : Targets)
    if (T.WantsCubin)
      Images.push_back({T.Arch, Scratch.file(T.Arch.smName() + ".cubin"), false});
  for (const Target &T : Targets)
    if (T.WantsPTX)
      Images.push_back({T.Arch, Scratch.file(T.Arch.smName() + ".ptx"), true});
  std::string File = Scratch.file("image.fatbin");
  // cordon-embed asks the file for it, and does not unpack what is compressed.
  StringRef Identifier = HasState ? CORDON_STATE_SYMBOL : "";
  if (Error E = packFatBinary(Images, Opts.Compress, Identifier, File)) {
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
  if (!Scratch.valid()) {
    Findings.fail("cannot make a temporary folder; is TMPDIR writable and the disk not full?");
    return nullptr;
  }
  if (!generateAll())
    return nullptr;
  if (Opts.Emit == EmitKind::PTX)
    return Findings.hasErrors() ? nullptr : bytes(Targets.front().PTX);
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
