//===- support/Tools.cpp - finding and running tools, libdevice, runtime --===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cordon/Toolchain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <dlfcn.h>

using namespace llvm;

namespace cordon {

bool Verbose = false;

static cl::opt<std::string> CudaPath("cordon-cuda-path", cl::Hidden,
                                     cl::desc("Cordon: CUDA toolkit with bin/ptxas, bin/fatbinary and nvvm/libdevice"));

namespace {

StringRef configured(StringRef Name) {
  return Name == "ptxas"       ? CORDON_CONFIGURED_PTXAS
         : Name == "fatbinary" ? CORDON_CONFIGURED_FATBINARY
         : Name == "nvlink"    ? CORDON_CONFIGURED_NVLINK
                               : "";
}

/// Remembers where it has looked, for the message.
class Search {
public:
  bool tryFile(const Twine &Path) {
    std::string P = Path.str();
    if (P.empty())
      return false;
    if (sys::fs::exists(P) && !sys::fs::is_directory(P)) {
      Found = P;
      return true;
    }
    Places += (Places.empty() ? "" : ", ") + P;
    return false;
  }
  std::string Found, Places;
};

/// The folder of the plugin or driver that holds this code.
std::string ownFolder() {
  Dl_info Info;
  if (!dladdr(reinterpret_cast<void *>(&ownFolder), &Info) || !Info.dli_fname)
    return "";
  SmallString<256> Real;
  // A program that was found through PATH is known by its bare name.
  StringRef File = StringRef(Info.dli_fname).contains('/') ? Info.dli_fname : "/proc/self/exe";
  if (sys::fs::real_path(File, Real))
    Real = Info.dli_fname;
  return sys::path::parent_path(Real).str();
}

} // namespace

void setCudaPath(StringRef Folder) { CudaPath = Folder.str(); }

Expected<std::string> findCudaTool(StringRef Name) {
  Search S;
  if (!CudaPath.empty()) {
    if (S.tryFile(CudaPath + "/bin/" + Name))
      return S.Found;
  } else {
    if (ErrorOr<std::string> InPath = sys::findProgramByName(Name))
      return *InPath;
    S.Places = "PATH";
    if (S.tryFile(configured(Name)) || S.tryFile("/usr/local/cuda/bin/" + Name))
      return S.Found;
  }
  return createStringError("cannot find %s (looked in %s); install the CUDA 13.0 toolkit, or name one with "
                           "-cordon-cuda-path=DIR",
                           Name.str().c_str(), S.Places.c_str());
}

Expected<std::string> findLibdevice(StringRef Override) {
  if (!Override.empty())
    return Override.str();
  Search S;
  StringRef InToolkit = "/nvvm/libdevice/libdevice.10.bc";
  if (!CudaPath.empty()) {
    if (S.tryFile(CudaPath + InToolkit))
      return S.Found;
  } else {
    if (S.tryFile(CORDON_CONFIGURED_LIBDEVICE) || S.tryFile("/usr/local/cuda" + InToolkit))
      return S.Found;
    if (Expected<std::string> Ptxas = findCudaTool("ptxas")) {
      if (S.tryFile(sys::path::parent_path(sys::path::parent_path(*Ptxas)) + InToolkit))
        return S.Found;
    } else
      consumeError(Ptxas.takeError());
  }
  return createStringError("cannot find libdevice.10.bc (looked in %s); install the CUDA toolkit, or name the file with "
                           "libdevice=FILE",
                           S.Places.c_str());
}

Expected<std::string> findCudaDeviceRuntime() {
  Search S;
  std::string Root = CudaPath;
  if (Root.empty()) {
    if (S.tryFile(CORDON_CONFIGURED_CUDADEVRT))
      return S.Found;
    Expected<std::string> Ptxas = findCudaTool("ptxas");
    if (!Ptxas)
      return Ptxas.takeError();
    Root = sys::path::parent_path(sys::path::parent_path(*Ptxas)).str();
  }
  for (StringRef Folder : {"/lib64/", "/lib/", "/targets/x86_64-linux/lib/", "/targets/sbsa-linux/lib/"})
    if (S.tryFile(Root + Folder + "libcudadevrt.a"))
      return S.Found;
  return createStringError("cannot find libcudadevrt.a, which kernels that launch kernels need (looked in %s); install "
                           "the CUDA 13.0 toolkit, or name one with -cordon-cuda-path=DIR",
                           S.Places.c_str());
}

Expected<std::string> findRuntime(StringRef Override) {
  if (!Override.empty())
    return Override.str();
  Search S;
  std::string Own = ownFolder();
  // build/lib/libCordon.so and build/bin/cordon; <prefix>/lib/... and <prefix>/bin/cordon.
  for (StringRef Up : {"/cordon/", "/../lib/cordon/", "/../" CORDON_INSTALL_LIBDIR "/cordon/"})
    if (S.tryFile(Own + Up + "cordon-runtime.bc"))
      return S.Found;
  return createStringError("cannot find Cordon's device runtime (looked in %s); reinstall Cordon, or name the file with "
                           "runtime=FILE",
                           S.Places.c_str());
}

Error runTool(StringRef Program, ArrayRef<std::string> Args, std::string &Log) {
  SmallVector<StringRef, 16> Argv = {Program};
  for (const std::string &A : Args)
    Argv.push_back(A);
  std::string Command;
  raw_string_ostream OS(Command);
  for (StringRef A : Argv) {
    if (!Command.empty())
      OS << ' ';
    sys::printArg(OS, A, /*Quote=*/false);
  }
  if (Verbose)
    errs() << Command << "\n";

  SmallString<128> LogFile;
  if (std::error_code EC = sys::fs::createTemporaryFile("cordon", "log", LogFile))
    return createStringError("cannot create a temporary file: %s; is the disk full?", EC.message().c_str());
  std::optional<StringRef> Redirects[] = {StringRef(""), StringRef(LogFile), StringRef(LogFile)};
  std::string Message;
  bool Failed = false;
  int Code = sys::ExecuteAndWait(Program, Argv, std::nullopt, Redirects, 0, 0, &Message, &Failed);
  if (auto Buffer = MemoryBuffer::getFile(LogFile))
    Log = (*Buffer)->getBuffer().str();
  sys::fs::remove(LogFile);
  if (Code == 0 && !Failed)
    return Error::success();
  return createStringError("%s failed (%s): %s\n%s", sys::path::filename(Program).str().c_str(),
                           Message.empty() ? ("exit code " + std::to_string(Code)).c_str() : Message.c_str(),
                           Command.c_str(), Log.c_str());
}

} // namespace cordon
