//===- cordon/Findings.h - what Cordon reports ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A Finding is one thing that is wrong at one place. Every stage adds findings to a FindingSet and the set is
// reported once, at the end: all findings of a run, one error last, through LLVM's diagnostics.
//===----------------------------------------------------------------------===//
#ifndef CORDON_FINDINGS_H
#define CORDON_FINDINGS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include <optional>
#include <string>
#include <vector>

namespace llvm {
class Function;
class Instruction;
class LLVMContext;
class Module;
class Value;
class raw_ostream;
} // namespace llvm

namespace cordon {

enum class Level : uint8_t { Error, Warning, Remark };

/// The rules, with their default levels, in support/Rules.def.
enum class Rule : uint8_t {
#define CORDON_RULE(ENUM, NAME, LEVEL, HELP) ENUM,
#include "cordon/Rules.def"
};

/// The stable name, "nvvm-intrinsic".
llvm::StringRef ruleName(Rule R);
/// One sentence on what the rule is about (SARIF's shortDescription).
llvm::StringRef ruleHelp(Rule R);
Level ruleDefaultLevel(Rule R);
std::optional<Rule> ruleByName(llvm::StringRef Name);
llvm::ArrayRef<Rule> allRules();
llvm::StringRef levelName(Level L); // "error", "warning", "remark"

/// One step of a call chain. \c Via is empty for a call; "@table" where the callee may be called through a table.
struct ChainStep {
  std::string Function;
  std::string Via;
  bool Address = false; ///< its address is taken by the step before; there is no direct call
};

struct SourcePlace {
  std::string File;
  unsigned Line = 0, Column = 0;
  std::string str() const; ///< "file:line:column"
};

struct Finding {
  Rule R;
  Level L;
  std::string Function; ///< raw name of the function (or global) that holds the use; may be empty
  std::string Symbol;   ///< intrinsic, callee, first mnemonic, or address space number
  std::string Message;  ///< one sentence, no rule name, no full stop
  std::string File;     ///< empty where unknown
  unsigned Line = 0;    ///< 0 where unknown
  unsigned Column = 0;  ///< 0 where unknown
  std::vector<ChainStep> Chain; ///< root first, the function of the finding last
  std::vector<SourcePlace> InlinedAt; ///< the calls that the use was inlined through, innermost first
};

/// Collects the findings and the failed steps of one run.
class FindingSet {
public:
  /// Adds a finding at its rule's default level. \p At gives function and source location (the innermost inlined
  /// location); \p F alone gives the function. Either may be null.
  Finding &add(Rule R, llvm::StringRef Symbol, const llvm::Twine &Message, const llvm::Instruction *At,
               const llvm::Function *F = nullptr);
  Finding &add(Finding F);

  /// A step that could not be done: a tool that is missing, a file that cannot be written, a wrong parameter.
  /// The message names the fix.
  void fail(const llvm::Twine &Message);

  bool empty() const { return Findings.empty() && Failures.empty(); }
  bool hasErrors() const; ///< a finding of level error, or a failed step
  std::vector<Finding> &findings() { return Findings; }
  const std::vector<Finding> &findings() const { return Findings; }
  const std::vector<std::string> &failures() const { return Failures; }

  /// By function, symbol, line, column; equal ones once.
  void sort();

  /// Reports everything: warnings and remarks first, then errors, each with its chain, and one LLVM error last that
  /// makes opt and clang exit with 1. Clears the set. Returns false if it raised an error.
  bool report(llvm::Module &M);

  /// The end of report() alone, for findings that a report file already holds: failed steps, and the one error.
  bool reportLast(llvm::Module &M);

private:
  std::vector<Finding> Findings;
  std::vector<std::string> Failures;
};

/// Prints one finding as clang prints diagnostics: `file:line:col: error: ... [rule]`, then the chain as notes.
void printFinding(llvm::raw_ostream &OS, const Finding &F);
/// Inlining and the chain, one note for each step, demangled, without "note:".
std::vector<std::string> chainNotes(const Finding &F);

/// Offers every finding as an LLVM optimization remark of pass "cordon-detect" (-pass-remarks-analysis,
/// -pass-remarks-output). Prints nothing where remarks are not asked for.
void emitRemarks(llvm::Module &M, const FindingSet &Findings);

} // namespace cordon

#endif // CORDON_FINDINGS_H
