//===- cpu/LowerAsm.cpp - inline PTX --------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/IR/InlineAsm.h"

using namespace llvm;

namespace cordon::smoke::cpu {

std::string lowerInlineAsm(Program &P, CallBase &Call, Value *&Result) {
  auto *Asm = cast<InlineAsm>(Call.getCalledOperand());
  StringRef Text = StringRef(Asm->getAsmString()).trim();
  IRBuilder<> B(&Call);
  if (Text.empty()) {
    if (!Call.getType()->isVoidTy())
      Result = Call.arg_size() ? Call.getArgOperand(0) : Constant::getNullValue(Call.getType());
    return "";
  }
  if (Text == "trap;") {
    trapKernel(P, B, Call);
    return "";
  }
  if (Text == "exit;") {
    endThread(P, B, Call);
    return "";
  }
  return Text.str();
}

} // namespace cordon::smoke::cpu
