//===- detect/Levels.cpp - levels of rules, and the ignore file -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An ignore file lists what is known and accepted, one entry a line: `FUNCTION-GLOB RULE-GLOB REASON...`. '#' starts a
// comment. An entry needs a reason, and one that matches nothing is reported, so that the file does not rot.
//===----------------------------------------------------------------------===//

#include "cordon/Passes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace cordon {
namespace {

struct IgnoreEntry {
  GlobPattern Function, Rule;
  std::string Text;
  unsigned Line;
  bool Used = false;
};

std::vector<IgnoreEntry> readIgnoreFile(StringRef File, FindingSet &Findings) {
  std::vector<IgnoreEntry> Entries;
  ErrorOr<std::unique_ptr<MemoryBuffer>> Buffer = MemoryBuffer::getFile(File, /*IsText=*/true);
  if (!Buffer) {
    Findings.fail("cannot read the ignore file '" + File + "': " + Buffer.getError().message() +
                  "; its lines are 'FUNCTION RULE REASON'");
    return Entries;
  }
  for (line_iterator I(**Buffer, /*SkipBlanks=*/true, '#'); !I.is_at_end(); ++I) {
    StringRef Line = I->trim();
    if (Line.empty())
      continue;
    auto [Function, AfterFunction] = getToken(Line);
    auto [RuleName, Reason] = getToken(AfterFunction);
    const std::string Where = (File + ":" + Twine(I.line_number()) + ": ").str();
    if (RuleName.empty() || Reason.trim().empty()) {
      Findings.fail(Where + "an entry needs a function, a rule and a reason: 'FUNCTION RULE REASON'");
      continue;
    }
    Expected<GlobPattern> F = GlobPattern::create(Function), R = GlobPattern::create(RuleName);
    if (!F || !R) {
      Findings.fail(Where + "no glob: " + toString(joinErrors(F.takeError(), R.takeError())));
      continue;
    }
    if (none_of(allRules(), [&](Rule Known) { return R->match(ruleName(Known)); })) {
      Findings.fail(Where + "no rule is called '" + RuleName + "'");
      continue;
    }
    Entries.push_back({std::move(*F), std::move(*R), Line.str(), unsigned(I.line_number())});
  }
  return Entries;
}

} // namespace

void applyLevels(const DetectOptions &Opts, FindingSet &Findings) {
  auto Raise = [&](ArrayRef<std::string> Rules, Level L) {
    for (const std::string &Name : Rules) {
      std::optional<Rule> R = ruleByName(Name);
      if (!R) {
        Findings.fail("no rule is called '" + Twine(Name) + "'");
        continue;
      }
      for (Finding &F : Findings.findings())
        if (F.R == *R)
          F.L = L;
    }
  };
  if (Opts.AllLevels)
    for (Finding &F : Findings.findings())
      F.L = *Opts.AllLevels;
  Raise(Opts.Warnings, Level::Warning);
  Raise(Opts.Errors, Level::Error);
  if (Opts.IgnoreFile.empty())
    return;
  std::vector<IgnoreEntry> Entries = readIgnoreFile(Opts.IgnoreFile, Findings);
  erase_if(Findings.findings(), [&](const Finding &F) {
    bool Ignored = false;
    for (IgnoreEntry &E : Entries)
      if (E.Rule.match(ruleName(F.R)) && (E.Function.match(F.Function) || E.Function.match(demangle(F.Function))))
        Ignored = E.Used = true;
    return Ignored;
  });
  for (const IgnoreEntry &E : Entries)
    if (!E.Used) {
      Finding F;
      F.R = Rule::UnusedIgnoreEntry;
      F.L = ruleDefaultLevel(F.R);
      F.Symbol = E.Text;
      F.Message = "the ignore entry '" + E.Text + "' matches nothing; remove it";
      F.File = Opts.IgnoreFile;
      F.Line = E.Line;
      Findings.add(std::move(F));
    }
}

} // namespace cordon
