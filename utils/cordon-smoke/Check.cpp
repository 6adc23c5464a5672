//===- cordon-smoke/Check.cpp - expectations ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses expectations and compares elements. Without a tolerance an element is right if it equals the expected value as
// its own type holds it, which is what assigning the expression to it in C would give.
//===----------------------------------------------------------------------===//
#include "Check.h"

#include <cmath>
#include <cstring>

using namespace cordon::smoke;

static bool parsePositive(Cursor &C, double &Out) {
  size_t Start = C.At;
  while (!C.atEnd() && C.peek() != ' ')
    ++C.At;
  std::string Word(C.Text.substr(Start, C.At - Start));
  uint8_t Bytes[8];
  if (!parseLiteral(ScalarType::F64, Word, Bytes).empty())
    return C.fail(Start, "'" + Word + "' is no tolerance");
  std::memcpy(&Out, Bytes, 8);
  return (Out >= 0 && std::isfinite(Out)) || C.fail(Start, "a tolerance is finite and not negative");
}

bool cordon::smoke::parseTolerance(Cursor &C, Tolerance &Out) {
  for (C.skipSpace(); !C.atEnd(); C.skipSpace()) {
    size_t Start = C.At;
    double V;
    if (C.take("~") || C.take("rel=")) {
      C.skipSpace();
      if (!parsePositive(C, Out.Relative))
        return false;
    } else if (C.take("abs=")) {
      if (!parsePositive(C, Out.Absolute))
        return false;
    } else if (C.take("ulp=")) {
      if (!parsePositive(C, V))
        return false;
      Out.Ulp = V < 9e18 ? static_cast<uint64_t>(V) : UINT64_MAX - 1;
    } else {
      return C.fail(Start, "unexpected '" + std::string(1, C.peek()) +
                               "' after the expression; tolerances are ~REL, abs=A, ulp=N");
    }
  }
  return true;
}

/// "K", "argK", "K.J", "name", "@name".
static std::string parsePath(Cursor &C) {
  C.take("@");
  size_t Start = C.At;
  while (!C.atEnd() && !std::strchr(":[ ", C.peek()))
    ++C.At;
  std::string Path(C.Text.substr(Start, C.At - Start));
  if (Path.size() > 3 && Path.compare(0, 3, "arg") == 0 && Path[3] >= '0' && Path[3] <= '9')
    Path.erase(0, 3);
  return Path;
}

static bool parseRange(Cursor &C, Check &Out) {
  auto Digits = [&](uint64_t &V) {
    size_t Start = C.At;
    while (C.peek() >= '0' && C.peek() <= '9')
      ++C.At;
    return parseUnsigned(C.Text.substr(Start, C.At - Start), V) || C.fail(Start, "expected a range such as [0..10)");
  };
  if (!Digits(Out.From) || !(C.take("..") || C.fail("expected '..'")) || !Digits(Out.To) ||
      !(C.take(")") || C.fail("expected ')': the range's end is not part of it")))
    return false;
  Out.HasRange = true;
  return true;
}

bool cordon::smoke::parseCheck(const SourceText &Text, Check &Out, TextError &Error) {
  Cursor C(Text.Value);
  Out.Text = Text;
  auto Parse = [&] {
    C.skipSpace();
    Out.Path = parsePath(C);
    if (Out.Path.empty())
      return C.fail("expected an argument's number, as in '2: 2*i+1'");
    if (C.take("[") && !parseRange(C, Out))
      return false;
    C.skipSpace();
    if (!C.take(":"))
      return C.fail("expected ':' and an expression");
    C.skipSpace();
    if (C.take("file=")) {
      size_t Start = C.At;
      while (!C.atEnd() && C.peek() != ' ')
        ++C.At;
      Out.File = std::string(C.Text.substr(Start, C.At - Start));
      if (Out.File.empty())
        return C.fail("expected a path after 'file='");
    } else if (!Out.Expected.parse(C)) {
      return false;
    }
    return parseTolerance(C, Out.Near);
  };
  bool Ok = Parse();
  Error = C.Error;
  return Ok;
}

bool cordon::smoke::expectedElements(const Check &C, const Buffer &B, const std::string &Folder,
                                     std::vector<uint8_t> &Stored, std::vector<double> &Exact, TextError &Error) {
  uint64_t From = C.HasRange ? C.From : 0, To = C.HasRange ? C.To : B.Count;
  if (From > To || To > B.Count) {
    Error = {0, B.shown() + " has " + std::to_string(B.Count) + " elements; [" + std::to_string(From) + ".." +
                    std::to_string(To) + ") is no part of it"};
    return false;
  }
  if (!C.File.empty()) {
    Spec S;
    S.Type = B.Type;
    S.Count = To - From;
    S.How.K = Fill::File;
    S.How.Path = C.File;
    Error.Message = fillElements(S, Folder, Stored);
    return !Error;
  }
  unsigned Size = sizeOf(B.Type);
  bool Floating = isFloating(B.Type);
  Stored.resize((To - From) * Size);
  if (Floating)
    Exact.resize(To - From);
  for (uint64_t I = From; I < To; ++I) {
    Number N;
    if (!C.Expected.evaluate(I, Floating, N, Error.Message)) {
      Error.Message = "at i = " + std::to_string(I) + " the expression " + Error.Message;
      return false;
    }
    storeElement(B.Type, Stored.data() + (I - From) * Size, N);
    if (Floating)
      Exact[I - From] = N.asDouble();
  }
  return true;
}

/// NaN equals NaN, and zeros of both signs are equal, as C compares them.
static bool sameElement(ScalarType T, const uint8_t *A, const uint8_t *B) {
  if (std::memcmp(A, B, sizeOf(T)) == 0)
    return true;
  if (!isFloating(T))
    return false;
  double X = loadElement(T, A).D, Y = loadElement(T, B).D;
  return X == Y || (std::isnan(X) && std::isnan(Y));
}

void cordon::smoke::compareElements(ScalarType T, const uint8_t *Got, uint64_t From, uint64_t To,
                                    const std::vector<uint8_t> &Stored, const std::vector<double> &Exact,
                                    const Tolerance &Near, CheckResult &Out) {
  unsigned Size = sizeOf(T);
  bool HasTolerance = Near.Relative > 0 || Near.Absolute > 0 || Near.Ulp > 0;
  for (uint64_t I = From; I < To; ++I) {
    const uint8_t *G = Got + I * Size, *W = Stored.data() + (I - From) * Size;
    ++Out.Compared;
    if (sameElement(T, G, W))
      continue;
    double X = loadElement(T, G).asDouble();
    double Y = Exact.empty() ? loadElement(T, W).asDouble() : Exact[I - From];
    double Error = std::fabs(X - Y);
    if (HasTolerance && std::isfinite(X) && std::isfinite(Y) &&
        ((Near.Absolute > 0 && Error <= Near.Absolute) || (Near.Relative > 0 && Error <= Near.Relative * std::fabs(Y)) ||
         (Near.Ulp > 0 && (isFloating(T) ? ulpDistance(T, G, W) <= Near.Ulp : Error <= double(Near.Ulp)))))
      continue;
    ++Out.Different;
    // Not a number counts as the largest error there is.
    if (std::isnan(Error))
      Error = INFINITY;
    if (Out.Different == 1 || Error > Out.LargestError) {
      Out.LargestError = Error;
      Out.LargestAt = I;
    }
    if (Out.First.size() < 8) {
      std::string Want = isFloating(T) && !Exact.empty() && HasTolerance ? formatDouble(Y) : formatElement(T, W);
      Out.First.push_back({I, formatElement(T, G), Want});
    }
  }
  Out.Passed = Out.Different == 0;
}
