//===- cordon-smoke/Check.h - expectations ----------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One --expect: which elements of which buffer, what they are to be (an expression, a file, or another backend's
// result), how near is near enough, and what came out of the comparison.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CHECK_H
#define CORDON_SMOKE_CHECK_H

#include "Memory.h"

namespace cordon::smoke {

/// An element passes if it is equal or within any of the given tolerances.
struct Tolerance {
  double Relative = 0, Absolute = 0;
  uint64_t Ulp = 0;
};

struct Check {
  SourceText Text;
  std::string Path; ///< of the buffer
  bool HasRange = false;
  uint64_t From = 0, To = 0;
  Expr Expected;
  std::string File; ///< instead of an expression
  Tolerance Near;
};

/// 'K: EXPR', 'K[A..B): EXPR', 'K: file=PATH', each with tolerances '~REL', 'rel=', 'abs=', 'ulp=' at the end.
bool parseCheck(const SourceText &Text, Check &Out, TextError &Error);
/// Tolerances alone, as in --compare=cpu~1e-6.
bool parseTolerance(Cursor &C, Tolerance &Out);

struct Difference {
  uint64_t Index;
  std::string Got, Expected;
};

struct CheckResult {
  std::string Text; ///< as it was given
  std::string Name; ///< of the buffer, for people
  bool Passed = false;
  std::string Error; ///< why nothing was compared
  uint64_t Compared = 0, Different = 0;
  std::vector<Difference> First; ///< at most 8
  double LargestError = 0;       ///< absolute
  uint64_t LargestAt = 0;
};

/// Computes the elements that a check wants, from the values before the launch. They are stored as the buffer's type;
/// \p Exact has them in double, unrounded, for floating buffers and expressions.
bool expectedElements(const Check &C, const Buffer &B, const std::string &Folder, std::vector<uint8_t> &Stored,
                      std::vector<double> &Exact, TextError &Error);

/// Compares elements From..To of \p Got with \p Stored (which starts at From).
void compareElements(ScalarType T, const uint8_t *Got, uint64_t From, uint64_t To, const std::vector<uint8_t> &Stored,
                     const std::vector<double> &Exact, const Tolerance &Near, CheckResult &Out);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_CHECK_H
