//===- lower/Assemble.cpp - ptxas, nvlink, fatbinary ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The toolkit's programs, run on files in a scratch folder. Several architectures are assembled side by side. Neither
// cubins nor fat binaries hold the names of these files, so the same input gives the same bytes.

#include "lower/Stages.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <thread>

using namespace llvm;

namespace cordon {

ScratchFolder::ScratchFolder() {
  SmallString<128> P;
  if (!sys::fs::createUniqueDirectory("cordon", P))
    Path = P.str().str();
}

ScratchFolder::~ScratchFolder() {
  if (valid())
    sys::fs::remove_directories(Path);
}

std::string ScratchFolder::file(const Twine &Name) const { return (Path + "/" + Name).str(); }

Error writeFile(const Twine &Path, StringRef Bytes) {
  return writeToOutput(Path.str(), [&](raw_ostream &OS) {
    OS << Bytes;
    return Error::success();
  });
}

Expected<std::string> readFile(const Twine &Path) {
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!Buffer)
    return createStringError("cannot read '%s': %s", Path.str().c_str(), Buffer.getError().message().c_str());
  return (*Buffer)->getBuffer().str();
}

/// Threads for one large job. ptxas makes the same code whatever their number, but notes it in the cubin: the same
/// everywhere, or the bytes would differ between machines.
static constexpr StringLiteral Threads = "--split-compile=16";

static std::vector<std::string> assembleArguments(const AssembleJob &Job) {
  std::vector<std::string> Args = {"--gpu-name=" + Job.Arch.smName()};
  if (Job.Large && !Job.FullDebug)
    Args.push_back(Threads.str());
  // Full debug information and optimization exclude each other in ptxas.
  if (Job.FullDebug)
    Args.push_back("-g");
  else
    Args.push_back("-O" + std::to_string(Job.OptLevel >= 2 ? 3 : Job.OptLevel));
  if (Job.LineInfo && !Job.FullDebug)
    Args.push_back("-lineinfo");
  if (Job.LinkDeviceRuntime)
    Args.push_back("-c");
  if (Job.LimitFunctions)
    Args.push_back("--maxrregcount=" + std::to_string(Job.MaxRegisters));
  Args.insert(Args.end(), {Job.PTXFile, "-o", Job.LinkDeviceRuntime ? Job.CubinFile + ".o" : Job.CubinFile});
  return Args;
}

std::string assembleCommand(const AssembleJob &Job) {
  std::string Command;
  raw_string_ostream OS(Command);
  OS << "ptxas";
  for (const std::string &A : assembleArguments(Job)) {
    OS << ' ';
    sys::printArg(OS, A, /*Quote=*/false);
  }
  return Command;
}

static Error linkDeviceRuntime(const AssembleJob &Job, std::string &Log) {
  Expected<std::string> Nvlink = findCudaTool("nvlink");
  if (!Nvlink)
    return Nvlink.takeError();
  Expected<std::string> Library = findCudaDeviceRuntime();
  if (!Library)
    return Library.takeError();
  return runTool(*Nvlink, {"--arch=" + Job.Arch.smName(), Job.CubinFile + ".o", *Library, "-o", Job.CubinFile}, Log);
}

/// Writes the version that ptxas asked for into the file; false where it asked for none.
static bool raiseVersion(AssembleJob &Job, StringRef Message) {
  unsigned Version = requestedPTXVersion(Message);
  if (!Job.MayRaiseVersion || Version <= Job.PTXVersion || Version > knownPTXVersions().back())
    return false;
  Expected<std::string> PTX = readFile(Job.PTXFile);
  if (!PTX) {
    consumeError(PTX.takeError());
    return false;
  }
  setPTXVersion(*PTX, Version);
  if (Error E = writeFile(Job.PTXFile, *PTX)) {
    consumeError(std::move(E));
    return false;
  }
  Job.PTXVersion = Version;
  return true;
}

/// A ptxas from before CUDA 12.1 does not know the option.
static bool withoutThreads(AssembleJob &Job) {
  if (!Job.Large || !StringRef(Job.Error).contains("split-compile'"))
    return false;
  Job.Large = false;
  return true;
}

/// A function that ptxas compiles by itself does not know the limit of a kernel that calls it; true if it gets one.
static bool limitFunctions(AssembleJob &Job) {
  if (Job.LimitFunctions || !Job.MaxRegisters || !StringRef(Job.Error).contains("with max regcount of"))
    return false;
  Job.LimitFunctions = true;
  return true;
}

static void assembleOne(AssembleJob &Job, const std::string &Ptxas) {
  // One missing feature may hide another.
  do {
    Error E = runTool(Ptxas, assembleArguments(Job), Job.Log);
    Job.Error = E ? toString(std::move(E)) : "";
  } while (!Job.Error.empty() && (raiseVersion(Job, Job.Error) || withoutThreads(Job) || limitFunctions(Job)));
  if (!Job.Error.empty())
    return;
  if (!Job.LinkDeviceRuntime)
    return;
  std::string Log;
  if (Error E = linkDeviceRuntime(Job, Log))
    Job.Error = toString(std::move(E));
}

void assemble(MutableArrayRef<AssembleJob> Jobs) {
  if (Jobs.empty())
    return;
  Expected<std::string> Ptxas = findCudaTool("ptxas");
  if (!Ptxas) {
    Jobs.front().Error = toString(Ptxas.takeError());
    Jobs.front().ToolMissing = true;
    return;
  }
  if (Jobs.size() == 1)
    return assembleOne(Jobs.front(), *Ptxas);
  std::vector<std::thread> Threads;
  for (AssembleJob &Job : Jobs)
    Threads.emplace_back([&Job, &Ptxas] { assembleOne(Job, *Ptxas); });
  for (std::thread &T : Threads)
    T.join();
}

static StringRef modeName(LowerOptions::CompressKind Kind) {
  switch (Kind) {
  case LowerOptions::CompressKind::Default:
    return "default";
  case LowerOptions::CompressKind::Size:
    return "size";
  case LowerOptions::CompressKind::Balance:
    return "balance";
  case LowerOptions::CompressKind::Speed:
    return "speed";
  case LowerOptions::CompressKind::None:
    return "none";
  }
  llvm_unreachable("all kinds are named");
}

Error packFatBinary(ArrayRef<FatImage> Images, LowerOptions::CompressKind Compress, StringRef Identifier,
                    const std::string &Output) {
  Expected<std::string> Tool = findCudaTool("fatbinary");
  if (!Tool)
    return Tool.takeError();
  std::vector<std::string> Args = {"-64", "--create=" + Output};
  // A fatbinary from before CUDA 12.4 knows no modes.
  if (Compress != LowerOptions::CompressKind::Default)
    Args.push_back(("--compress-mode=" + modeName(Compress)).str());
  if (!Identifier.empty())
    Args.push_back(("--ident=" + Identifier).str());
  for (const FatImage &I : Images) {
    std::string SM = I.Arch.smName().substr(3);
    Args.push_back("--image3=kind=" + std::string(I.IsPTX ? "ptx" : "elf") + ",sm=" + SM + ",file=" + I.File);
  }
  std::string Log;
  return runTool(*Tool, Args, Log);
}

} // namespace cordon
