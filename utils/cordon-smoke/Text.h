//===- cordon-smoke/Text.h - positions in spec texts ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A piece of spec text that knows where it stands, so that every error about it names line and column; and the cursor
// with which the small parsers walk over such a text.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_TEXT_H
#define CORDON_SMOKE_TEXT_H

#include <cstddef>
#include <string>
#include <string_view>

namespace cordon::smoke {

/// One value of a command-line option or of a line in a spec file.
struct SourceText {
  std::string Where;   ///< "--arg", or the spec file's name
  unsigned Line = 1;   ///< from 1
  unsigned Column = 1; ///< of the value's first character, from 1
  std::string Value;
  std::string FullLine; ///< what a message shows; for an option the value

  static SourceText option(const std::string &Name, const std::string &Value) { return {Name, 1, 1, Value, Value}; }
};

/// An error at a byte offset of a SourceText's value; no error if the message is empty.
struct TextError {
  size_t Offset = 0;
  std::string Message;
  explicit operator bool() const { return !Message.empty(); }
};

/// "WHERE:LINE:COLUMN: error: MESSAGE", the line, and a caret.
std::string describe(const SourceText &Source, const TextError &Error);

/// A position in a text. Remembers the first error only.
struct Cursor {
  std::string_view Text;
  size_t At = 0;
  TextError Error;

  explicit Cursor(std::string_view T) : Text(T) {}
  bool atEnd() const { return At >= Text.size(); }
  char peek(size_t Ahead = 0) const { return At + Ahead < Text.size() ? Text[At + Ahead] : '\0'; }
  void skipSpace() {
    while (!atEnd() && (Text[At] == ' ' || Text[At] == '\t'))
      ++At;
  }
  bool take(std::string_view Token) {
    if (Text.substr(At, Token.size()) != Token)
      return false;
    At += Token.size();
    return true;
  }
  bool fail(size_t Offset, std::string Message) {
    if (!Error)
      Error = {Offset, std::move(Message)};
    return false;
  }
  bool fail(std::string Message) { return fail(At, std::move(Message)); }
};

/// Quotes and escapes for JSON.
std::string jsonString(std::string_view S);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_TEXT_H
