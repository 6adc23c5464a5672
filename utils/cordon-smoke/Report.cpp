//===- cordon-smoke/Report.cpp - what came out ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text, JSON and JUnit XML from results.
//===----------------------------------------------------------------------===//
#include "Report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

using namespace cordon::smoke;

unsigned ScriptResult::passed() const {
  unsigned N = 0;
  for (const LaunchResult &L : Launches)
    N += L.Passed;
  return N;
}

unsigned ScriptResult::failed() const {
  unsigned N = FailedBeside;
  for (const LaunchResult &L : Launches)
    N += L.FailedCount;
  return N;
}

/// A fixed-size field that the device wrote: it may lack its NUL.
template <size_t N> static std::string field(const char (&Text)[N]) { return std::string(Text, strnlen(Text, N)); }

static std::string triple(const uint32_t *V) {
  return "(" + std::to_string(V[0]) + "," + std::to_string(V[1]) + "," + std::to_string(V[2]) + ")";
}

/// What is said of an exception without a message; the words of libcordonrt.
static const char *kindText(uint32_t Kind) {
  switch (Kind) {
  case CORDON_EXCEPTION_THROW:
    return "exception";
  case CORDON_EXCEPTION_ASSERT:
    return "assertion failed";
  case CORDON_EXCEPTION_ABORT:
    return "abort";
  case CORDON_EXCEPTION_OUT_OF_MEMORY:
    return "out of memory";
  case CORDON_EXCEPTION_PURE_VIRTUAL:
    return "pure virtual function called";
  case CORDON_EXCEPTION_EXIT:
    return "exit";
  case CORDON_EXCEPTION_HEAP:
    return "heap error";
  default:
    return "exception of an unknown kind";
  }
}

std::string cordon::smoke::formatException(const cordon_exception_record &R, const std::string &Kernel) {
  std::string Name = field(R.kernel), Message = field(R.message), File = field(R.file);
  if (Message.empty())
    Message = kindText(R.kind);
  else if (R.kind == CORDON_EXCEPTION_ASSERT)
    Message = "assertion failed: " + Message;
  std::string Out = "cordon: exception in kernel '" + (Name.empty() ? Kernel : Name) + "', block " + triple(R.block) +
                    ", thread " + triple(R.thread) + ": " + Message;
  if (!File.empty())
    Out += " (" + File + (R.line ? ":" + std::to_string(R.line) : "") + ")";
  return Out;
}

double cordon::smoke::median(std::vector<double> V) {
  if (V.empty())
    return 0;
  std::sort(V.begin(), V.end());
  size_t H = V.size() / 2;
  return V.size() % 2 ? V[H] : (V[H - 1] + V[H]) / 2;
}

static void printInForce(const LaunchResult &L) {
  std::printf("  kernel %s, grid %s, block %s", L.Kernel.c_str(), triple(L.Config.Grid).c_str(),
              triple(L.Config.Block).c_str());
  if (L.Config.Cluster[0])
    std::printf(", cluster %s", triple(L.Config.Cluster).c_str());
  if (L.Config.SharedBytes)
    std::printf(", %u bytes of dynamic shared memory", L.Config.SharedBytes);
  if (L.Config.Cooperative)
    std::printf(", cooperative");
  std::printf("\n");
  for (size_t I = 0; I < L.Args.size(); ++I)
    std::printf("  argument %zu: %s\n", I, L.Args[I].c_str());
}

static void printFailedCheck(const CheckResult &C) {
  if (!C.Error.empty()) {
    std::printf("FAILED: %s: %s\n", C.Text.c_str(), C.Error.c_str());
    return;
  }
  std::printf("FAILED: %s: %llu of %llu elements differ, largest error %s at [%llu]\n", C.Text.c_str(),
              static_cast<unsigned long long>(C.Different), static_cast<unsigned long long>(C.Compared),
              formatDouble(C.LargestError).c_str(), static_cast<unsigned long long>(C.LargestAt));
  for (const Difference &D : C.First)
    std::printf("  %s[%llu] = %s, expected %s\n", C.Name.c_str(), static_cast<unsigned long long>(D.Index),
                D.Got.c_str(), D.Expected.c_str());
  if (C.Different > C.First.size())
    std::printf("  ... and %llu more\n", static_cast<unsigned long long>(C.Different - C.First.size()));
}

void cordon::smoke::printLaunch(const LaunchResult &L) {
  for (const PrintResult &P : L.Prints) {
    std::printf("%s[0..%zu) =", P.Name.c_str(), P.Values.size());
    for (const std::string &V : P.Values)
      std::printf(" %s", V.c_str());
    std::printf("\n");
  }
  if (!L.Exception.empty())
    std::printf("%s\n", L.Exception.c_str());
  for (size_t At = 0; At < L.Trace.size();) {
    size_t End = std::min(L.Trace.find('\n', At), L.Trace.size());
    std::printf("  %s\n", L.Trace.substr(At, End - At).c_str());
    At = End + 1;
  }
  if (L.FailureWanted && L.FailureMatched)
    std::printf("ok: the launch failed as expected: %s\n", L.Exception.empty() ? L.Error.c_str() : L.FailureText.c_str());
  else if (L.FailureWanted && !L.Failed)
    std::printf("FAILED: the launch was to fail%s%s, and did not\n", L.FailureText.empty() ? "" : " with ",
                L.FailureText.c_str());
  else if (L.Failed)
    std::printf("FAILED: launch of '%s': %s\n", L.Kernel.c_str(), L.Error.c_str());
  if (L.FailureWanted && L.Failed && !L.FailureMatched)
    std::printf("  it was to fail with: %s\n", L.FailureText.c_str());
  for (const CheckResult &C : L.Checks)
    if (C.Passed)
      std::printf("ok: %s (%llu elements)\n", C.Text.c_str(), static_cast<unsigned long long>(C.Compared));
    else if (!L.Failed)
      printFailedCheck(C);
  if (L.FailedCount)
    printInForce(L);
  if (!L.Times.empty())
    std::printf("time: min %s ms, median %s ms, %zu runs of '%s'\n",
                formatDouble(*std::min_element(L.Times.begin(), L.Times.end())).c_str(),
                formatDouble(median(L.Times)).c_str(), L.Times.size(), L.Kernel.c_str());
  std::fflush(stdout);
}

static std::string jsonNumber(double V) { return std::isfinite(V) ? formatDouble(V) : jsonString(formatDouble(V)); }

static std::string jsonDimensions(const unsigned *V) {
  return "[" + std::to_string(V[0]) + ", " + std::to_string(V[1]) + ", " + std::to_string(V[2]) + "]";
}

/// Numbers as numbers; infinities and NaN, which JSON lacks, as strings.
static std::string jsonValue(const std::string &Text) {
  return Text.find_first_of("in") == std::string::npos ? Text : jsonString(Text);
}

static std::string jsonCheck(const CheckResult &C) {
  std::string Out = "{\"expect\": " + jsonString(C.Text) + ", \"buffer\": " + jsonString(C.Name) +
                    ", \"passed\": " + (C.Passed ? "true" : "false");
  if (!C.Error.empty())
    Out += ", \"error\": " + jsonString(C.Error);
  Out += ", \"compared\": " + std::to_string(C.Compared) + ", \"different\": " + std::to_string(C.Different);
  if (C.Different) {
    Out += ", \"largestError\": " + jsonNumber(C.LargestError) + ", \"largestErrorAt\": " + std::to_string(C.LargestAt) +
           ", \"first\": [";
    for (size_t I = 0; I < C.First.size(); ++I)
      Out += std::string(I ? ", " : "") + "{\"index\": " + std::to_string(C.First[I].Index) +
             ", \"got\": " + jsonValue(C.First[I].Got) + ", \"expected\": " + jsonValue(C.First[I].Expected) + "}";
    Out += "]";
  }
  return Out + "}";
}

static std::string jsonLaunch(const LaunchResult &L) {
  std::string Out = "{\"kernel\": " + jsonString(L.Kernel) + ", \"grid\": " + jsonDimensions(L.Config.Grid) +
                    ", \"block\": " + jsonDimensions(L.Config.Block);
  if (L.Config.Cluster[0])
    Out += ", \"cluster\": " + jsonDimensions(L.Config.Cluster);
  Out += ", \"sharedBytes\": " + std::to_string(L.Config.SharedBytes) +
         ", \"cooperative\": " + (L.Config.Cooperative ? "true" : "false") + ", \"args\": [";
  for (size_t I = 0; I < L.Args.size(); ++I)
    Out += (I ? ", " : "") + jsonString(L.Args[I]);
  Out += std::string("], \"launched\": ") + (L.Failed ? "false" : "true");
  if (L.Failed)
    Out += ", \"error\": " + jsonString(L.Error);
  if (!L.Exception.empty())
    Out += ", \"exception\": " + jsonString(L.Exception);
  Out += ", \"prints\": [";
  for (size_t I = 0; I < L.Prints.size(); ++I) {
    Out += std::string(I ? ", " : "") + "{\"buffer\": " + jsonString(L.Prints[I].Name) + ", \"type\": \"" +
           nameOf(L.Prints[I].Type) + "\", \"values\": [";
    for (size_t K = 0; K < L.Prints[I].Values.size(); ++K)
      Out += (K ? ", " : "") + jsonValue(L.Prints[I].Values[K]);
    Out += "]}";
  }
  Out += "], \"checks\": [";
  for (size_t I = 0; I < L.Checks.size(); ++I)
    Out += (I ? ", " : "") + jsonCheck(L.Checks[I]);
  Out += "]";
  if (!L.Times.empty())
    Out += ", \"time\": {\"runs\": " + std::to_string(L.Times.size()) +
           ", \"minMs\": " + jsonNumber(*std::min_element(L.Times.begin(), L.Times.end())) +
           ", \"medianMs\": " + jsonNumber(median(L.Times)) + "}";
  return Out + ", \"passed\": " + std::to_string(L.Passed) + ", \"failed\": " + std::to_string(L.FailedCount) + "}";
}

std::string cordon::smoke::toJson(const std::vector<ScriptResult> &Results) {
  unsigned Passed = 0, Failed = 0, Skipped = 0;
  std::string Out = "{\"version\": 1, \"scripts\": [";
  for (size_t I = 0; I < Results.size(); ++I) {
    const ScriptResult &R = Results[I];
    Out += std::string(I ? "," : "") + "\n  {\"name\": " + jsonString(R.Name) + ", \"backend\": " + jsonString(R.Backend) +
           ", \"exit\": " + std::to_string(R.Exit);
    if (!R.Message.empty())
      Out += ", \"message\": " + jsonString(R.Message);
    Out += ", \"seconds\": " + jsonNumber(R.Seconds) + ", \"launches\": [";
    for (size_t L = 0; L < R.Launches.size(); ++L)
      Out += std::string(L ? "," : "") + "\n    " + jsonLaunch(R.Launches[L]);
    Out += "], \"passed\": " + std::to_string(R.passed()) + ", \"failed\": " + std::to_string(R.failed()) + "}";
    Passed += R.passed();
    Failed += R.failed();
    Skipped += R.Exit == ExitSkipped;
  }
  return Out + "],\n \"passed\": " + std::to_string(Passed) + ", \"failed\": " + std::to_string(Failed) +
         ", \"skipped\": " + std::to_string(Skipped) + "}\n";
}

static std::string xmlEscape(const std::string &S) {
  std::string Out;
  for (unsigned char C : S)
    Out += C == '<' ? "&lt;" : C == '>' ? "&gt;" : C == '&' ? "&amp;" : C == '"' ? "&quot;"
           : C == '\n' || C == '\t' || C >= 0x20 ? std::string(1, static_cast<char>(C)) : std::string("?");
  return Out;
}

std::string cordon::smoke::toJUnit(const std::vector<ScriptResult> &Results) {
  std::string Cases;
  unsigned Failed = 0, Skipped = 0, Errors = 0;
  for (const ScriptResult &R : Results) {
    Cases += "  <testcase classname=\"cordon-smoke\" name=\"" + xmlEscape(R.Name) + "\" time=\"" +
             formatDouble(R.Seconds) + "\"";
    std::string Detail = R.Message;
    for (const LaunchResult &L : R.Launches) {
      if (!L.Exception.empty())
        Detail += L.Exception + "\n";
      if (L.Failed && !L.FailureMatched)
        Detail += L.Kernel + ": " + L.Error + "\n";
      for (const CheckResult &C : L.Checks)
        if (!C.Passed)
          Detail += L.Kernel + ": " + C.Text + ": " + std::to_string(C.Different) + " of " +
                    std::to_string(C.Compared) + " elements differ " + C.Error + "\n";
    }
    const char *Tag = R.Exit == ExitSkipped ? "skipped" : R.Exit == ExitUsage ? "error" : "failure";
    Skipped += R.Exit == ExitSkipped;
    Errors += R.Exit == ExitUsage;
    Failed += R.Exit == ExitFailed;
    if (R.Exit == ExitPassed)
      Cases += "/>\n";
    else
      Cases += std::string(">\n    <") + Tag + " message=\"" + xmlEscape(Detail.substr(0, Detail.find('\n'))) + "\">" +
               xmlEscape(Detail) + "</" + Tag + ">\n  </testcase>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"cordon-smoke\" tests=\"" +
         std::to_string(Results.size()) + "\" failures=\"" + std::to_string(Failed) + "\" errors=\"" +
         std::to_string(Errors) + "\" skipped=\"" + std::to_string(Skipped) + "\">\n" + Cases + "</testsuite>\n";
}
