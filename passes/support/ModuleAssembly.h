//===- support/ModuleAssembly.h - what module assembly names ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef CORDON_SUPPORT_MODULEASSEMBLY_H
#define CORDON_SUPPORT_MODULEASSEMBLY_H

#include "llvm/ADT/StringExtras.h"

namespace cordon {

/// Whether \p Name stands in \p Asm as a word. Text alone: the assembly is the host's, whose assembler may not be there.
inline bool assemblyNames(llvm::StringRef Asm, llvm::StringRef Name) {
  auto IsWordChar = [](char C) { return llvm::isAlnum(C) || C == '_' || C == '$' || C == '.'; };
  for (size_t At = Asm.find(Name); At != llvm::StringRef::npos; At = Asm.find(Name, At + 1)) {
    size_t End = At + Name.size();
    if ((At == 0 || !IsWordChar(Asm[At - 1])) && (End == Asm.size() || !IsWordChar(Asm[End])))
      return true;
  }
  return false;
}

} // namespace cordon

#endif
