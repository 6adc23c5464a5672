//===- cordon-smoke/images/Ptx.cpp - what a PTX text holds ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the declarations of a PTX text: version, target, entries with their parameters, variables. Bodies are skipped but
// for the shared variables in them. The grammar is that of NVIDIA's PTX ISA, sections 4, 5 and 11.
//===----------------------------------------------------------------------===//
#include "Image.h"

#include <charconv>

using namespace cordon::smoke;

namespace {
class PtxReader {
public:
  PtxReader(const char *T, size_t N, ImageInfo &Out) : Text(T), Size(N), Out(Out) {}

  std::string read() {
    while (next()) {
      if (Token == ".version") {
        if (next())
          Out.Version = "PTX " + Token;
      } else if (Token == ".target") {
        if (next())
          Out.Arch = Token;
      } else if (Token == ".entry") {
        if (!readEntry())
          return cutOff("an entry");
      } else if (Token == ".func" || Token == ".alias" || Token == ".section" || Token == ".callprototype") {
        if (!skipDefinition())
          return cutOff("a function");
      } else if (Token == ".global" || Token == ".const" || Token == ".shared") {
        std::string Space = Token == ".const" ? "constant" : Token.substr(1);
        if (!readVariables([&](const std::string &Name, uint64_t Bytes) {
              Out.Variables.push_back({Name, Space, Bytes});
            }))
          return cutOff("a variable");
      }
      if (!Error.empty())
        return Error;
    }
    return Out.Version.empty() ? "the PTX text has no .version" : Error;
  }

private:
  const char *Text;
  size_t Size, At = 0;
  unsigned Line = 1;
  std::string Token, Error;
  ImageInfo &Out;

  std::string cutOff(const char *Where) {
    if (!Error.empty())
      return Error;
    return "the PTX text is cut off: it ends inside " + std::string(Where);
  }

  char peek(size_t Ahead = 0) const { return At + Ahead < Size ? Text[At + Ahead] : '\0'; }
  static bool isName(char C) {
    return (C >= 'a' && C <= 'z') || (C >= 'A' && C <= 'Z') || (C >= '0' && C <= '9') || C == '_' || C == '$' ||
           C == '%';
  }

  void skipBlanks() {
    for (;;) {
      if (At < Size && (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n')) {
        Line += peek() == '\n';
        ++At;
      } else if (peek() == '/' && peek(1) == '/') {
        while (At < Size && peek() != '\n')
          ++At;
      } else if (peek() == '/' && peek(1) == '*') {
        At += 2;
        while (At < Size && !(peek() == '*' && peek(1) == '/')) {
          Line += peek() == '\n';
          ++At;
        }
        At = At + 2 < Size ? At + 2 : Size;
      } else {
        return;
      }
    }
  }

  /// The next name, number, directive, string or sign. False at the end, which a NUL is too.
  bool next() {
    skipBlanks();
    Token.clear();
    if (At >= Size || !peek())
      return false;
    char First = peek();
    Token += Text[At++];
    if (First == '"') {
      while (At < Size && peek() != '"' && peek() != '\n')
        Token += Text[At++];
      At += peek() == '"';
    } else if (isName(First) || First == '.') {
      // "7.5" and an instruction such as "st.shared.u32" are one token; directives stand apart.
      while (At < Size && (isName(peek()) || (First != '.' && peek() == '.')))
        Token += Text[At++];
    }
    return true;
  }

  /// From after an opening brace to after its closing one. \p OnShared sees the shared variables in it.
  template <typename F> bool skipBody(F OnShared) {
    for (unsigned Depth = 1; Depth;) {
      if (!next())
        return false;
      if (Token == "{")
        ++Depth;
      else if (Token == "}")
        --Depth;
      else if (Token == ".shared" && !readVariables(OnShared))
        return false;
    }
    return true;
  }

  /// A function is skipped to the end of its body, or to the ';' of its declaration.
  bool skipDefinition() {
    while (next()) {
      if (Token == ";")
        return true;
      if (Token == "{")
        return skipBody([](const std::string &, uint64_t) {});
    }
    return false;
  }

  static uint64_t typeSize(const std::string &T) {
    if (T == ".texref" || T == ".samplerref" || T == ".surfref")
      return 8;
    if (T.size() < 3 || (T[1] != 'b' && T[1] != 'u' && T[1] != 's' && T[1] != 'f'))
      return 0;
    std::string Digits = T.substr(2);
    if (T == ".f16x2" || T == ".bf16x2")
      return 4;
    if (T == ".bf16")
      return 2;
    return Digits == "8" ? 1 : Digits == "16" ? 2 : Digits == "32" ? 4 : Digits == "64" ? 8 : Digits == "128" ? 16 : 0;
  }

  struct Declared {
    uint64_t Align = 0, Element = 0, Vector = 1;
    bool Known() const { return Element != 0; }
  };

  /// Takes one token of a declaration that stands before the name. False if it is none.
  bool takeAttribute(Declared &D) {
    if (Token == ".align")
      return next() && parseNumber(D.Align);
    if (Token == ".v2" || Token == ".v4" || Token == ".v8") {
      D.Vector = static_cast<uint64_t>(Token[2] - '0');
      return true;
    }
    if (Token == ".attribute") {
      // .attribute(.managed, .unified(a, b))
      int Depth = 0;
      while (next()) {
        Depth += Token == "(" ? 1 : Token == ")" ? -1 : 0;
        if (!Depth)
          return true;
      }
      return false;
    }
    if (uint64_t S = typeSize(Token)) {
      if (!D.Element)
        D.Element = S;
      return true;
    }
    return !Token.empty() && Token[0] == '.';
  }

  bool parseNumber(uint64_t &V) {
    bool Hex = Token.compare(0, 2, "0x") == 0 || Token.compare(0, 2, "0X") == 0;
    const char *Begin = Token.c_str() + (Hex ? 2 : 0), *End = Token.c_str() + Token.size();
    while (End > Begin && *(End - 1) == 'U')
      --End;
    auto R = std::from_chars(Begin, End, V, Hex ? 16 : 10);
    if (R.ec == std::errc() && R.ptr == End)
      return true;
    if (Error.empty())
      Error = "line " + std::to_string(Line) + " of the PTX text: expected a number, not '" + Token + "'";
    return false;
  }

  /// [2][3] after a name; leaves the token after it. "[]" counts as none.
  bool takeDimensions(uint64_t &Elements) {
    while (next() && Token == "[") {
      if (!next())
        return false;
      uint64_t N = 0;
      if (Token != "]" && (!parseNumber(N) || !next() || Token != "]")) {
        if (Error.empty())
          Error = "line " + std::to_string(Line) + " of the PTX text: expected ']'";
        return false;
      }
      if (N && Elements > UINT64_MAX / 64 / N)
        return Error = "line " + std::to_string(Line) + " of the PTX text: an array is too large", false;
      Elements *= N;
    }
    return !Token.empty();
  }

  /// What follows .global, .const or .shared, up to the ';'.
  template <typename F> bool readVariables(F Handle) {
    Declared D;
    while (next() && Token[0] == '.')
      if (!takeAttribute(D))
        return false;
    while (!Token.empty() && Token != ";") {
      std::string Name = Token;
      uint64_t Elements = 1;
      if (!isName(Name[0]) || !takeDimensions(Elements))
        return skipTo();
      if (D.Known())
        Handle(Name, D.Element * D.Vector * Elements);
      if (Token == "=" && !skipInitializer())
        return false;
      if (Token == "," && !next())
        return false;
      else if (Token != ";" && !isName(Token[0]))
        return skipTo();
    }
    return Token == ";";
  }

  /// To the ';'. False at the end of the text or at an error.
  bool skipTo() {
    while (Error.empty() && Token != ";")
      if (!next())
        return false;
    return Error.empty();
  }

  /// From '=' to the ',' or ';' that follows the initializer.
  bool skipInitializer() {
    int Depth = 0;
    while (next()) {
      Depth += Token == "{" || Token == "(" ? 1 : Token == "}" || Token == ")" ? -1 : 0;
      if (!Depth && (Token == ";" || Token == ","))
        return true;
    }
    return false;
  }

  static uint64_t alignTo(uint64_t V, uint64_t A) { return A > 1 ? (V + A - 1) / A * A : V; }

  /// .param .align 8 .b8 name[24]; leaves ',' or ')'.
  bool readParam(ImageKernel &K, uint64_t &Offset) {
    Declared D;
    bool Pointer = false;
    for (; Token[0] == '.'; ) {
      Pointer |= Token == ".ptr";
      uint64_t Before = D.Align;
      if (!takeAttribute(D))
        return false;
      // The alignment after .ptr is that of what is pointed at.
      if (Pointer)
        D.Align = Before;
      if (!next())
        return false;
    }
    uint64_t Elements = 1;
    if (!isName(Token[0]) || !takeDimensions(Elements))
      return false;
    uint64_t Bytes = D.Element * D.Vector * Elements;
    Offset = alignTo(Offset, D.Align ? D.Align : D.Element * D.Vector);
    K.Params.push_back({Offset, Bytes});
    Offset += Bytes;
    return true;
  }

  bool readEntry() {
    ImageKernel K;
    if (!next() || !isName(Token[0]))
      return false;
    K.Name = Token;
    K.ParamsKnown = true;
    if (!next())
      return false;
    if (Token == "(") {
      uint64_t Offset = 0;
      if (!next())
        return false;
      while (Token != ")") {
        if (!readParam(K, Offset) || (Token != "," && Token != ")"))
          return false;
        if (Token == "," && !next())
          return false;
      }
      if (!next())
        return false;
    }
    while (Token != "{" && Token != ";") {
      bool Max = Token == ".maxntid";
      if (Max || Token == ".reqntid") {
        std::vector<uint32_t> &To = Max ? K.MaxThreads : K.NeededThreads;
        do {
          uint64_t V;
          if (!next() || !parseNumber(V) || !next())
            return false;
          To.push_back(static_cast<uint32_t>(V));
        } while (Token == ",");
        To.resize(3, 1);
      } else if (!next()) {
        return false;
      }
    }
    if (Token == ";")
      return true; // a declaration
    uint64_t Shared = 0;
    if (!skipBody([&](const std::string &, uint64_t Bytes) { Shared += Bytes; }))
      return false;
    if (Shared)
      K.SharedBytes = static_cast<int64_t>(Shared);
    Out.Kernels.push_back(std::move(K));
    return true;
  }
};
} // namespace

std::string cordon::smoke::describePtx(const char *Text, size_t Size, ImageInfo &Out) {
  return PtxReader(Text, Size, Out).read();
}
