//===- support/ForkedChild.cpp - work that may abort, in a child ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The child sends records over a pipe: a kind, a length, the bytes. The parent reads until the pipe closes, so neither
// side can wait for the other; a child without a last record has died.

#include "support/ForkedChild.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/ErrorHandling.h"
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace cordon {
namespace {

enum class Record : char { Bytes = 'B', Warning = 'W', Error = 'E', Done = 'D' };

void writeAll(int FD, const char *Data, size_t Size) {
  while (Size) {
    ssize_t N = ::write(FD, Data, Size);
    if (N < 0 && errno == EINTR)
      continue;
    if (N <= 0)
      _exit(1); // the parent is gone
    Data += N;
    Size -= N;
  }
}

void send(int FD, Record Kind, StringRef Text) {
  char Header[9];
  Header[0] = static_cast<char>(Kind);
  uint64_t Size = Text.size();
  memcpy(Header + 1, &Size, sizeof(Size));
  writeAll(FD, Header, sizeof(Header));
  writeAll(FD, Text.data(), Text.size());
}

void sendFatal(void *FD, const char *Reason, bool) {
  send(*static_cast<int *>(FD), Record::Error, Reason);
  _exit(1);
}

/// Sends diagnostics instead of printing them; errors do not stop the work, as in clang.
struct PipeDiagnostics : DiagnosticHandler {
  explicit PipeDiagnostics(int FD) : FD(FD) {}
  bool handleDiagnostics(const DiagnosticInfo &DI) override {
    std::string Text;
    raw_string_ostream OS(Text);
    DiagnosticPrinterRawOStream Printer(OS);
    DI.print(Printer);
    if (DI.getSeverity() == DS_Error)
      send(FD, Record::Error, Text);
    else if (DI.getSeverity() == DS_Warning)
      send(FD, Record::Warning, Text);
    return true;
  }
  int FD;
};

[[noreturn]] void childMain(int FD, LLVMContext *Context, function_ref<Error(raw_ostream &)> Work) {
  // The compiler's handlers print a crash report and clean up files that the parent still needs.
  for (int S = 1; S < NSIG; ++S)
    ::signal(S, SIG_DFL);
  sigset_t None;
  sigemptyset(&None);
  sigprocmask(SIG_SETMASK, &None, nullptr);
  rlimit NoCore = {0, 0};
  setrlimit(RLIMIT_CORE, &NoCore);
  int Null = ::open("/dev/null", O_RDWR);
  if (Null >= 0) {
    dup2(Null, 1);
    dup2(Null, 2);
  }
  remove_fatal_error_handler();
  install_fatal_error_handler(sendFatal, &FD);
  if (Context)
    Context->setDiagnosticHandler(std::make_unique<PipeDiagnostics>(FD));
  SmallVector<char, 0> Buffer;
  raw_svector_ostream OS(Buffer);
  if (Error E = Work(OS)) {
    send(FD, Record::Error, toString(std::move(E)));
    _exit(1);
  }
  send(FD, Record::Bytes, StringRef(Buffer.data(), Buffer.size()));
  send(FD, Record::Done, "");
  _exit(0);
}

std::string clean(StringRef Text) {
  Text = Text.rtrim();
  Text.consume_front("LLVM ERROR: ");
  Text.consume_back(".");
  return Text.str();
}

/// Takes the records out of \p Data. Returns true if the last one is Done.
bool parseRecords(StringRef Data, ChildResult &Result) {
  bool Done = false;
  while (Data.size() >= 9) {
    Record Kind = static_cast<Record>(Data[0]);
    uint64_t Size;
    memcpy(&Size, Data.data() + 1, sizeof(Size));
    Data = Data.drop_front(9);
    if (Size > Data.size())
      break;
    StringRef Text = Data.take_front(Size);
    Data = Data.drop_front(Size);
    if (Kind == Record::Bytes)
      Result.Bytes = Text.str();
    else if (Kind == Record::Warning)
      Result.Warnings.push_back(clean(Text));
    else if (Kind == Record::Error)
      Result.Error += (Result.Error.empty() ? "" : "; ") + clean(Text);
    else
      Done = true;
  }
  return Done;
}

} // namespace

ChildProcess startChild(LLVMContext *Context, function_ref<Error(raw_ostream &)> Work) {
  ChildProcess Child;
  int Pipe[2];
  if (::pipe2(Pipe, O_CLOEXEC) != 0) {
    Child.StartError = std::string("cannot create a pipe: ") + strerror(errno);
    return Child;
  }
  // What the parent has buffered must not be written a second time.
  outs().flush();
  errs().flush();
  pid_t Parent = ::getpid();
  pid_t Pid = ::fork();
  if (Pid == 0) {
    // A back end that runs in circles must not outlive a compiler that was killed.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != Parent)
      ::_exit(1);
    ::close(Pipe[0]);
    childMain(Pipe[1], Context, Work);
  }
  ::close(Pipe[1]);
  if (Pid < 0) {
    Child.StartError = std::string("cannot start a child process: ") + strerror(errno);
    ::close(Pipe[0]);
    return Child;
  }
  Child.Pid = Pid;
  Child.Pipe = Pipe[0];
  return Child;
}

/// Reads until the child closes its end. False where the time is over.
static bool drain(int FD, unsigned TimeoutSeconds, std::string &Data) {
  using namespace std::chrono;
  steady_clock::time_point End = steady_clock::now() + seconds(TimeoutSeconds);
  std::vector<char> Chunk(1 << 16);
  while (true) {
    int64_t Left = duration_cast<milliseconds>(End - steady_clock::now()).count();
    pollfd P = {FD, POLLIN, 0};
    int Ready = ::poll(&P, 1, static_cast<int>(std::max<int64_t>(0, Left)));
    if (Ready < 0 && errno == EINTR)
      continue;
    if (Ready <= 0)
      return false;
    ssize_t N = ::read(FD, Chunk.data(), Chunk.size());
    if (N < 0 && errno == EINTR)
      continue;
    if (N <= 0)
      return true;
    Data.append(Chunk.data(), N);
  }
}

ChildResult waitForChild(ChildProcess &Child, unsigned TimeoutSeconds) {
  ChildResult Result;
  if (Child.Pid < 0) {
    Result.Error = Child.StartError.empty() ? "no child was started" : Child.StartError;
    return Result;
  }
  std::string Data;
  bool InTime = drain(Child.Pipe, TimeoutSeconds, Data);
  if (!InTime)
    ::kill(Child.Pid, SIGKILL);
  ::close(Child.Pipe);
  int Status = 0;
  while (::waitpid(Child.Pid, &Status, 0) < 0 && errno == EINTR) {
  }
  Child = ChildProcess();

  bool Done = parseRecords(Data, Result);
  Result.Ok = Done && Result.Error.empty();
  if (Done || !Result.Error.empty())
    return Result;
  if (!InTime)
    Result.Error = "no end after " + std::to_string(TimeoutSeconds) + " seconds";
  else if (WIFSIGNALED(Status))
    Result.Error = std::string("LLVM crashed (") + strsignal(WTERMSIG(Status)) + ")";
  else
    Result.Error = "LLVM ended without a message";
  return Result;
}

ChildResult runInChild(LLVMContext *Context, function_ref<Error(raw_ostream &)> Work, unsigned TimeoutSeconds) {
  ChildProcess Child = startChild(Context, Work);
  return waitForChild(Child, TimeoutSeconds);
}

} // namespace cordon
