//===- cordon-smoke/SpecFile.cpp - spec files -----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads a spec file: a directive on each line, as `grid 4` or `grid = 4`, comments from a '#' that starts a line or
// follows a blank.
//===----------------------------------------------------------------------===//
#include "Script.h"

using namespace cordon::smoke;

/// Where a comment starts, or the line's length.
static size_t commentStart(const std::string &Line) {
  for (size_t I = 0; I < Line.size(); ++I)
    if (Line[I] == '#' && (I == 0 || Line[I - 1] == ' ' || Line[I - 1] == '\t'))
      return I;
  return Line.size();
}

static bool isBlank(char C) { return C == ' ' || C == '\t' || C == '\r'; }

/// One line without its comment; \p Value gets the position of what follows the key.
static std::string readLine(Script &S, SourceText Value) {
  const std::string &Line = Value.FullLine;
  size_t End = commentStart(Line), At = 0;
  while (End && isBlank(Line[End - 1]))
    --End;
  while (At < End && isBlank(Line[At]))
    ++At;
  if (At == End)
    return "";
  size_t KeyAt = At;
  while (At < End && ((Line[At] >= 'a' && Line[At] <= 'z') || Line[At] == '-'))
    ++At;
  std::string Key = Line.substr(KeyAt, At - KeyAt);
  while (At < End && isBlank(Line[At]))
    ++At;
  if (At < End && Line[At] == '=') {
    ++At;
    while (At < End && isBlank(Line[At]))
      ++At;
  }
  TextError Error;
  if (directiveKind(Key) == DirectiveKind::Unknown) {
    Value.Column = static_cast<unsigned>(KeyAt) + 1;
    Error.Message = "no directive '" + Key + "'; known are " + directiveNames();
    return describe(Value, Error);
  }
  Value.Column = static_cast<unsigned>(At) + 1;
  Value.Value = Line.substr(At, End - At);
  return applyDirective(S, Key, Value, Error) ? "" : describe(Value, Error);
}

std::string cordon::smoke::readSpecFile(const std::string &Path, Script &Out) {
  std::vector<uint8_t> Data;
  std::string Error = readFile(Path, Data);
  if (!Error.empty())
    return Error;
  Out.Name = Path;
  size_t Slash = Path.rfind('/');
  Out.Folder = Slash == std::string::npos ? "" : Path.substr(0, Slash ? Slash : 1);
  SourceText Value;
  Value.Where = Path;
  for (size_t At = 0; At < Data.size(); ++Value.Line) {
    size_t End = At;
    while (End < Data.size() && Data[End] != '\n')
      ++End;
    Value.FullLine = std::string(Data.begin() + At, Data.begin() + End);
    At = End + 1;
    if (Value.FullLine.find('\0') != std::string::npos)
      return Path + ":" + std::to_string(Value.Line) + ": error: this is no text file";
    Error = readLine(Out, Value);
    if (!Error.empty())
      return Error;
  }
  return "";
}
