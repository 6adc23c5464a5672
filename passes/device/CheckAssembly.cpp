//===- device/CheckAssembly.cpp - inline assembly of the host -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NVPTX hands assembly through to ptxas unread. A string is taken for PTX where every statement begins with a PTX
// instruction, directive, brace, predicate or label (PTX ISA, "Instruction statements"); an empty one is fine.

#include "analysis/PTXAsm.h"
#include "device/Checks.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

/// LLVM's alternatives, "$(first$|second$)": NVPTX prints the first.
std::string firstAlternatives(StringRef Asm) {
  std::string Text;
  while (true) {
    auto [Before, Rest] = Asm.split("$(");
    Text += Before;
    if (Rest.empty())
      return Text;
    auto [Choice, After] = Rest.split("$)");
    Text += Choice.split("$|").first;
    Asm = After;
  }
}

/// A register of the host, as in "={ax}".
bool namesRegister(const InlineAsm &Asm) {
  for (const InlineAsm::ConstraintInfo &Info : Asm.ParseConstraints())
    if (Info.Type != InlineAsm::isClobber)
      for (StringRef Code : Info.Codes)
        if (Code.starts_with("{"))
          return true;
  return false;
}

} // namespace

void checkAssembly(Checker &C) {
  for (const Function *F : C.Reached.functions())
    for (const Instruction &I : instructions(*F)) {
      const auto *CB = dyn_cast<CallBase>(&I);
      const auto *Asm = CB ? dyn_cast<InlineAsm>(CB->getCalledOperand()) : nullptr;
      if (!Asm)
        continue;
      std::string Foreign = foreignMnemonic(firstAlternatives(Asm->getAsmString()));
      if (!Foreign.empty())
        C.report(Rule::HostAsm, Foreign,
                 "inline assembly of the host ('" + Foreign + "') in device code; write PTX or plain code for the GPU",
                 &I);
      else if (namesRegister(*Asm))
        C.report(Rule::HostAsm, "asm", "inline assembly asks for a register of the host by name; the GPU has none of "
                 "that name: use constraint r, l, f or d", &I);
    }
}

} // namespace cordon
