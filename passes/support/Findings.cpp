//===- support/Findings.cpp - collecting findings, raising one error ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cordon/Findings.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instruction.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/WithColor.h"
#include <tuple>

using namespace llvm;

namespace cordon {

std::string SourcePlace::str() const { return (File + ":" + Twine(Line) + ":" + Twine(Column)).str(); }

Finding &FindingSet::add(Rule R, StringRef Symbol, const Twine &Message, const Instruction *At, const Function *F) {
  Finding New;
  New.R = R;
  New.L = ruleDefaultLevel(R);
  New.Symbol = Symbol.str();
  New.Message = Message.str();
  if (At && !F)
    F = At->getFunction();
  if (F)
    New.Function = F->getName().str();
  if (At)
    if (const DILocation *Loc = At->getDebugLoc()) {
      New.File = Loc->getFilename().str();
      New.Line = Loc->getLine();
      New.Column = Loc->getColumn();
      for (const DILocation *At = Loc->getInlinedAt(); At; At = At->getInlinedAt())
        New.InlinedAt.push_back({At->getFilename().str(), At->getLine(), At->getColumn()});
    }
  if (New.File.empty() && F)
    if (const DISubprogram *SP = F->getSubprogram()) {
      New.File = SP->getFilename().str();
      New.Line = SP->getLine();
    }
  return add(std::move(New));
}

Finding &FindingSet::add(Finding F) {
  Findings.push_back(std::move(F));
  return Findings.back();
}

void FindingSet::fail(const Twine &Message) { Failures.push_back(Message.str()); }

bool FindingSet::hasErrors() const {
  return !Failures.empty() || any_of(Findings, [](const Finding &F) { return F.L == Level::Error; });
}

void FindingSet::sort() {
  auto Key = [](const Finding &F) {
    return std::tie(F.Function, F.Symbol, F.Line, F.Column, F.R, F.Message, F.File);
  };
  llvm::stable_sort(Findings, [&](const Finding &A, const Finding &B) { return Key(A) < Key(B); });
  Findings.erase(llvm::unique(Findings, [&](const Finding &A, const Finding &B) { return Key(A) == Key(B); }),
                 Findings.end());
}

std::vector<std::string> chainNotes(const Finding &F) {
  std::vector<std::string> Notes;
  for (const SourcePlace &At : F.InlinedAt)
    Notes.push_back("inlined at " + At.str());
  if (!F.Chain.empty() && !F.Chain.front().Via.empty())
    Notes.push_back("'" + demangle(F.Chain.front().Function) + "' may be called through " + F.Chain.front().Via);
  for (size_t I = 1; I < F.Chain.size(); ++I) {
    const std::string To = "'" + demangle(F.Chain[I].Function) + "'", From = "'" + demangle(F.Chain[I - 1].Function) + "'";
    if (!F.Chain[I].Via.empty())
      Notes.push_back(To + " may be called through " + F.Chain[I].Via + ", which " + From + " uses");
    else
      Notes.push_back(To + (F.Chain[I].Address ? " has its address taken by " : " is called by ") + From);
  }
  return Notes;
}

void printFinding(raw_ostream &OS, const Finding &F) {
  if (!F.File.empty()) {
    WithColor Bold(OS, raw_ostream::SAVEDCOLOR, /*Bold=*/true);
    Bold << F.File << ":";
    if (F.Line)
      Bold << F.Line << ":";
    if (F.Line && F.Column)
      Bold << F.Column << ":";
    Bold << " ";
  }
  switch (F.L) {
  case Level::Error:
    WithColor::error(OS);
    break;
  case Level::Warning:
    WithColor::warning(OS);
    break;
  case Level::Remark:
    WithColor::remark(OS);
    break;
  }
  // Messages hold raw names, as the machine formats want them.
  std::string Message = F.Message;
  for (StringRef Raw : {StringRef(F.Symbol), StringRef(F.Function)})
    if (std::string Nice = demangle(Raw); Nice != Raw)
      for (size_t At = Message.find("'" + Raw.str() + "'"); At != std::string::npos;
           At = Message.find("'" + Raw.str() + "'", At + Nice.size()))
        Message.replace(At + 1, Raw.size(), Nice);
  OS << Message;
  if (!F.Function.empty())
    OS << " in '" << demangle(F.Function) << "'";
  OS << " [" << ruleName(F.R) << "]\n";
  for (const std::string &Note : chainNotes(F))
    WithColor::note(OS) << Note << "\n";
}

bool FindingSet::report(Module &M) {
  sort();
  for (Level L : {Level::Remark, Level::Warning, Level::Error})
    for (const Finding &F : Findings)
      if (F.L == L)
        printFinding(errs(), F);
  return reportLast(M);
}

bool FindingSet::reportLast(Module &M) {
  size_t Errors = count_if(Findings, [](const Finding &F) { return F.L == Level::Error; });
  std::string Last;
  if (!Failures.empty()) {
    for (StringRef F : ArrayRef(Failures).drop_back())
      WithColor::error(errs(), "cordon") << F << "\n";
    Last = "cordon: " + Failures.back();
  } else if (Errors)
    Last = "cordon: " + std::to_string(Errors) + (Errors == 1 ? " error" : " errors");
  Findings.clear();
  Failures.clear();
  if (Last.empty())
    return true;
  // opt has already truncated its -o file; this removes the empty one, as on an interrupt.
  sys::RunInterruptHandlers();
  M.getContext().emitError(Last);
  return false;
}

} // namespace cordon
