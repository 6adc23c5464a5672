//===- cordon-smoke/Script.cpp - directives -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The directives of command lines and spec files, in one table. A `kernel` starts a launch; what comes before the first
// kernel belongs to it, so that a command line with one kernel may have any order.
//===----------------------------------------------------------------------===//
#include "Script.h"

#include <cstring>

using namespace cordon::smoke;

namespace {
using Handler = bool (*)(Script &, Cursor &, const SourceText &);

bool parseCount(Cursor &C, uint64_t Max, uint64_t &Out) {
  std::string_view Word = C.Text.substr(C.At);
  if (!parseUnsigned(Word, Out))
    return C.fail("'" + std::string(Word) + "' is no number");
  return Out <= Max || C.fail("'" + std::string(Word) + "' is too large");
}

/// 4 | 4,2 | 4,2,1 | (4,2,1) | 4x2x1
bool parseDimensions(Cursor &C, unsigned (&Out)[3]) {
  bool Paren = C.take("(");
  unsigned N = 0;
  Out[0] = Out[1] = Out[2] = 1;
  do {
    C.skipSpace();
    size_t Start = C.At;
    uint64_t V = 0;
    while (C.peek() >= '0' && C.peek() <= '9')
      ++C.At;
    if (!parseUnsigned(C.Text.substr(Start, C.At - Start), V) || !V || V > 0x7fffffff)
      return C.fail(Start, "expected a positive number of up to three, as in 4,2,1");
    if (N == 3)
      return C.fail(Start, "there are three dimensions at most");
    Out[N++] = static_cast<unsigned>(V);
    C.skipSpace();
  } while (C.take(",") || C.take("x"));
  if (Paren && !C.take(")"))
    return C.fail("expected ')'");
  C.skipSpace();
  return C.atEnd() || C.fail("unexpected '" + std::string(1, C.peek()) + "' after the dimensions");
}

bool parseGiven(Cursor &C, const SourceText &Text, GivenSpec &Out) {
  Out.Text = Text;
  Out.SpecOffset = C.At;
  TextError Error;
  if (parseSpec(std::string(C.Text.substr(C.At)), Out.S, Error))
    return true;
  return C.fail(Out.SpecOffset + Error.Offset, Error.Message);
}

/// NAME:SPEC; the name ends at the first colon that is not doubled (C++ names have "::").
bool parseNamed(Cursor &C, const SourceText &Text, GivenSpec &Out) {
  size_t Start = C.At;
  while (!C.atEnd() && (C.peek() != ':' || C.peek(1) == ':' || (C.At > Start && C.Text[C.At - 1] == ':')))
    ++C.At;
  Out.Name = std::string(C.Text.substr(Start, C.At - Start));
  if (Out.Name.empty() || !C.take(":"))
    return C.fail("expected NAME:SPEC, as in table:buf:f32:16:iota");
  return parseGiven(C, Text, Out);
}

bool onKernel(Script &S, Cursor &C, const SourceText &Text) {
  if (Text.Value.empty())
    return C.fail("expected a kernel's name");
  if (!S.HasPending)
    S.Launches.emplace_back();
  S.HasPending = false;
  S.Launches.back().Kernel = Text;
  return true;
}

bool onArg(Script &S, Cursor &C, const SourceText &Text) {
  GivenSpec G;
  if (!parseGiven(C, Text, G))
    return false;
  S.current().Args.push_back(std::move(G));
  return true;
}

bool onVar(Script &S, Cursor &C, const SourceText &Text) {
  GivenSpec G;
  if (!parseNamed(C, Text, G))
    return false;
  S.current().Vars.push_back(std::move(G));
  return true;
}

bool onBuffer(Script &S, Cursor &C, const SourceText &Text) {
  GivenSpec G;
  if (!parseNamed(C, Text, G))
    return false;
  if (G.S.K != Spec::Buffer)
    return C.fail(G.SpecOffset, "a named buffer is buf:TYPE:COUNT:FILL");
  if (G.Name[0] >= '0' && G.Name[0] <= '9')
    return C.fail("a buffer's name does not start with a digit");
  for (const GivenSpec &Other : S.Buffers)
    if (Other.Name == G.Name)
      return C.fail("there is a buffer '" + G.Name + "' already");
  S.Buffers.push_back(std::move(G));
  return true;
}

bool onPrint(Script &S, Cursor &C, const SourceText &Text) {
  Print P;
  P.Text = Text;
  C.take("@");
  size_t Colon = C.Text.rfind(':');
  P.All = Colon == std::string_view::npos || Colon < C.At;
  P.Path = std::string(C.Text.substr(C.At, P.All ? std::string_view::npos : Colon - C.At));
  if (P.Path.size() > 3 && P.Path.compare(0, 3, "arg") == 0 && P.Path[3] >= '0' && P.Path[3] <= '9')
    P.Path.erase(0, 3);
  if (P.Path.empty())
    return C.fail("expected K:N, as in 2:4");
  if (!P.All) {
    C.At = Colon + 1;
    if (!parseCount(C, UINT64_MAX, P.Count))
      return false;
  }
  S.current().Prints.push_back(std::move(P));
  return true;
}

bool onSave(Script &S, Cursor &C, const SourceText &Text) {
  Save V;
  V.Text = Text;
  C.take("@");
  size_t Colon = C.Text.find(':', C.At);
  if (Colon == std::string_view::npos || Colon == C.At || Colon + 1 == C.Text.size())
    return C.fail("expected K:PATH, as in 2:out.bin");
  V.Path = std::string(C.Text.substr(C.At, Colon - C.At));
  V.File = std::string(C.Text.substr(Colon + 1));
  if (V.Path.size() > 3 && V.Path.compare(0, 3, "arg") == 0 && V.Path[3] >= '0' && V.Path[3] <= '9')
    V.Path.erase(0, 3);
  S.current().Saves.push_back(std::move(V));
  return true;
}

bool onExpect(Script &S, Cursor &C, const SourceText &Text) {
  Check K;
  TextError Error;
  if (!parseCheck(Text, K, Error))
    return C.fail(Error.Offset, Error.Message);
  S.current().Checks.push_back(std::move(K));
  return true;
}

bool onExpectFailure(Script &S, Cursor &, const SourceText &Text) {
  S.current().MayFail = true;
  S.current().Failure = Text;
  return true;
}

bool onBackend(Script &S, Cursor &C, const SourceText &Text) {
  const std::string &V = Text.Value;
  S.Set.Backend = V == "cuda" ? Settings::Cuda : V == "cpu" ? Settings::Cpu : Settings::Auto;
  return V == "auto" || S.Set.Backend != Settings::Auto || C.fail("no backend '" + V + "'; known are auto, cuda, cpu");
}

bool onCheck(Script &S, Cursor &C, const SourceText &Text) {
  S.Set.Options.CheckMemory = true;
  if (Text.Value == "race")
    S.Set.Options.CheckRaces = true;
  return Text.Value.empty() || Text.Value == "memory" || Text.Value == "race" ||
         C.fail("no check '" + Text.Value + "'; known are memory, race");
}

bool onCompare(Script &S, Cursor &C, const SourceText &) {
  S.Set.CompareCpu = true;
  if (!C.take("cpu"))
    return C.fail("results can be compared with those of 'cpu'");
  return parseTolerance(C, S.Set.CompareNear);
}

bool onHeap(Script &S, Cursor &C, const SourceText &) {
  unsigned Shift = 0;
  if (!C.Text.empty() && std::strchr("kKmMgG", C.Text.back())) {
    char Unit = static_cast<char>(C.Text.back() | 0x20);
    Shift = Unit == 'k' ? 10 : Unit == 'm' ? 20 : 30;
    C.Text.remove_suffix(1);
  }
  if (!parseCount(C, UINT64_MAX >> Shift, S.Set.Options.HeapBytes))
    return false;
  S.Set.Options.HeapBytes <<= Shift;
  return true;
}

template <typename T> bool setNumber(Cursor &C, uint64_t Max, T &Out) {
  uint64_t V;
  if (!parseCount(C, Max, V))
    return false;
  Out = static_cast<T>(V);
  return true;
}

struct Directive {
  const char *Key;
  DirectiveKind Kind;
  bool Flag;
  Handler Handle;
};

const auto OfLaunch = DirectiveKind::OfLaunch;
const auto OfScript = DirectiveKind::OfScript;

const Directive Directives[] = {
    {"arg", OfLaunch, false, onArg},
    {"backend", OfScript, false, onBackend},
    {"block", OfLaunch, false,
     [](Script &S, Cursor &C, const SourceText &) { return parseDimensions(C, S.current().Config.Block); }},
    {"buffer", OfScript, false, onBuffer},
    {"check", OfScript, true, onCheck},
    {"check-heap", OfScript, true,
     [](Script &S, Cursor &C, const SourceText &Text) {
       S.Set.Options.CheckHeap = true;
       S.Set.Options.FailOnLeaks |= Text.Value == "leaks";
       return Text.Value.empty() || Text.Value == "leaks" || C.fail("no check '" + Text.Value + "'; known is leaks");
     }},
    {"cluster", OfLaunch, false,
     [](Script &S, Cursor &C, const SourceText &) { return parseDimensions(C, S.current().Config.Cluster); }},
    {"compare", OfScript, false, onCompare},
    {"cooperative", OfLaunch, true,
     [](Script &S, Cursor &, const SourceText &) { return S.current().Config.Cooperative = true; }},
    {"device", OfScript, false,
     [](Script &S, Cursor &C, const SourceText &) { return setNumber(C, 1023, S.Set.Options.Device); }},
    {"expect", OfLaunch, false, onExpect},
    {"expect-failure", OfLaunch, true, onExpectFailure},
    {"grid", OfLaunch, false,
     [](Script &S, Cursor &C, const SourceText &) { return parseDimensions(C, S.current().Config.Grid); }},
    {"heap", OfScript, false, onHeap},
    {"image", OfScript, false,
     [](Script &S, Cursor &, const SourceText &Text) { return S.Images.push_back(Text), true; }},
    {"kernel", OfLaunch, false, onKernel},
    {"print", OfLaunch, false, onPrint},
    {"save", OfLaunch, false, onSave},
    {"schedule", OfScript, false,
     [](Script &S, Cursor &C, const SourceText &) { return setNumber(C, UINT64_MAX, S.Set.Options.ScheduleSeed); }},
    {"shmem", OfLaunch, false,
     [](Script &S, Cursor &C, const SourceText &) { return setNumber(C, 1u << 30, S.current().Config.SharedBytes); }},
    {"threads", OfScript, false,
     [](Script &S, Cursor &C, const SourceText &) { return setNumber(C, 4096, S.Set.Options.Threads); }},
    {"time", OfScript, false,
     [](Script &S, Cursor &C, const SourceText &) { return setNumber(C, 1000000, S.Set.TimeRuns); }},
    {"timeout", OfScript, false,
     [](Script &S, Cursor &C, const SourceText &) { return setNumber(C, 1000000, S.Set.Options.TimeLimitSeconds); }},
    {"var", OfLaunch, false, onVar},
};

const Directive *find(const std::string &Key) {
  for (const Directive &D : Directives)
    if (Key == D.Key)
      return &D;
  return nullptr;
}
} // namespace

Launch &Script::current() {
  if (Launches.empty()) {
    Launches.emplace_back();
    HasPending = true;
  }
  return Launches.back();
}

DirectiveKind cordon::smoke::directiveKind(const std::string &Key) {
  const Directive *D = find(Key);
  return D ? D->Kind : DirectiveKind::Unknown;
}

bool cordon::smoke::isFlag(const std::string &Key) {
  const Directive *D = find(Key);
  return D && D->Flag;
}

std::string cordon::smoke::directiveNames() {
  std::string Out;
  for (const Directive &D : Directives)
    Out += std::string(Out.empty() ? "" : ", ") + D.Key;
  return Out;
}

bool cordon::smoke::applyDirective(Script &S, const std::string &Key, const SourceText &Value, TextError &Error) {
  const Directive *D = find(Key);
  if (!D) {
    Error = {0, "no directive '" + Key + "'; known are " + directiveNames()};
    return false;
  }
  Cursor C(Value.Value);
  if (!D->Flag && Value.Value.empty()) {
    Error = {0, "'" + Key + "' needs a value"};
    return false;
  }
  if (D->Handle(S, C, Value))
    return true;
  Error = C.Error;
  return false;
}

std::string cordon::smoke::finishScript(Script &S) {
  if (S.HasPending)
    return "no kernel was named: add --kernel=NAME (a `kernel NAME` line in a spec file)";
  if (S.Launches.empty())
    return "nothing to launch: add --kernel=NAME, or ask with --list what an image holds";
  if (S.Images.empty())
    return "no image was given";
  return "";
}
