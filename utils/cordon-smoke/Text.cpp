//===- cordon-smoke/Text.cpp - positions in spec texts --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How an error about a spec text is shown, and how text is quoted for JSON.
//===----------------------------------------------------------------------===//
#include "Text.h"

#include <cstdio>

using namespace cordon::smoke;

std::string cordon::smoke::describe(const SourceText &Source, const TextError &Error) {
  size_t Column = Source.Column + Error.Offset;
  std::string Out = Source.Where + ":" + std::to_string(Source.Line) + ":" + std::to_string(Column) +
                    ": error: " + Error.Message + "\n  " + Source.FullLine + "\n  ";
  for (size_t I = 1; I < Column; ++I)
    Out += I - 1 < Source.FullLine.size() && Source.FullLine[I - 1] == '\t' ? '\t' : ' ';
  return Out + "^";
}

/// The length of the well-formed UTF-8 sequence at S[I], or 0.
static size_t utf8Length(std::string_view S, size_t I) {
  unsigned char C = S[I];
  size_t N = C < 0x80 ? 1 : C >= 0xc2 && C < 0xe0 ? 2 : C >= 0xe0 && C < 0xf0 ? 3 : C >= 0xf0 && C < 0xf5 ? 4 : 0;
  if (!N || I + N > S.size())
    return 0;
  for (size_t K = 1; K < N; ++K)
    if ((static_cast<unsigned char>(S[I + K]) & 0xc0) != 0x80)
      return 0;
  return N;
}

std::string cordon::smoke::jsonString(std::string_view S) {
  std::string Out = "\"";
  for (size_t I = 0; I < S.size();) {
    unsigned char C = S[I];
    size_t N = utf8Length(S, I);
    if (C == '"' || C == '\\') {
      Out += '\\';
      Out += static_cast<char>(C);
    } else if (C == '\n') {
      Out += "\\n";
    } else if (C == '\t') {
      Out += "\\t";
    } else if (C < 0x20) {
      char Hex[8];
      std::snprintf(Hex, sizeof(Hex), "\\u%04x", C);
      Out += Hex;
    } else if (!N) {
      Out += "\\ufffd";
    } else {
      Out += S.substr(I, N);
    }
    I += N ? N : 1;
  }
  return Out + "\"";
}
