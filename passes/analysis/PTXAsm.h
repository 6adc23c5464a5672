//===- analysis/PTXAsm.h - is inline assembly PTX? --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inline assembly is PTX when its first mnemonic is one of PTX and the host's own assembler parser, with operands
// substituted by legal registers, refuses it. Neither half is enough: `ret;` is PTX and x86, and `%gs` tricks of hosts
// need macros that no parser takes out of context.
//===----------------------------------------------------------------------===//
#ifndef CORDON_ANALYSIS_PTXASM_H
#define CORDON_ANALYSIS_PTXASM_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/TargetParser/Triple.h"
#include <memory>
#include <string>

namespace llvm {
class CallBase;
class InlineAsm;
} // namespace llvm

namespace cordon {

class PTXAsmClassifier {
public:
  explicit PTXAsmClassifier(const llvm::Triple &Host);
  ~PTXAsmClassifier();
  /// The first mnemonic where \p Call, a call of inline assembly, is PTX; empty otherwise.
  llvm::StringRef ptxMnemonic(const llvm::CallBase &Call);

private:
  class HostParser;
  llvm::Triple Host;
  std::unique_ptr<HostParser> Parser; ///< made on first need
  llvm::DenseMap<const llvm::InlineAsm *, std::string> Known;
};

/// The first mnemonic of \p Asm as PTX is written: after comments, braces, labels, predicates and .reg lines.
std::string firstMnemonic(llvm::StringRef Asm);
/// The first word of each statement of \p Asm, after labels and predicates; declarations have none.
llvm::SmallVector<std::string, 4> allMnemonics(llvm::StringRef Asm);
/// The first mnemonic of a statement that is no PTX; "" if all are.
std::string foreignMnemonic(llvm::StringRef Text);
/// True for "mov.u32", "exit": the part before the first dot is an opcode of PTX.
bool isPTXMnemonic(llvm::StringRef Mnemonic);
/// True for instructions that concern the thread alone: arithmetic, conversions, moves, plain loads and stores. No other
/// thread waits for it there, so control flow around it may change.
bool isThreadLocalMnemonic(llvm::StringRef Mnemonic);

} // namespace cordon

#endif // CORDON_ANALYSIS_PTXASM_H
