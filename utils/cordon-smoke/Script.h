//===- cordon-smoke/Script.h - what is to be run ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A script is what the command line or one spec file asks for: images, named buffers, and launches in order. Both are
// read by the same directives: `--grid=4` on a command line is `grid 4` in a file.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_SCRIPT_H
#define CORDON_SMOKE_SCRIPT_H

#include "Backend.h"
#include "Check.h"

namespace cordon::smoke {

/// A spec with its text, and a name where it has one.
struct GivenSpec {
  std::string Name;
  SourceText Text;
  Spec S;
  size_t SpecOffset = 0; ///< where the spec starts in the text
};

struct Print {
  SourceText Text;
  std::string Path;
  bool All = false;
  uint64_t Count = 0;
};

/// --save=K:PATH
struct Save {
  SourceText Text;
  std::string Path; ///< of the buffer
  std::string File;
};

struct Launch {
  SourceText Kernel; ///< Kernel.Value is the name
  LaunchConfig Config;
  std::vector<GivenSpec> Args, Vars;
  std::vector<Print> Prints;
  std::vector<Save> Saves;
  std::vector<Check> Checks;
  bool MayFail = false; ///< --expect-failure
  SourceText Failure;   ///< a text that the failure's message has
};

/// What holds for a whole script.
struct Settings {
  enum Which : uint8_t { Auto, Cuda, Cpu } Backend = Auto;
  BackendOptions Options;
  unsigned TimeRuns = 0; ///< --time
  bool CompareCpu = false;
  Tolerance CompareNear;
  Settings() { Options.TimeLimitSeconds = 120; }
};

struct Script {
  std::string Name;   ///< the spec file, or the kernel, for reports
  std::string Folder; ///< where relative paths start; empty: the working folder
  std::vector<SourceText> Images;
  std::vector<GivenSpec> Buffers;
  std::vector<Launch> Launches;
  Settings Set;
  bool HasPending = false; ///< directives of a launch came before its kernel
  Launch &current();       ///< the launch that directives now belong to
};

/// What a directive is about.
enum class DirectiveKind { Unknown, OfLaunch, OfScript };
DirectiveKind directiveKind(const std::string &Key);
/// True for those that stand without a value, as --cooperative.
bool isFlag(const std::string &Key);
/// "--arg, --block, ...", for messages.
std::string directiveNames();

/// Applies one directive. On an error \p Error has the offset in \p Value.
bool applyDirective(Script &S, const std::string &Key, const SourceText &Value, TextError &Error);

/// Reads a spec file; returns a full message, or an empty string.
std::string readSpecFile(const std::string &Path, Script &Out);

/// Completes a script after its last directive; returns a full message, or an empty string.
std::string finishScript(Script &S);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_SCRIPT_H
