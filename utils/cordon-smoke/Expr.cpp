//===- cordon-smoke/Expr.cpp - parsing C expressions ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A precedence-climbing parser that builds a flat array of nodes, and the binding of names. What the nodes compute is in
// ExprEval.cpp.
//===----------------------------------------------------------------------===//
#include "Expr.h"
#include "ExprTables.h"

#include <charconv>
#include <cstring>

using namespace cordon::smoke;

namespace {
bool isNameStart(char C) { return (C >= 'a' && C <= 'z') || (C >= 'A' && C <= 'Z') || C == '_'; }
bool isDigit(char C) { return C >= '0' && C <= '9'; }
bool isNameChar(char C) { return isNameStart(C) || isDigit(C); }
} // namespace

struct Expr::Parser {
  Expr &E;
  Cursor &C;
  unsigned Depth = 0;

  /// Deep nesting is refused, so that no input can exhaust the stack.
  struct Nest {
    Parser &P;
    bool Ok;
    explicit Nest(Parser &P) : P(P), Ok(++P.Depth < 200) {
      if (!Ok)
        P.C.fail("expression is nested too deeply");
    }
    ~Nest() { --P.Depth; }
  };

  int add(Node N) {
    if (E.Nodes.size() >= 4096)
      return C.fail("expression is too long"), -1;
    E.Nodes.push_back(N);
    return static_cast<int>(E.Nodes.size()) - 1;
  }

  struct Binary {
    const char *Text;
    Op O;
    int Precedence;
  };

  /// The operator at the cursor, longest first; '~' and a lone '=' are none.
  bool binaryAhead(Binary &Out) {
    static const Binary Table[] = {{"<<", Op::Shl, 8},   {">>", Op::Shr, 8},    {"<=", Op::Le, 7}, {">=", Op::Ge, 7},
                                   {"==", Op::Eq, 6},    {"!=", Op::Ne, 6},     {"&&", Op::LogAnd, 2},
                                   {"||", Op::LogOr, 1}, {"*", Op::Mul, 10},    {"/", Op::Div, 10},
                                   {"%", Op::Rem, 10},   {"+", Op::Add, 9},     {"-", Op::Sub, 9}, {"<", Op::Lt, 7},
                                   {">", Op::Gt, 7},     {"&", Op::And, 5},     {"^", Op::Xor, 4}, {"|", Op::Or, 3}};
    C.skipSpace();
    for (const Binary &B : Table)
      if (C.Text.substr(C.At, std::strlen(B.Text)) == B.Text) {
        Out = B;
        return true;
      }
    return false;
  }

  int parseTernary() {
    Nest N(*this);
    if (!N.Ok)
      return -1;
    int Cond = parseBinary(1);
    if (Cond < 0)
      return -1;
    C.skipSpace();
    if (!C.take("?"))
      return Cond;
    int Then = parseTernary();
    if (Then < 0)
      return -1;
    C.skipSpace();
    if (!C.take(":"))
      return C.fail("expected ':' of the conditional operator"), -1;
    int Else = parseTernary();
    if (Else < 0)
      return -1;
    Node R{Op::Cond, {}, Cond, Then, Else, 0, 0};
    return add(R);
  }

  int parseBinary(int MinPrecedence) {
    int Left = parseUnary();
    Binary B;
    while (Left >= 0 && binaryAhead(B) && B.Precedence >= MinPrecedence) {
      size_t Offset = C.At;
      C.At += std::strlen(B.Text);
      int Right = parseBinary(B.Precedence + 1);
      if (Right < 0)
        return -1;
      Left = add({B.O, {}, Left, Right, -1, 0, Offset});
    }
    return Left;
  }

  int parseUnary() {
    Nest N(*this);
    if (!N.Ok)
      return -1;
    C.skipSpace();
    size_t Offset = C.At;
    Op O = Op::Literal;
    if (C.take("-"))
      O = Op::Neg;
    else if (C.take("!"))
      O = Op::Not;
    else if (C.take("~"))
      O = Op::BitNot;
    else if (C.take("+"))
      return parseUnary();
    else
      return parsePrimary();
    int A = parseUnary();
    return A < 0 ? -1 : add({O, {}, A, -1, -1, 0, Offset});
  }

  /// The words of a cast's type, joined: "(unsigned int)" gives "unsigned int".
  bool castAhead(unsigned &Target) {
    size_t Start = C.At;
    C.take("(");
    std::string Words;
    for (;;) {
      C.skipSpace();
      if (!isNameStart(C.peek()))
        break;
      if (!Words.empty())
        Words += ' ';
      while (isNameChar(C.peek()))
        Words += C.Text[C.At++];
    }
    if (C.take(")") && findCast(Words, Target))
      return true;
    C.At = Start;
    return false;
  }

  int parsePrimary() {
    size_t Offset = C.At;
    char Ch = C.peek();
    if (Ch == '(') {
      unsigned Target;
      if (castAhead(Target)) {
        int A = parseUnary();
        return A < 0 ? -1 : add({Op::Cast, {}, A, -1, -1, Target, Offset});
      }
      C.take("(");
      int A = parseTernary();
      C.skipSpace();
      if (A >= 0 && !C.take(")"))
        return C.fail("expected ')'"), -1;
      return A;
    }
    if (isDigit(Ch) || (Ch == '.' && isDigit(C.peek(1))))
      return parseNumber();
    if (isNameStart(Ch) || Ch == '@')
      return parseName();
    return C.fail(C.atEnd() ? "expected an expression" : std::string("expected an expression before '") + Ch + "'"), -1;
  }

  int parseNumber() {
    size_t Start = C.At;
    bool Hex = C.peek() == '0' && (C.peek(1) == 'x' || C.peek(1) == 'X');
    bool Floating = false;
    C.At += Hex ? 2 : 0;
    for (; !C.atEnd(); ++C.At) {
      char Ch = C.peek();
      bool Exponent = Hex ? Ch == 'p' || Ch == 'P' : Ch == 'e' || Ch == 'E';
      if (Ch == '.' || Exponent) {
        Floating = true;
        if (Exponent && (C.peek(1) == '+' || C.peek(1) == '-'))
          ++C.At;
      } else if (!isDigit(Ch) && !(Hex && ((Ch >= 'a' && Ch <= 'f') || (Ch >= 'A' && Ch <= 'F')))) {
        break;
      }
    }
    std::string_view Digits = C.Text.substr(Start, C.At - Start);
    size_t SuffixAt = C.At;
    while (isNameChar(C.peek()))
      ++C.At;
    std::string Suffix(C.Text.substr(SuffixAt, C.At - SuffixAt));
    for (char &Ch : Suffix)
      Ch |= 0x20;
    Node N{Op::Literal, {}, -1, -1, -1, 0, Start};
    if (Floating || Suffix == "f") {
      double D = 0;
      std::string_view T = Hex ? Digits.substr(2) : Digits;
      auto R = std::from_chars(T.data(), T.data() + T.size(), D,
                               Hex ? std::chars_format::hex : std::chars_format::general);
      if (R.ptr != T.data() + T.size() || R.ec == std::errc::invalid_argument || !(Suffix.empty() || Suffix == "f"))
        return C.fail(Start, "'" + std::string(C.Text.substr(Start, C.At - Start)) + "' is no number"), -1;
      if (R.ec != std::errc())
        D = std::strtod(std::string(Digits).c_str(), nullptr);
      N.Value = Number::fromDouble(Suffix == "f" ? static_cast<float>(D) : D);
      return add(N);
    }
    bool Octal = !Hex && Digits.size() > 1 && Digits[0] == '0';
    uint64_t V = 0;
    std::string_view T = Hex ? Digits.substr(2) : Digits;
    auto R = std::from_chars(T.data(), T.data() + T.size(), V, Hex ? 16 : Octal ? 8 : 10);
    bool GoodSuffix = Suffix.empty() || Suffix == "u" || Suffix == "l" || Suffix == "ll" || Suffix == "ul" ||
                      Suffix == "lu" || Suffix == "ull" || Suffix == "llu";
    if (R.ec != std::errc() || R.ptr != T.data() + T.size() || !GoodSuffix)
      return C.fail(Start, "'" + std::string(C.Text.substr(Start, C.At - Start)) + "' is no number"), -1;
    bool Unsigned = Suffix.find('u') != std::string::npos || V > INT64_MAX;
    N.Value = Unsigned ? Number::fromUnsigned(V) : Number::fromInt(static_cast<int64_t>(V));
    return add(N);
  }

  /// A name with its field numbers: `arg1.0` is one name; "arg" is left out of the path.
  std::string parsePath() {
    C.take("@");
    size_t Start = C.At;
    while (isNameChar(C.peek()))
      ++C.At;
    std::string Path(C.Text.substr(Start, C.At - Start));
    bool IsArg = Path.size() > 3 && Path.compare(0, 3, "arg") == 0;
    for (size_t I = 3; IsArg && I < Path.size(); ++I)
      IsArg = isDigit(Path[I]);
    if (!IsArg)
      return Path;
    Path.erase(0, 3);
    while (C.peek() == '.' && isDigit(C.peek(1))) {
      Path += C.Text[C.At++];
      while (isDigit(C.peek()))
        Path += C.Text[C.At++];
    }
    return Path;
  }

  int parseName() {
    size_t Offset = C.At;
    std::string Path = parsePath();
    if (Path == "i")
      return add({Op::Index, {}, -1, -1, -1, 0, Offset});
    if (Path == "pi")
      return add({Op::Literal, Number::fromDouble(3.14159265358979323846), -1, -1, -1, 0, Offset});
    C.skipSpace();
    unsigned Which;
    if (C.peek() == '(' && findReduction(Path, Which))
      return parseReduction(Which, Offset);
    if (C.peek() == '(') {
      if (!findFunction(Path, Which))
        return C.fail(Offset, "no function '" + Path + "'; known are " + functionNames()), -1;
      return parseCall(Which, Offset);
    }
    bool Indexed = C.take("[");
    int Index = -1;
    if (Indexed) {
      Index = parseTernary();
      C.skipSpace();
      if (Index < 0)
        return -1;
      if (!C.take("]"))
        return C.fail("expected ']'"), -1;
    }
    return add({Indexed ? Op::Element : Op::Scalar, {}, Index, -1, -1, addName(Path, Offset, Indexed), Offset});
  }

  unsigned addName(const std::string &Path, size_t Offset, bool Indexed) {
    E.Names.push_back({Path, Offset, Indexed, {}});
    return static_cast<unsigned>(E.Names.size()) - 1;
  }

  int parseCall(unsigned Which, size_t Offset) {
    C.take("(");
    int Args[3] = {-1, -1, -1};
    unsigned Arity = functionArity(Which);
    for (unsigned K = 0; K < Arity; ++K) {
      Args[K] = parseTernary();
      C.skipSpace();
      if (Args[K] < 0)
        return -1;
      if (!C.take(K + 1 < Arity ? "," : ")"))
        return C.fail("'" + std::string(functionName(Which)) + "' takes " + std::to_string(Arity) + " argument" +
                      (Arity == 1 ? "" : "s")),
               -1;
    }
    return add({Op::Call, {}, Args[0], Args[1], Args[2], Which, Offset});
  }

  /// sum(BUFFER), sum(BUFFER, FROM, TO): over the elements FROM <= k < TO.
  int parseReduction(unsigned Which, size_t Offset) {
    C.take("(");
    C.skipSpace();
    size_t NameAt = C.At;
    std::string Path = parsePath();
    if (Path.empty())
      return C.fail("expected a buffer, such as arg0"), -1;
    int Args[2] = {-1, -1};
    C.skipSpace();
    for (unsigned K = 0; K < 2 && C.take(","); ++K) {
      Args[K] = parseTernary();
      if (Args[K] < 0)
        return -1;
      C.skipSpace();
    }
    if (!C.take(")") || (Args[0] >= 0 && Args[1] < 0))
      return C.fail("a reduction takes (BUFFER) or (BUFFER, FROM, TO)"), -1;
    Node N{Op::Reduce, Number::fromInt(Which), Args[0], Args[1], -1, addName(Path, NameAt, true), Offset};
    return add(N);
  }
};

bool Expr::parse(Cursor &C) {
  Nodes.clear();
  Names.clear();
  Parser P{*this, C};
  Root = P.parseTernary();
  return Root >= 0 && !C.Error;
}

bool Expr::bind(const std::function<bool(const std::string &, Operand &)> &Resolve, const std::string &Known,
                TextError &Error) {
  Last.assign(Nodes.size(), Running());
  for (Name &N : Names) {
    bool IsNumber = !N.Path.empty() && isDigit(N.Path[0]);
    std::string Shown = (IsNumber ? "arg" : "") + N.Path;
    if (!Resolve(N.Path, N.Bound)) {
      Error = {N.Offset, "nothing is called '" + Shown + "' here; there are " + Known};
      return false;
    }
    if (N.Indexed == N.Bound.IsScalar) {
      Error = {N.Offset, N.Indexed ? "'" + Shown + "' is a scalar: write it without an index"
                                   : "'" + Shown + "' is a buffer: write " + Shown + "[i]"};
      return false;
    }
  }
  return true;
}
