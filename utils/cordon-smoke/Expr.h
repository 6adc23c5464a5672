//===- cordon-smoke/Expr.h - C expressions over elements --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The expressions of --expect and of `expr=` fills: C's operators and precedence, the element's index `i`, scalars
// `argJ`, elements `argJ[expr]` of buffers as they were before the launch, casts, and the usual functions.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_EXPR_H
#define CORDON_SMOKE_EXPR_H

#include "Text.h"
#include "Types.h"
#include <functional>

namespace cordon::smoke {

/// What a name in an expression stands for.
struct Operand {
  ScalarType Type = ScalarType::I32;
  const uint8_t *Data = nullptr;
  uint64_t Count = 0;
  bool IsScalar = false;
};

class Expr {
public:
  /// Parses as much as is an expression; the caller looks at what follows. Errors go to the cursor.
  bool parse(Cursor &C);
  /// Finds each name's operand. \p Resolve gets "2", "1.0" or a buffer's name and returns false if there is none.
  /// \p Known is said in the error.
  bool bind(const std::function<bool(const std::string &, Operand &)> &Resolve, const std::string &Known,
            TextError &Error);
  /// \p InDouble: literals and `i` are doubles, as for floating buffers. Returns false with \p Error set where C has no
  /// answer: an index outside the buffer, a division by zero.
  bool evaluate(uint64_t I, bool InDouble, Number &Out, std::string &Error) const;

private:
  enum class Op : uint8_t {
    Literal, Index, Scalar, Element, Neg, Not, BitNot, Cast,
    Mul, Div, Rem, Add, Sub, Shl, Shr, Lt, Gt, Le, Ge, Eq, Ne, And, Xor, Or, LogAnd, LogOr, Cond, Call, Reduce
  };
  struct Node {
    Op O;
    Number Value;
    int A = -1, B = -1, C = -1;
    unsigned Which = 0; ///< a name, a function, or a cast's target
    size_t Offset = 0;
  };
  struct Name {
    std::string Path;
    size_t Offset;
    bool Indexed;
    Operand Bound;
  };
  struct Parser;
  struct Evaluator;
  std::vector<Node> Nodes;
  std::vector<Name> Names;
  int Root = -1;
  /// Where a reduction stopped last: a prefix sum over all elements then costs one step for each.
  struct Running {
    int64_t From = -1, To = -1;
    Number Value;
  };
  mutable std::vector<Running> Last; ///< for each node
};

} // namespace cordon::smoke

#endif // CORDON_SMOKE_EXPR_H
