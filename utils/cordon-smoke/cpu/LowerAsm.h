//===- cpu/LowerAsm.h - inline PTX to IR ------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// State of the translation of one inline assembly; the instructions themselves are in AsmInstructions.cpp.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CPU_LOWERASM_H
#define CORDON_SMOKE_CPU_LOWERASM_H

#include "Program.h"
#include "Ptx.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

namespace llvm {
class InlineAsm;
}

namespace cordon::smoke::cpu {

class AsmLowering {
public:
  AsmLowering(Program &P, llvm::CallBase &C) : P(P), Call(C), F(*C.getFunction()), B(&C) {}
  /// The first instruction that is not known, or an empty string.
  std::string run(llvm::Value *&Result);

private:
  Program &P;
  llvm::CallBase &Call;
  llvm::Function &F;
  llvm::IRBuilder<> B;
  llvm::BasicBlock *After = nullptr;
  std::map<std::string, llvm::AllocaInst *, std::less<>> Slots;
  struct LabelTable : std::map<std::string, llvm::BasicBlock *> {
    llvm::BasicBlock *lookup(const std::string &S) const {
      auto It = find(S);
      return It == end() ? nullptr : It->second;
    }
  } Labels;
  std::vector<std::pair<std::string, llvm::Type *>> Outputs;

  llvm::Type *typeOf(llvm::StringRef PtxType);
  llvm::AllocaInst *slot(llvm::StringRef Name, unsigned Bits);
  llvm::Value *readBits(llvm::StringRef Name, llvm::Type *T);
  llvm::Value *read(llvm::StringRef Name, llvm::Type *T);
  bool write(llvm::StringRef Name, llvm::Value *V, bool Signed);
  llvm::Value *address(llvm::StringRef Name);
  bool bindOperands(const llvm::InlineAsm &Asm);
  bool statement(const PtxStatement &S);

  // AsmInstructions.cpp
  bool instruction(const PtxStatement &S);
  bool arithmetic(const PtxStatement &S, llvm::Type *T, bool Signed);
  bool wideMultiply(const PtxStatement &S, llvm::Type *T, bool Signed);
  bool bits(const PtxStatement &S, llvm::Type *T, bool Signed);
  bool compare(const PtxStatement &S, llvm::Type *T, bool Signed);
  bool convert(const PtxStatement &S);
  bool floating(const PtxStatement &S, llvm::Type *T);
  bool memory(const PtxStatement &S, llvm::Type *T, bool Signed);
  bool atomic(const PtxStatement &S, llvm::Type *T, bool Signed);
  bool control(const PtxStatement &S);
  bool collective(const PtxStatement &S);
};

} // namespace cordon::smoke::cpu

#endif // CORDON_SMOKE_CPU_LOWERASM_H
