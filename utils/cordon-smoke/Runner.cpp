//===- cordon-smoke/Runner.cpp - running scripts --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Chooses the first backend and image that can run a script, runs its launches in order, and turns expectations into
// results. The exit codes are decided here: a backend that cannot run the image is 77, everything that is wrong with the
// request or the input 2, everything that goes wrong on the device 1.
//===----------------------------------------------------------------------===//
#include "Runner.h"

#include "CudaBackend.h"
#include "Session.h"
#include <chrono>
#include <cstdio>
#include <cstring>

using namespace cordon::smoke;

namespace {
struct Attached {
  int Exit = ExitUsage;
  std::string Message;
  std::unique_ptr<Backend> B;
  std::unique_ptr<Session> Run;
};

std::string readImages(const Script &S, std::vector<ImagePart> &Parts, std::vector<std::string> &Paths) {
  for (const SourceText &Image : S.Images) {
    std::string Path = Image.Where == "IMAGE" ? Image.Value : joinPath(S.Folder, Image.Value);
    std::vector<uint8_t> Data;
    std::string Error = readFile(Path, Data);
    if (Error.empty())
      Error = findImages(Data, Path, Parts);
    if (!Error.empty())
      return Error;
    Paths.resize(Parts.size(), Path);
  }
  return "";
}

/// Tries all images that a backend may take; the first that loads and has the kernels is used.
Attached attach(const Script &S, bool Cuda, const std::vector<ImagePart> &Parts, const std::vector<std::string> &Paths) {
  Attached Out;
  bool ForCpu = S.Set.Options.CheckMemory || S.Set.Options.CheckRaces || S.Set.Options.ScheduleSeed;
  if (Cuda && ForCpu) {
    Out.Exit = S.Set.Backend == Settings::Cuda ? ExitUsage : ExitSkipped;
    Out.Message = "--check and --schedule need the CPU backend: add --backend=cpu";
    return Out;
  }
  std::string Kinds;
  bool Usable = false;
  for (const ImagePart &P : Parts) {
    Usable |= (P.Kind == ImageKind::Bitcode) != Cuda;
    if (Kinds.find(nameOf(P.Kind)) == std::string::npos)
      Kinds += (Kinds.empty() ? "" : ", ") + std::string(nameOf(P.Kind));
  }
  if (!Usable) {
    Out.Exit = ExitSkipped;
    Out.Message = (Cuda ? "the CUDA driver needs PTX, a cubin or a fat binary" : "the CPU backend needs device bitcode") +
                  std::string(", and the image holds ") + Kinds;
    return Out;
  }
  Out.Exit = ExitSkipped;
  for (size_t I = 0; I < Parts.size(); ++I) {
    if ((Parts[I].Kind == ImageKind::Bitcode) == Cuda)
      continue;
    std::string Message;
    std::unique_ptr<Backend> B =
        Cuda ? createCudaBackend(S.Set.Options, Message) : createCpuBackend(S.Set.Options, Message);
    if (!B) {
      Out.Message = Message;
      return Out;
    }
    Message = B->load(Parts[I].Bytes.data(), Parts[I].Bytes.size(), Paths[I]);
    int Exit = ExitUsage;
    if (Message.empty()) {
      auto Run = std::make_unique<Session>(S);
      Message = Run->prepare();
      if (Message.empty())
        Message = Run->attach(*B, Parts[I]);
      if (Message.empty()) {
        Out = {ExitPassed, "", std::move(B), std::move(Run)};
        return Out;
      }
    }
    if (Message.compare(0, 13, "unsupported: ") == 0) {
      Message.erase(0, 13);
      Exit = ExitSkipped;
    }
    // An image that is wrong says more than one that cannot run here.
    if (Out.Message.empty() || Exit == ExitUsage) {
      Out.Message = Message;
      Out.Exit = Exit;
    }
  }
  return Out;
}

Attached choose(const Script &S, const std::vector<ImagePart> &Parts, const std::vector<std::string> &Paths) {
  if (S.Set.Backend != Settings::Auto)
    return attach(S, S.Set.Backend == Settings::Cuda, Parts, Paths);
  Attached Gpu = attach(S, true, Parts, Paths);
  if (Gpu.Exit != ExitSkipped)
    return Gpu;
  Attached Host = attach(S, false, Parts, Paths);
  if (Host.Exit == ExitSkipped)
    Host.Message = Gpu.Message + "; " + Host.Message;
  return Host;
}

void addPrints(const Launch &L, const Session &Run, size_t Index, LaunchResult &Out) {
  for (const Print &P : L.Prints) {
    std::shared_ptr<Buffer> B = Run.find(Index, P.Path);
    uint64_t N = P.All ? B->Count : P.Count;
    PrintResult R{Buffer::shownName(P.Path), B->Type, {}};
    for (uint64_t I = 0; I < N; ++I)
      R.Values.push_back(formatElement(B->Type, B->After.data() + I * sizeOf(B->Type)));
    Out.Prints.push_back(std::move(R));
  }
}

/// False with a message if an expression has no value.
bool addChecks(const Script &S, const Session &Run, size_t Index, LaunchResult &Out, std::string &Message) {
  for (const Check &Given : S.Launches[Index].Checks) {
    CheckResult R;
    R.Text = Given.Text.Value;
    if (Out.Failed) {
      R.Error = "the launch failed";
      Out.Checks.push_back(R);
      continue;
    }
    Check C = Given;
    std::shared_ptr<Buffer> B = Run.find(Index, C.Path);
    R.Name = Buffer::shownName(C.Path);
    std::vector<uint8_t> Stored;
    std::vector<double> Exact;
    TextError Error;
    if ((C.File.empty() && !Run.bind(Index, C.Expected, 0, Error)) ||
        !expectedElements(C, *B, S.Folder, Stored, Exact, Error)) {
      Message = describe(C.Text, Error);
      return false;
    }
    uint64_t From = C.HasRange ? C.From : 0, To = C.HasRange ? C.To : B->Count;
    compareElements(B->Type, B->After.data(), From, To, Stored, Exact, C.Near, R);
    Out.Checks.push_back(std::move(R));
  }
  return true;
}

/// Every buffer of both runs, element by element.
void addComparison(const Script &S, const Session &Mine, const Session &Other, size_t Index, LaunchResult &Out) {
  const auto &A = Mine.arguments(Index).Buffers, &B = Other.arguments(Index).Buffers;
  for (size_t I = 0; I < A.size() && I < B.size(); ++I) {
    CheckResult R;
    R.Text = "compare " + A[I]->shown() + " with " + Other.backend()->name();
    R.Name = A[I]->shown();
    compareElements(A[I]->Type, A[I]->After.data(), 0, A[I]->Count, B[I]->After, {}, S.Set.CompareNear, R);
    Out.Checks.push_back(std::move(R));
  }
}

void addFailure(const Session &Run, const Launch &L, const std::string &Error, LaunchResult &Out) {
  Out.Failed = true;
  Out.Error = Error;
  const cordon_exception_record *Record = Run.backend()->exceptionRecord();
  if (Record && Record->status != CORDON_RECORD_FREE) {
    Out.Exception = formatException(*Record, L.Kernel.Value);
    const char *Trace = Record->trace;
    Out.Trace = std::string(Trace, strnlen(Trace, sizeof(Record->trace)));
  }
}

/// Counts; a launch that fails and was not to is one failure, or as many as it has checks.
void count(LaunchResult &L) {
  if (L.FailureWanted) {
    L.FailureMatched = L.Failed && (L.Error.find(L.FailureText) != std::string::npos ||
                                    L.Exception.find(L.FailureText) != std::string::npos);
    ++(L.FailureMatched ? L.Passed : L.FailedCount);
  }
  for (const CheckResult &C : L.Checks)
    ++(C.Passed ? L.Passed : L.FailedCount);
  if (L.Failed && !L.FailureWanted && !L.FailedCount)
    ++L.FailedCount;
}

/// True if the script can go on.
bool runLaunch(const Script &S, size_t Index, Session &Run, Session *Other, bool Text, ScriptResult &Out) {
  const Launch &L = S.Launches[Index];
  LaunchResult R;
  R.Kernel = L.Kernel.Value;
  R.Config = L.Config;
  for (const GivenSpec &G : L.Args)
    R.Args.push_back(G.Text.Value);
  R.FailureWanted = L.MayFail;
  R.FailureText = L.Failure.Value;
  std::fflush(stdout); // what the kernel prints comes after what has been printed
  std::string Error = Run.run(Index, S.Set.TimeRuns, R.Times);
  if (!Error.empty()) {
    addFailure(Run, L, Error, R);
  } else if (Other) {
    std::vector<double> Times;
    Error = Other->run(Index, 0, Times);
    if (!Error.empty())
      addFailure(*Other, L, "on " + Other->backend()->name() + ": " + Error, R);
    else
      addComparison(S, Run, *Other, Index, R);
  }
  if (!R.Failed)
    addPrints(L, Run, Index, R);
  for (const Save &V : L.Saves) {
    if (R.Failed)
      break;
    std::shared_ptr<Buffer> B = Run.find(Index, V.Path);
    Out.Message = writeFile(V.Text.Where[0] == '-' ? V.File : joinPath(S.Folder, V.File), B->After.data(), B->bytes());
    if (!Out.Message.empty()) {
      Out.Exit = ExitUsage;
      return false;
    }
  }
  if (!addChecks(S, Run, Index, R, Out.Message)) {
    Out.Exit = ExitUsage;
    return false;
  }
  count(R);
  if (Text)
    printLaunch(R);
  bool GoOn = !R.Failed;
  if (R.FailedCount)
    Out.Exit = ExitFailed;
  Out.Launches.push_back(std::move(R));
  return GoOn;
}
} // namespace

ScriptResult cordon::smoke::runScript(const Script &S, bool Text) {
  auto Begin = std::chrono::steady_clock::now();
  ScriptResult Out;
  Out.Name = S.Name;
  std::vector<ImagePart> Parts;
  std::vector<std::string> Paths;
  auto Fail = [&](int Exit, std::string Message) {
    Out.Exit = Exit;
    Out.Message = std::move(Message);
    return Out;
  };
  {
    // What is wrong with the request is said on every machine, whatever backend it has.
    Session Trial(S);
    std::string Message = Trial.prepare();
    if (Message.empty())
      Message = readImages(S, Parts, Paths);
    if (!Message.empty())
      return Fail(ExitUsage, Message);
  }
  Attached Main = choose(S, Parts, Paths);
  if (Main.Exit != ExitPassed)
    return Fail(Main.Exit, Main.Message);
  Out.Backend = Main.B->name();
  Attached Other;
  if (S.Set.CompareCpu && Out.Backend.compare(0, 3, "cpu") != 0) {
    Other = attach(S, false, Parts, Paths);
    if (Other.Exit != ExitPassed)
      return Fail(Other.Exit, "--compare=cpu: " + Other.Message);
  }
  size_t Next = 0;
  while (Next < S.Launches.size() && runLaunch(S, Next, *Main.Run, Other.Run.get(), Text, Out))
    ++Next;
  bool Clean = Next == S.Launches.size();
  // What follows a failed launch is not run, and counts as failed.
  for (size_t I = Next + 1; I < S.Launches.size() && Out.Exit != ExitUsage; ++I) {
    unsigned Checks = static_cast<unsigned>(S.Launches[I].Checks.size()) + S.Launches[I].MayFail;
    Out.FailedBeside += Checks ? Checks : 1;
    Out.Exit = ExitFailed;
    if (Text)
      std::printf("FAILED: launch of '%s': not run, because the one before it failed\n",
                  S.Launches[I].Kernel.Value.c_str());
  }
  uint64_t Leaked = 0;
  std::string Heap = Clean && S.Set.Options.CheckHeap ? Main.B->heapReport(Leaked) : "";
  bool Leaks = Leaked && S.Set.Options.FailOnLeaks;
  if (Text && !Heap.empty())
    std::printf("%sheap: %s\n", Leaks ? "FAILED: " : "", Heap.c_str());
  if (Leaks) {
    ++Out.FailedBeside;
    Out.Exit = ExitFailed;
  }
  if (Clean)
    Main.Run->release();
  if (!Clean) {
    // The device or its context is in an unknown state; destructors would wait for it.
    (void)Main.B.release();
    (void)Other.B.release();
  }
  Out.Seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - Begin).count();
  return Out;
}
