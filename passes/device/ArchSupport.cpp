//===- device/ArchSupport.cpp - what an architecture lacks, asked of the back end ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No table says which intrinsic, type or atomic needs which SM and PTX version: LLVM's instruction selection is the only
// truth, and it aborts. So each kind of operation is put into a function of its own, and all of them through code
// generation in a child. Only if that fails is each tried alone. Results are kept for the life of the process.

#include "cordon/DevicePasses.h"
#include "device/ArchProbe.h"
#include "device/Checks.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

/// What may be missing somewhere; plain control flow, calls, integer loads and stores are everywhere.
bool isQuestionable(const Instruction &I) {
  if (I.getType()->isTokenTy() || any_of(I.operands(), [](const Use &U) { return U->getType()->isTokenTy(); }))
    return false;
  if (const auto *CB = dyn_cast<CallBase>(&I)) {
    if (isa<DbgInfoIntrinsic>(CB) || !isa<CallInst>(CB))
      return false;
    if (const auto *Asm = dyn_cast<InlineAsm>(CB->getCalledOperand()))
      return !Asm->getAsmString().empty() || !Asm->getConstraintString().empty();
    // A texture's handle and a question to __nvvm_reflect are variables by name, which a function by itself does not have.
    if (const Function *F = CB->getCalledFunction())
      if (F->getName().starts_with("llvm.nvvm.texsurf.handle") || isReflect(*F))
        return false;
    return isa<IntrinsicInst>(CB) && !CB->hasOperandBundles();
  }
  return I.isAtomic() || isa<BinaryOperator, UnaryOperator, CastInst, CmpInst>(I);
}

Rule ruleOf(const Instruction &I) {
  if (isa<IntrinsicInst>(I))
    return Rule::HostIntrinsic;
  if (isa<CallInst>(I))
    return Rule::HostAsm;
  return I.isAtomic() ? Rule::UnsupportedAtomic : Rule::HostType;
}

std::string symbolOf(const Instruction &I) {
  if (const auto *II = dyn_cast<IntrinsicInst>(&I))
    return II->getCalledFunction()->getName().str();
  if (isa<CallInst>(I))
    return "asm";
  return I.getOpcodeName();
}

std::string dotted(unsigned PTX) { return std::to_string(PTX / 10) + "." + std::to_string(PTX % 10); }

/// The first architecture that has it, as far as the newest PTX version goes; "" if none.
std::string firstArchWith(const Instruction &I, unsigned NewestPTX, StringRef Why) {
  if (Why.starts_with("no end after"))
    return ""; // it would not end elsewhere either
  for (StringRef Name : {"sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_90a", "sm_100", "sm_100f", "sm_100a",
                         "sm_103a", "sm_110a", "sm_120", "sm_120a", "sm_121a"}) {
    Expected<GPUArch> Arch = parseArch(Name);
    if (!Arch) {
      consumeError(Arch.takeError());
      continue;
    }
    if (probe(I, *Arch, NewestPTX).empty())
      return Name.str();
  }
  return "";
}

constexpr unsigned NewestPTX = 90;

void explain(Checker &C, const Instruction &I, const GPUArch &Arch, unsigned PTX, StringRef Why) {
  std::string Symbol = symbolOf(I);
  std::string Detail = " (LLVM: " + Why.str() + ")";
  if (PTX < NewestPTX && probe(I, Arch, NewestPTX).empty()) {
    C.report(Rule::UnsupportedOnArch, Symbol,
             "'" + Symbol + "' is not in PTX " + dotted(PTX) + "; choose a newer version with ptx=" + Detail, &I);
    return;
  }
  std::string First = firstArchWith(I, NewestPTX, Why);
  if (First.empty())
    C.report(ruleOf(I), Symbol, "'" + Symbol + "' cannot be compiled for any GPU architecture; write it otherwise for "
             "the device" + Detail, &I);
  else
    C.report(Rule::UnsupportedOnArch, Symbol,
             "'" + Symbol + "' is not in " + Arch.name() + "; the first architecture that has it is " + First + Detail,
             &I);
}

} // namespace

void checkArchSupport(Checker &C, const GPUArch &Arch, unsigned PTX) {
  std::vector<const Instruction *> Questions;
  StringSet<> Seen;
  for (const Function *F : C.Reached.functions())
    for (const Instruction &I : instructions(*F))
      if (isQuestionable(I) && !C.isReported(I) && Seen.insert(probeKey(I)).second)
        Questions.push_back(&I);
  std::vector<const Instruction *> Refused = probeAll(Questions, Arch, PTX);
  if (Refused.empty())
    return;
  StringMap<const Instruction *> Bad;
  for (const Instruction *I : Refused)
    Bad[probeKey(*I)] = I;
  // Every use is a finding, not just the first of its kind.
  for (const Function *F : C.Reached.functions())
    for (const Instruction &I : instructions(*F))
      if (isQuestionable(I) && !C.isReported(I) && Bad.contains(probeKey(I)))
        explain(C, I, Arch, PTX, probe(I, Arch, PTX));
}

void checkArchSupport(Module &Device, const GPUArch &Arch, unsigned PTX, FindingSet &Findings) {
  Checker C(Device, Findings);
  checkArchSupport(C, Arch, PTX);
}

} // namespace cordon
