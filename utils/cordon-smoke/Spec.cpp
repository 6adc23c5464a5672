//===- cordon-smoke/Spec.cpp - argument specs -----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parser of argument specs:
//   SPEC := TYPE:VALUE | buf:TYPE:COUNT[:FILL] | array:TYPE:COUNT[:FILL] | {SPEC,SPEC,...} | @NAME | null
//   FILL := zero | fill=V | iota | random=SEED | file=PATH | expr=EXPR
// Commas and braces end a value inside a struct only, so that a path outside of one may hold them.
//===----------------------------------------------------------------------===//
#include "Spec.h"

using namespace cordon::smoke;

namespace {
uint64_t alignTo(uint64_t V, uint64_t A) { return A ? (V + A - 1) / A * A : V; }

class SpecParser {
public:
  explicit SpecParser(Cursor &C) : C(C) {}

  bool parse(Spec &S) {
    C.skipSpace();
    S.Offset = C.At;
    if (C.peek() == '{')
      return parseStruct(S);
    if (C.peek() == '@')
      return parseNamed(S);
    size_t Start = C.At;
    std::string Word = until(':');
    if (Word == "null") {
      S.K = Spec::Null;
      return true;
    }
    bool Elements = Word == "buf" || Word == "array";
    if (Elements) {
      S.K = Word == "buf" ? Spec::Buffer : Spec::Array;
      if (!C.take(":"))
        return C.fail("expected ':' and a type after '" + Word + "', as in " + Word + ":f32:1000:iota");
      Start = C.At;
      Word = until(':');
    }
    if (!parseType(Word, S.Type))
      return C.fail(Start, Word.empty() ? std::string("expected a type, 'buf', 'array', '{', '@' or 'null'")
                                        : "no type '" + Word + "'; known are " + typeNames());
    if (Elements)
      return parseElements(S);
    if (!C.take(":"))
      return C.fail("expected ':' and a value after '" + Word + "', as in " + Word + ":1");
    return literal(S.Type, S.Value);
  }

private:
  Cursor &C;
  unsigned Depth = 0;

  bool ends(char Ch) const { return Depth && (Ch == ',' || Ch == '}'); }

  /// The text up to \p Stop, or to where the value ends.
  std::string until(char Stop) {
    size_t Start = C.At;
    while (!C.atEnd() && C.peek() != Stop && !ends(C.peek()))
      ++C.At;
    std::string Out(C.Text.substr(Start, C.At - Start));
    while (!Out.empty() && Out.back() == ' ')
      Out.pop_back();
    return Out;
  }

  bool literal(ScalarType T, uint8_t *Out) {
    size_t Start = C.At;
    std::string Text = until('\0');
    std::string Error = parseLiteral(T, Text, Out);
    return Error.empty() || C.fail(Start, Error);
  }

  bool parseStruct(Spec &S) {
    S.K = Spec::Struct;
    if (Depth >= 64)
      return C.fail("structs are nested too deeply");
    ++Depth;
    C.take("{");
    do {
      S.Fields.emplace_back();
      if (!parse(S.Fields.back()))
        return false;
      C.skipSpace();
    } while (C.take(","));
    if (!C.take("}"))
      return C.fail("expected ',' or '}'");
    --Depth;
    return true;
  }

  bool parseNamed(Spec &S) {
    S.K = Spec::Named;
    C.take("@");
    S.Name = until('\0');
    return !S.Name.empty() || C.fail("expected the name of a buffer after '@'");
  }

  bool parseElements(Spec &S) {
    if (!C.take(":"))
      return C.fail("expected ':' and how many elements");
    size_t Start = C.At;
    std::string Word = until(':');
    if (!parseUnsigned(Word, S.Count))
      return C.fail(Start, "'" + Word + "' is no number of elements");
    if (S.Count > (uint64_t(1) << 40) / sizeOf(S.Type))
      return C.fail(Start, Word + " elements are too many");
    if (!C.take(":")) {
      S.How.K = S.K == Spec::Array ? Fill::Keep : Fill::Zero;
      return true;
    }
    return parseFill(S);
  }

  bool parseFill(Spec &S) {
    size_t Start = C.At;
    if (C.take("fill=")) {
      S.How.K = Fill::Value;
      return literal(S.Type, S.How.Bytes);
    }
    if (C.take("expr=")) {
      S.How.K = Fill::Expression;
      S.How.Made = std::make_shared<Expr>();
      if (!S.How.Made->parse(C))
        return false;
      TextError Error;
      auto None = [](const std::string &, Operand &) { return false; };
      if (!S.How.Made->bind(None, "only i and constants in a fill", Error))
        return C.fail(Error.Offset, Error.Message);
      return true;
    }
    if (C.take("file=")) {
      S.How.K = Fill::File;
      S.How.Path = until('\0');
      return !S.How.Path.empty() || C.fail("expected a path after 'file='");
    }
    if (C.take("random=")) {
      S.How.K = Fill::Random;
      size_t At = C.At;
      std::string Word = until('\0');
      return parseUnsigned(Word, S.How.Seed) || C.fail(At, "'" + Word + "' is no seed");
    }
    std::string Word = until('\0');
    if (Word == "zero")
      S.How.K = Fill::Zero;
    else if (Word == "iota")
      S.How.K = Fill::Iota;
    else
      return C.fail(Start, "no fill '" + Word + "'; known are zero, fill=V, iota, random=SEED, file=PATH, expr=EXPR");
    return true;
  }
};
} // namespace

uint64_t Spec::alignment() const {
  if (K == Scalar || K == Array)
    return sizeOf(Type);
  if (K != Struct)
    return 8;
  uint64_t A = 1;
  for (const Spec &F : Fields)
    A = std::max(A, F.alignment());
  return A;
}

uint64_t Spec::size() const {
  if (K == Scalar)
    return sizeOf(Type);
  if (K == Array)
    return Count * sizeOf(Type);
  if (K != Struct)
    return 8;
  return alignTo(Fields.empty() ? 0 : fieldOffset(*this, Fields.size() - 1) + Fields.back().size(), alignment());
}

uint64_t cordon::smoke::fieldOffset(const Spec &Struct, size_t Index) {
  uint64_t At = 0;
  for (size_t I = 0; I <= Index; ++I) {
    At = alignTo(At, Struct.Fields[I].alignment());
    if (I < Index)
      At += Struct.Fields[I].size();
  }
  return At;
}

bool cordon::smoke::parseSpec(const std::string &Text, Spec &Out, TextError &Error) {
  Cursor C(Text);
  bool Ok = SpecParser(C).parse(Out);
  if (Ok) {
    C.skipSpace();
    if (!C.atEnd())
      Ok = C.fail("unexpected '" + std::string(1, C.peek()) + "' after the value");
  }
  Error = C.Error;
  return Ok;
}
