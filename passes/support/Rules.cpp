//===- support/Rules.cpp - names, levels and help of rules ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cordon/Findings.h"

using namespace llvm;

namespace cordon {
namespace {
struct RuleInfo {
  StringLiteral Name;
  Level L;
  StringLiteral Help;
};
constexpr RuleInfo Infos[] = {
#define CORDON_RULE(ENUM, NAME, LEVEL, HELP) {NAME, Level::LEVEL, HELP},
#include "cordon/Rules.def"
};
constexpr Rule Rules[] = {
#define CORDON_RULE(ENUM, NAME, LEVEL, HELP) Rule::ENUM,
#include "cordon/Rules.def"
};
} // namespace

StringRef ruleName(Rule R) { return Infos[static_cast<size_t>(R)].Name; }
StringRef ruleHelp(Rule R) { return Infos[static_cast<size_t>(R)].Help; }
Level ruleDefaultLevel(Rule R) { return Infos[static_cast<size_t>(R)].L; }
ArrayRef<Rule> allRules() { return Rules; }

std::optional<Rule> ruleByName(StringRef Name) {
  for (Rule R : Rules)
    if (ruleName(R) == Name)
      return R;
  return std::nullopt;
}

StringRef levelName(Level L) {
  switch (L) {
  case Level::Error:
    return "error";
  case Level::Warning:
    return "warning";
  case Level::Remark:
    return "remark";
  }
  return "";
}

} // namespace cordon
