//===- cordon/main.cpp - the cordon driver --------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Picks the command, parses its flags, and runs it in a child process: bitcode from elsewhere can crash LLVM's reader,
// and what a user then gets is one error and an exit code, not a stack dump.

#include "Driver.h"
#include "cordon/Toolchain.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace cordon::driver {
namespace {

/// What the child was at, and LLVM's last words; in memory that the parent sees.
struct LastWords {
  bool Reading;
  char Step[1024];
  char Fatal[1024];
};
LastWords *Shared = nullptr;

void copyText(char (&To)[1024], StringRef From) {
  size_t N = std::min(From.size(), sizeof(To) - 1);
  memcpy(To, From.data(), N);
  To[N] = 0;
}

constexpr int FatalExit = 70;

void onFatalError(void *, const char *Reason, bool) {
  if (Shared)
    copyText(Shared->Fatal, Reason);
  _exit(FatalExit);
}

constexpr FlagInfo CudaPathFlag = {"cuda-path", "DIR", "CUDA toolkit with bin/ptxas and nvvm/libdevice"};
constexpr FlagInfo HelpFlag = {"help", "", "print this"};
constexpr FlagInfo CheckFlags[] = {
    {"format", "text|json|sarif|html", "form of the report"},
    {"host-lib", "LIB", "library that defines host symbols; may be repeated", true},
    {"level", "error|warning|remark", "level of all rules"},
    {"error", "RULES", "rules whose findings are errors", true},
    {"warning", "RULES", "rules whose findings are warnings", true},
    {"ignore", "FILE", "findings that are known"},
    {"symbols", "FILE", "more symbols of the device"},
    HelpFlag,
};
constexpr FlagInfo SplitFlags[] = {
    {"device", "FILE", "device module to write (needed)"},
    {"stub", "abort|trap|call:SYMBOL", "what a device function does on the host"},
    {"kernels", "NAMES", "functions that are kernels", true},
    {"roots", "kernels|visible|NAMES", "what the device module is built from", true},
    {"symbols", "FILE", "more symbols of the device"},
    HelpFlag,
};
constexpr FlagInfo DeviceFlags[] = {
    {"arch", "sm_NN,...", "architectures: sm_NN, sm_NNa, sm_NNf, compute_NN", true},
    {"emit", "fatbin|cubin|ptx", "form of the output"},
    {"runtime", "FILE", "device runtime bitcode"},
    {"libdevice", "FILE", "libdevice.10.bc"},
    {"ptx", "VERSION", "PTX version, as 8.3"},
    {"debug", "lines|none|full", "debug information"},
    {"compress", "default|size|balance|speed|none", "compression of the fat binary"},
    {"exception", "trap|exit", "what a thread that fails does"},
    CudaPathFlag,
    HelpFlag,
};
constexpr FlagInfo BuildFlags[] = {
    {"arch", "sm_NN,...", "architectures: sm_NN, sm_NNa, sm_NNf, compute_NN", true},
    {"as", "cuda|offload", "how images are registered"},
    {"save-temps", "DIR", "keep what lies between"},
    {"pic", "", "position-independent host code"},
    {"no-pic", "", "host code at fixed addresses"},
    {"host-cpu", "CPU", "processor of the host code, or native"},
    {"stub", "abort|trap|call:SYMBOL", "what a device function does on the host"},
    {"kernels", "NAMES", "functions that are kernels", true},
    {"roots", "kernels|visible|NAMES", "what the device module is built from", true},
    {"runtime", "FILE", "device runtime bitcode"},
    {"libdevice", "FILE", "libdevice.10.bc"},
    {"ptx", "VERSION", "PTX version, as 8.3"},
    {"debug", "lines|none|full", "debug information"},
    {"compress", "default|size|balance|speed|none", "compression of the fat binary"},
    {"exception", "trap|exit", "what a thread that fails does"},
    {"hostrt", "weak|needed", "how libcordonrt is referred to"},
    {"symbols", "FILE", "more symbols of the device"},
    {"report", "FILE", "write what was found on the host"},
    {"report-format", "text|json|sarif|html", "form of the report"},
    {"error", "RULES", "rules whose findings are errors", true},
    {"warning", "RULES", "rules whose findings are warnings", true},
    {"ignore", "FILE", "findings that are known"},
    CudaPathFlag,
    HelpFlag,
};

struct Command {
  StringLiteral Name;
  StringLiteral Usage;
  StringLiteral Help;
  ArrayRef<FlagInfo> Flags;
  int (*Run)(const Arguments &);
};
const Command Commands[] = {
    {"check", "FILE... [-o FILE]", "report device code that leaks into host modules", CheckFlags, runCheck},
    {"split", "FILE -o HOST.bc --device=DEVICE.bc", "split a module into host and device", SplitFlags, runSplit},
    {"device", "DEVICE.bc --arch=sm_90[,sm_75] --emit=ptx|cubin|fatbin -o OUT [-O2]",
     "turn a device module into PTX or machine code", DeviceFlags, runDevice},
    {"build", "FILE... -o HOST.o|HOST.bc|HOST.a [--arch=sm_90[,sm_75]] [-O2]",
     "the whole way: host code with its device image inside", BuildFlags, runBuild},
};

void printUsage(raw_ostream &OS) {
  OS << "usage:\n";
  for (const Command &C : Commands)
    OS << "  cordon " << C.Name << " " << C.Usage << "\n      " << C.Help << "\n";
  OS << "  cordon COMMAND --help\n  cordon --version | --capabilities | --help\n"
        "FILE is bitcode, textual IR, an object with embedded bitcode, or an archive of these. -v prints each step.\n"
        "exit codes: 0; 1 a finding of level error or a failed step; 2 usage or unreadable input\n";
}

void printCommandUsage(const Command &C, raw_ostream &OS) {
  OS << "usage: cordon " << C.Name << " " << C.Usage << "\n" << C.Help << "\n";
  for (const FlagInfo &F : C.Flags) {
    std::string Left = "  --" + F.Name.str() + (F.Values.empty() ? "" : "=" + F.Values.str());
    OS << Left;
    OS.indent(Left.size() < 36 ? 36 - Left.size() : 1) << F.Help << "\n";
  }
  OS << "  -o FILE, -v\n";
}

int runInProcess(const Command &C, const Arguments &Args) {
  install_fatal_error_handler(onFatalError);
  int Code = C.Run(Args);
  outs().flush();
  return Code;
}

int runCommand(const Command &C, const Arguments &Args) {
  void *Page = mmap(nullptr, sizeof(LastWords), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (Page == MAP_FAILED)
    return runInProcess(C, Args);
  Shared = static_cast<LastWords *>(Page);
  outs().flush();
  pid_t Child = fork();
  if (Child < 0)
    return runInProcess(C, Args);
  if (Child == 0) {
    // A crash is reported by the parent; a core file of the child helps nobody.
    rlimit None = {0, 0};
    setrlimit(RLIMIT_CORE, &None);
    _exit(runInProcess(C, Args));
  }
  int Status = 0;
  while (waitpid(Child, &Status, 0) < 0 && errno == EINTR)
    ;
  if (WIFEXITED(Status) && WEXITSTATUS(Status) != FatalExit)
    return WEXITSTATUS(Status);
  std::string Why = Shared->Fatal;
  if (Why.empty() && WIFSIGNALED(Status))
    Why = std::string("LLVM crashed (") + strsignal(WTERMSIG(Status)) + ")";
  std::string Step = *Shared->Step ? Shared->Step : "running";
  return fail(Shared->Reading ? Usage : Failure,
              Step + " failed: " + Why + (Shared->Reading ? "; is the file damaged, or of another LLVM version?" : ""));
}

} // namespace

void enterStep(const Twine &What, bool Reading) {
  std::string Text = What.str();
  if (Verbose)
    errs() << "cordon: " << Text << "\n";
  if (!Shared)
    return;
  Shared->Reading = Reading;
  copyText(Shared->Step, Text);
}

int fail(ExitCode Code, const Twine &Message) {
  WithColor::error(errs(), "cordon") << Message << "\n";
  return Code;
}

int fail(ExitCode Code, Error E) { return fail(Code, toString(std::move(E))); }

void prepareContext(LLVMContext &Context) {
  Context.setDiagnosticHandlerCallBack([](const DiagnosticInfo *Info, void *) {
    if (Info->getSeverity() == DS_Remark || Info->getSeverity() == DS_Note)
      return; // optimization remarks, which nobody asked for
    raw_ostream &OS = Info->getSeverity() == DS_Error ? WithColor::error(errs())
                                                      : WithColor::warning(errs());
    DiagnosticPrinterRawOStream Printer(OS);
    Info->print(Printer);
    OS << "\n";
  });
}

int finish(FindingSet &Findings, Module &M) { return Findings.report(M) ? Success : Failure; }

Error writeBytes(StringRef Bytes, StringRef Path) {
  Error E = writeToOutput(Path, [&](raw_ostream &OS) {
    OS << Bytes;
    return Error::success();
  });
  if (!E)
    return E;
  return createStringError("cannot write '%s': %s", Path.str().c_str(), toString(std::move(E)).c_str());
}

Error writeModule(const Module &M, StringRef Path) {
  std::string Bytes;
  raw_string_ostream OS(Bytes);
  if (Path.ends_with(".ll"))
    M.print(OS, nullptr);
  else
    WriteBitcodeToFile(M, OS);
  return writeBytes(Bytes, Path);
}

} // namespace cordon::driver

int main(int Argc, char **Argv) {
  using namespace cordon::driver;
  StringRef First = Argc > 1 ? Argv[1] : "";
  if (First == "--version") {
    outs() << "cordon " CORDON_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
    return Success;
  }
  if (First == "--capabilities") {
    printCapabilities(outs());
    return Success;
  }
  if (First == "--help" || First == "-h" || First == "help") {
    printUsage(outs());
    return Success;
  }
  for (const auto &C : Commands) {
    if (First != C.Name)
      continue;
    Expected<Arguments> Args = parseArguments(C.Name, ArrayRef<const char *>(Argv + 2, Argc - 2), C.Flags);
    if (!Args)
      return fail(Usage, Args.takeError());
    if (Args->has("help")) {
      printCommandUsage(C, outs());
      return Success;
    }
    return runCommand(C, *Args);
  }
  if (First.empty()) {
    printUsage(errs());
    return Usage;
  }
  return fail(Usage, "no command '" + First + "'; there are check, split, device, build (see cordon --help)");
}
