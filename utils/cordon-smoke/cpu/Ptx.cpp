//===- cpu/Ptx.cpp - statements of inline PTX -----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inline PTX is small: a splitter at semicolons that knows comments, braces and brackets is all that it takes.
//===----------------------------------------------------------------------===//

#include "Ptx.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace cordon::smoke::cpu {

bool PtxStatement::has(StringRef Part) const { return is_contained(Parts, Part); }

/// Undoes LLVM's escapes and drops comments.
static std::string clean(StringRef Asm) {
  std::string Out;
  for (size_t I = 0; I < Asm.size(); ++I) {
    char C = Asm[I];
    if (C == '/' && Asm.substr(I).starts_with("//")) {
      I = Asm.find('\n', I);
      if (I == StringRef::npos)
        break;
      Out += '\n';
    } else if (C == '/' && Asm.substr(I).starts_with("/*")) {
      I = Asm.find("*/", I);
      if (I == StringRef::npos)
        break;
      ++I;
    } else if (C == '$' && I + 1 < Asm.size() && Asm[I + 1] == '{') {
      size_t End = Asm.find('}', I);
      if (End == StringRef::npos)
        break;
      Out += '$';
      Out += Asm.slice(I + 2, End).split(':').first;
      I = End;
    } else if (C == '$' && I + 1 < Asm.size() && !isDigit(Asm[I + 1])) {
      if (Asm[I + 1] == '$')
        Out += "\x01"; // a dollar in a name
      ++I;
    } else {
      Out += C;
    }
  }
  return Out;
}

static std::vector<std::string> splitOperands(StringRef S) {
  std::vector<std::string> Out;
  std::string Current;
  int Depth = 0;
  for (char C : S) {
    Depth += C == '{' || C == '[' || C == '(';
    Depth -= C == '}' || C == ']' || C == ')';
    if (C == ',' && !Depth) {
      Out.push_back(StringRef(Current).trim().str());
      Current.clear();
    } else {
      Current += C;
    }
  }
  if (!StringRef(Current).trim().empty())
    Out.push_back(StringRef(Current).trim().str());
  return Out;
}

static void addStatement(StringRef S, std::vector<PtxStatement> &Out) {
  S = S.trim();
  if (S.empty())
    return;
  PtxStatement P;
  P.Text = S.str();
  size_t Colon = S.find(':');
  StringRef Before = S.take_front(Colon);
  if (Colon != StringRef::npos && !S.substr(Colon).starts_with("::") && !Before.contains(' ') && !Before.contains('.')) {
    P.Label = Before.str();
    Out.push_back(P);
    addStatement(S.substr(Colon + 1), Out);
    return;
  }
  if (S.consume_front("@")) {
    P.GuardNegated = S.consume_front("!");
    auto [Guard, Rest] = getToken(S);
    P.Guard = Guard.str();
    S = Rest.trim();
  }
  auto [Opcode, Rest] = getToken(S);
  P.Opcode = Opcode.str();
  if (Opcode == ".reg") {
    auto [Type, Names] = getToken(Rest);
    P.Parts.push_back(Type.drop_front(1).str());
    Rest = Names;
  } else {
    SmallVector<StringRef, 6> Parts;
    Opcode.split(Parts, '.');
    for (StringRef Part : Parts)
      P.Parts.push_back(Part.str());
  }
  P.Operands = splitOperands(Rest);
  Out.push_back(P);
}

std::vector<PtxStatement> parsePtx(StringRef Asm) {
  std::string Text = clean(Asm);
  std::vector<PtxStatement> Out;
  std::string Current;
  bool InOperands = false; // a brace at a statement's start opens a scope, later a vector
  int Vector = 0;
  for (char C : Text) {
    if (C == ';') {
      addStatement(Current, Out);
      Current.clear();
      InOperands = false;
      continue;
    }
    if (C == '{' && !InOperands && StringRef(Current).trim().empty())
      continue;
    if (C == '{')
      ++Vector;
    if (C == '}' && Vector == 0) {
      addStatement(Current, Out);
      Current.clear();
      InOperands = false;
      continue;
    }
    if (C == '}')
      --Vector;
    if (!isSpace(C))
      InOperands = true;
    Current += C;
  }
  addStatement(Current, Out);
  return Out;
}

} // namespace cordon::smoke::cpu
