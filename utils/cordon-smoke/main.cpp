//===- cordon-smoke/main.cpp - the harness --------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Launches kernels of device images with given arguments and checks what they compute. This file reads the command line;
// see docs/reference-smoke.md for what it means.
//===----------------------------------------------------------------------===//
#include "Bundle.h"
#include "List.h"
#include "Runner.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

using namespace cordon::smoke;

namespace {
const char Usage[] =
    "usage: cordon-smoke IMAGE... --kernel=NAME [--grid=X,Y,Z] [--block=X,Y,Z] [--arg=SPEC]... [--expect='K: EXPR']...\n"
    "       cordon-smoke [IMAGE...] --spec=FILE...\n"
    "       cordon-smoke --list IMAGE...\n"
    "       cordon-smoke --bundle=DIR SPEC...\n"
    "Launches kernels of a device image (PTX, cubin, fat binary, device bitcode, or a host file that carries one) and\n"
    "checks what they compute.\n"
    "\n"
    "A launch (again from each further --kernel on):\n"
    "  --kernel=NAME         source name, C++ name, or name in the image\n"
    "  --grid=, --block=, --cluster=X[,Y[,Z]]   --shmem=BYTES   --cooperative\n"
    "  --arg=SPEC            TYPE:VALUE | buf:TYPE:COUNT[:FILL] | array:TYPE:COUNT[:FILL] | {SPEC,...} | @NAME | null\n"
    "                        FILL: zero | fill=V | iota | random=SEED | file=PATH | expr=EXPR\n"
    "                        TYPE: i8 i16 i32 i64 u8 u16 u32 u64 f16 bf16 f32 f64\n"
    "  --var=NAME:SPEC       sets a variable of the image before the launch\n"
    "  --print=K[:N]         prints buffer K after the launch;   --save=K:PATH writes its bytes to a file\n"
    "  --expect='K: EXPR'    C expression in i, argJ, argJ[i] (before the launch); at its end ~REL, abs=A, ulp=N;\n"
    "                        'K[A..B): EXPR' for a part, 'K: file=PATH' for a file\n"
    "  --expect-failure[=T]  the launch is to fail, with T in its message\n"
    "All launches:\n"
    "  --buffer=NAME:buf:... a buffer that several launches share, passed as --arg=@NAME\n"
    "  --backend=auto|cuda|cpu   --device=N   --timeout=SECONDS (120; 0: none)   --time=RUNS   --compare=cpu[~REL]\n"
    "  --check[=memory|race] --schedule=SEED  --threads=N      (CPU backend)\n"
    "  --heap=BYTES[K|M|G]   --check-heap[=leaks]               (the device runtime's heap)\n"
    "Reports: --json   --junit=FILE\n"
    "Exit codes: 0 passed, 1 failed, 2 wrong usage or input, 77 cannot run here.\n";

struct Options {
  Script Line; ///< what the command line says
  std::vector<std::string> Specs;
  std::vector<std::pair<std::string, SourceText>> Overrides; ///< of settings, for spec files
  bool List = false, Json = false;
  std::string JUnit, Bundle;
};

int usageError(const std::string &Message) {
  // A message with a position says "error" itself.
  bool Placed = Message.substr(0, Message.find('\n')).find(": error: ") != std::string::npos;
  std::fprintf(stderr, "cordon-smoke: %s%s\n", Placed ? "" : "error: ", Message.c_str());
  return ExitUsage;
}

/// Takes one argument; \p I moves on where the value is the next one. Returns a message, or "".
std::string takeArgument(int Argc, char **Argv, int &I, Options &O) {
  std::string Arg = Argv[I];
  if (Arg.size() < 2 || Arg[0] != '-') {
    O.Line.Images.push_back(SourceText::option("IMAGE", Arg));
    return "";
  }
  if (Arg.compare(0, 2, "--") != 0)
    return "unknown option '" + Arg + "'; see --help";
  size_t Equal = Arg.find('=');
  std::string Key = Arg.substr(2, Equal == std::string::npos ? Equal : Equal - 2), Value;
  bool HasValue = Equal != std::string::npos;
  if (HasValue)
    Value = Arg.substr(Equal + 1);
  if ((Key == "list" || Key == "json") && HasValue)
    return "--" + Key + " takes no value";
  if (Key == "list" || Key == "json") {
    (Key == "list" ? O.List : O.Json) = true;
    return "";
  }
  bool Own = Key == "spec" || Key == "junit" || Key == "bundle";
  if (!Own && directiveKind(Key) == DirectiveKind::Unknown)
    return "unknown option '--" + Key + "'; see --help";
  if (!HasValue && (Own || !isFlag(Key))) {
    if (I + 1 >= Argc)
      return "--" + Key + " needs a value";
    Value = Argv[++I];
  }
  if (Own) {
    if (Value.empty())
      return "--" + Key + " needs a value";
    if (Key == "spec")
      O.Specs.push_back(Value);
    else
      (Key == "junit" ? O.JUnit : O.Bundle) = Value;
    return "";
  }
  SourceText Text = SourceText::option("--" + Key, Value);
  TextError Error;
  if (!applyDirective(O.Line, Key, Text, Error))
    return describe(Text, Error);
  if (directiveKind(Key) == DirectiveKind::OfScript && Key != "image" && Key != "buffer")
    O.Overrides.emplace_back(Key, Text);
  return "";
}

/// The scripts of a command line, in order. Returns a message, or "".
std::string gatherScripts(Options &O, std::vector<Script> &Out) {
  for (const std::string &Path : O.Specs) {
    Script S;
    std::string Message = readSpecFile(Path, S);
    if (!Message.empty())
      return Message;
    if (!O.Line.Images.empty())
      S.Images = O.Line.Images;
    TextError Error;
    for (const auto &Setting : O.Overrides)
      applyDirective(S, Setting.first, Setting.second, Error);
    Message = finishScript(S);
    if (!Message.empty())
      return Path + ": " + Message;
    Out.push_back(std::move(S));
  }
  if (!O.Specs.empty() && O.Line.Launches.empty())
    return "";
  std::string Message = finishScript(O.Line);
  if (!Message.empty())
    return Message;
  O.Line.Name = O.Line.Launches[0].Kernel.Value;
  Out.push_back(O.Line);
  return "";
}

/// The worst of all: wrong input before failed checks; skipped only if nothing ran.
int totalExit(const std::vector<ScriptResult> &Results) {
  int Exit = ExitSkipped;
  for (const ScriptResult &R : Results) {
    if (R.Exit == ExitUsage || Exit == ExitUsage)
      Exit = ExitUsage;
    else if (R.Exit == ExitFailed || Exit == ExitFailed)
      Exit = ExitFailed;
    else if (R.Exit == ExitPassed)
      Exit = ExitPassed;
  }
  return Exit;
}

int runAll(const std::vector<Script> &Scripts, const Options &O) {
  // With --json, standard output is one object: what kernels print goes to standard error.
  int Out = -1;
  if (O.Json) {
    std::fflush(stdout);
    Out = dup(1);
    dup2(2, 1);
  }
  std::vector<ScriptResult> Results;
  unsigned Passed = 0, Failed = 0, Skipped = 0;
  for (const Script &S : Scripts) {
    if (Scripts.size() > 1 && !O.Json)
      std::printf("[%zu/%zu] %s\n", Results.size() + 1, Scripts.size(), S.Name.c_str());
    Results.push_back(runScript(S, !O.Json));
    const ScriptResult &R = Results.back();
    Passed += R.passed();
    Failed += R.failed();
    Skipped += R.Exit == ExitSkipped;
    std::fflush(stdout);
    if (R.Exit == ExitSkipped)
      std::fprintf(stderr, "cordon-smoke: skipped: %s\n", R.Message.c_str());
    else if (R.Exit == ExitUsage)
      usageError(R.Message);
  }
  int Exit = totalExit(Results);
  std::string Xml = O.JUnit.empty() ? "" : toJUnit(Results);
  std::string Message = O.JUnit.empty() ? "" : writeFile(O.JUnit, Xml.data(), Xml.size());
  if (!Message.empty())
    Exit = usageError(Message);
  if (O.Json) {
    std::string Text = toJson(Results);
    std::fflush(stdout);
    for (size_t At = 0; At < Text.size();) {
      ssize_t N = write(Out, Text.data() + At, Text.size() - At);
      if (N <= 0)
        break;
      At += static_cast<size_t>(N);
    }
  } else if (Exit == ExitPassed || Exit == ExitFailed) {
    std::printf("%u passed, %u failed", Passed, Failed);
    if (Skipped)
      std::printf(", %u skipped", Skipped);
    std::printf("\n");
  }
  return Exit;
}
} // namespace

int main(int Argc, char **Argv) {
  Options O;
  for (int I = 1; I < Argc; ++I) {
    if (!std::strcmp(Argv[I], "--help") || !std::strcmp(Argv[I], "-h")) {
      std::fputs(Usage, stdout);
      return 0;
    }
    if (!std::strcmp(Argv[I], "--version")) {
      std::printf("cordon-smoke %s\n", CORDON_VERSION);
      return 0;
    }
    std::string Message = takeArgument(Argc, Argv, I, O);
    if (!Message.empty())
      return usageError(Message);
  }
  if (Argc == 1) {
    std::fputs(Usage, stderr);
    return ExitUsage;
  }
  std::string Message;
  int Exit = ExitPassed;
  if (!O.Bundle.empty()) {
    for (const SourceText &Image : O.Line.Images)
      O.Specs.push_back(Image.Value);
    Message = makeBundle(O.Bundle, O.Specs);
    Exit = Message.empty() ? ExitPassed : usageError(Message);
  } else if (O.List) {
    std::vector<std::string> Paths;
    for (const SourceText &Image : O.Line.Images)
      Paths.push_back(Image.Value);
    Message = Paths.empty() ? "--list needs an image" : listImages(Paths, O.Json);
    Exit = Message.empty() ? ExitPassed : usageError(Message);
  } else {
    std::vector<Script> Scripts;
    Message = gatherScripts(O, Scripts);
    Exit = Message.empty() ? runAll(Scripts, O) : usageError(Message);
  }
  // No destructors of the driver or of a backend run: after a failed launch they may wait for ever.
  std::fflush(stdout);
  std::fflush(stderr);
  _exit(Exit);
}
