//===- cordon-smoke/ExprEval.cpp - evaluating C expressions ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates an expression for one element. In double, literals and `i` are doubles; but an index and the operands of the
// operators that C has for integers only (% & | ^ << >> ~) are computed in integers, where C's own answer is meant.
//===----------------------------------------------------------------------===//
#include "Expr.h"
#include "ExprTables.h"

#include <cmath>

using namespace cordon::smoke;

struct Expr::Evaluator {
  const Expr &E;
  uint64_t I;
  std::string &Error;

  Number fail(std::string Message) {
    if (Error.empty())
      Error = std::move(Message);
    return Number();
  }

  static Number truth(bool B, bool InDouble) { return InDouble ? Number::fromDouble(B) : Number::fromInt(B); }
  static Number finish(Number N, bool InDouble) { return InDouble ? Number::fromDouble(N.asDouble()) : N; }

  Number eval(int At, bool InDouble) {
    const Node &N = E.Nodes[At];
    switch (N.O) {
    case Op::Literal:
      return finish(N.Value, InDouble);
    case Op::Index:
      return finish(Number::fromInt(static_cast<int64_t>(I)), InDouble);
    case Op::Scalar:
      return finish(loadElement(E.Names[N.Which].Bound.Type, E.Names[N.Which].Bound.Data), InDouble);
    case Op::Element:
      return finish(element(N), InDouble);
    case Op::Cast:
      // The operand is computed in the outer mode: (int)(i / 32) is a division in double, cut off.
      return roundTo(static_cast<ScalarType>(N.Which), wrap(N, eval(N.A, InDouble)));
    case Op::Neg: {
      Number A = eval(N.A, InDouble);
      if (A.K == Number::Double)
        return Number::fromDouble(-A.D);
      A.I = static_cast<int64_t>(0 - static_cast<uint64_t>(A.I));
      return A;
    }
    case Op::Not:
      return truth(!eval(N.A, InDouble).isTrue(), InDouble);
    case Op::BitNot: {
      Number A = integer(eval(N.A, false));
      A.I = ~A.I;
      return finish(A, InDouble);
    }
    case Op::LogAnd:
      return truth(eval(N.A, InDouble).isTrue() && eval(N.B, InDouble).isTrue(), InDouble);
    case Op::LogOr:
      return truth(eval(N.A, InDouble).isTrue() || eval(N.B, InDouble).isTrue(), InDouble);
    case Op::Cond:
      return eval(N.A, InDouble).isTrue() ? eval(N.B, InDouble) : eval(N.C, InDouble);
    case Op::Call: {
      Number Args[3];
      const int Kids[3] = {N.A, N.B, N.C};
      for (unsigned K = 0; K < functionArity(N.Which); ++K)
        Args[K] = eval(Kids[K], InDouble);
      return finish(callFunction(N.Which, Args), InDouble);
    }
    case Op::Reduce:
      return finish(reduce(N), InDouble);
    case Op::Rem:
    case Op::And:
    case Op::Or:
    case Op::Xor:
    case Op::Shl:
    case Op::Shr:
      return finish(integerOp(N, eval(N.A, false), eval(N.B, false)), InDouble);
    default:
      return arithmetic(N, eval(N.A, InDouble), eval(N.B, InDouble), InDouble);
    }
  }

  /// A cast to a narrow integer wraps as on the device, also from a double that is in the range of 64 bits.
  static Number wrap(const Node &N, Number V) {
    return isFloating(static_cast<ScalarType>(N.Which)) ? V : Number::fromInt(V.asInt());
  }
  static Number integer(Number N) { return N.K == Number::Double ? Number::fromInt(N.asInt()) : N; }

  static std::string shown(const Name &N) {
    return (!N.Path.empty() && N.Path[0] >= '0' && N.Path[0] <= '9' ? "arg" : "") + N.Path;
  }

  Number element(const Node &N) {
    const Name &Nm = E.Names[N.Which];
    int64_t K = eval(N.A, false).asInt();
    if (K < 0 || static_cast<uint64_t>(K) >= Nm.Bound.Count)
      return fail("reads element " + std::to_string(K) + " of " + shown(Nm) + ", which has " +
                  std::to_string(Nm.Bound.Count));
    return loadElement(Nm.Bound.Type, Nm.Bound.Data + K * sizeOf(Nm.Bound.Type));
  }

  Number reduce(const Node &N) {
    const Name &Nm = E.Names[N.Which];
    int64_t From = N.A < 0 ? 0 : eval(N.A, false).asInt();
    int64_t To = N.B < 0 ? static_cast<int64_t>(Nm.Bound.Count) : eval(N.B, false).asInt();
    if (From < 0 || To < From || static_cast<uint64_t>(To) > Nm.Bound.Count)
      return fail("reduces elements " + std::to_string(From) + " to " + std::to_string(To) + " of " + shown(Nm) +
                  ", which has " + std::to_string(Nm.Bound.Count));
    auto At = [&](int64_t K) { return loadElement(Nm.Bound.Type, Nm.Bound.Data + K * sizeOf(Nm.Bound.Type)); };
    unsigned Kind = static_cast<unsigned>(N.Value.I);
    if (Kind != ReduceSum && From == To)
      return fail("takes the minimum or maximum of no elements");
    Number Acc = Kind == ReduceSum ? (isFloating(Nm.Bound.Type) ? Number::fromDouble(0) : Number::fromInt(0)) : At(From);
    int64_t Begin = Kind == ReduceSum ? From : From + 1;
    Running &Last = E.Last[&N - E.Nodes.data()];
    if (Last.From == From && Last.To >= Begin && Last.To <= To) {
      Acc = Last.Value;
      Begin = Last.To;
    }
    for (int64_t K = Begin; K < To; ++K) {
      Number Args[2] = {Acc, At(K)};
      if (Kind != ReduceSum) {
        unsigned Which = 0;
        findFunction(Kind == ReduceMin ? "min" : "max", Which);
        Acc = callFunction(Which, Args);
      } else if (Acc.K == Number::Double) {
        Acc.D += Args[1].D;
      } else {
        Acc.I = static_cast<int64_t>(static_cast<uint64_t>(Acc.I) + static_cast<uint64_t>(Args[1].I));
        Acc.K = Args[1].K;
      }
    }
    Last = {From, To, Acc};
    return Acc;
  }

  Number integerOp(const Node &N, Number A, Number B) {
    if (N.O == Op::Rem && (A.K == Number::Double || B.K == Number::Double))
      return Number::fromDouble(std::fmod(A.asDouble(), B.asDouble()));
    A = integer(A);
    B = integer(B);
    bool Unsigned = A.K == Number::Unsigned || B.K == Number::Unsigned;
    uint64_t X = A.I, Y = B.I;
    auto Make = [&](uint64_t V) {
      return Unsigned ? Number::fromUnsigned(V) : Number::fromInt(static_cast<int64_t>(V));
    };
    switch (N.O) {
    case Op::Rem:
      if (!Y)
        return fail("divides by zero");
      return Make(Unsigned ? X % Y : Y == UINT64_MAX ? 0 : static_cast<uint64_t>(A.I % B.I));
    case Op::And:
      return Make(X & Y);
    case Op::Or:
      return Make(X | Y);
    case Op::Xor:
      return Make(X ^ Y);
    default:
      break;
    }
    // A shift has its left operand's type; counts that C leaves undefined shift everything out.
    Unsigned = A.K == Number::Unsigned;
    if (N.O == Op::Shl)
      return Make(Y > 63 ? 0 : X << Y);
    if (Unsigned)
      return Make(Y > 63 ? 0 : X >> Y);
    return Number::fromInt(A.I >> (Y > 63 ? 63 : Y));
  }

  Number arithmetic(const Node &N, Number A, Number B, bool InDouble) {
    if (A.K == Number::Double || B.K == Number::Double) {
      double X = A.asDouble(), Y = B.asDouble();
      switch (N.O) {
      case Op::Add:
        return Number::fromDouble(X + Y);
      case Op::Sub:
        return Number::fromDouble(X - Y);
      case Op::Mul:
        return Number::fromDouble(X * Y);
      case Op::Div:
        return Number::fromDouble(X / Y);
      default:
        return truth(compare(N.O, X, Y), InDouble);
      }
    }
    bool Unsigned = A.K == Number::Unsigned || B.K == Number::Unsigned;
    uint64_t X = A.I, Y = B.I;
    auto Make = [&](uint64_t V) {
      return Unsigned ? Number::fromUnsigned(V) : Number::fromInt(static_cast<int64_t>(V));
    };
    switch (N.O) {
    case Op::Add:
      return Make(X + Y);
    case Op::Sub:
      return Make(X - Y);
    case Op::Mul:
      return Make(X * Y);
    case Op::Div:
      if (!Y)
        return fail("divides by zero");
      return Make(Unsigned ? X / Y : Y == UINT64_MAX ? 0 - X : static_cast<uint64_t>(A.I / B.I));
    default:
      return truth(Unsigned ? compare(N.O, X, Y) : compare(N.O, A.I, B.I), InDouble);
    }
  }

  template <typename T> static bool compare(Op O, T X, T Y) {
    switch (O) {
    case Op::Lt:
      return X < Y;
    case Op::Gt:
      return X > Y;
    case Op::Le:
      return X <= Y;
    case Op::Ge:
      return X >= Y;
    case Op::Eq:
      return X == Y;
    default:
      return X != Y;
    }
  }
};

bool Expr::evaluate(uint64_t I, bool InDouble, Number &Out, std::string &Error) const {
  Evaluator Ev{*this, I, Error};
  Out = Ev.eval(Root, InDouble);
  return Error.empty();
}
