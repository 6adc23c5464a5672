//===- cpu/Ptx.h - statements of inline PTX ---------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Takes the text of an inline assembly apart: labels, guards, opcodes and operands. What they mean is LowerAsm.cpp's.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CPU_PTX_H
#define CORDON_SMOKE_CPU_PTX_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace cordon::smoke::cpu {

struct PtxStatement {
  std::string Label;                   ///< "L:" stands alone, with nothing else set
  std::string Guard;                   ///< predicate register, empty: none
  bool GuardNegated = false;
  std::string Opcode;                  ///< "add.s32"
  llvm::SmallVector<std::string, 4> Parts; ///< "add", "s32"
  std::vector<std::string> Operands;   ///< trimmed; "{a,b}" and "[p+4]" are one each
  std::string Text;                    ///< for messages

  bool has(llvm::StringRef Part) const;
  llvm::StringRef last() const { return Parts.back(); }
};

/// Statements in order; ".reg" directives come as statements with the opcode ".reg" and one operand for each register,
/// the type in Parts. `$0` and `${0:x}` come out as "$0".
std::vector<PtxStatement> parsePtx(llvm::StringRef Asm);

} // namespace cordon::smoke::cpu

#endif // CORDON_SMOKE_CPU_PTX_H
