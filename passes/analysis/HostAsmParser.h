//===- analysis/HostAsmParser.h - would the host's assembler take it? -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM's own assembler parser for a host triple, run on inline assembly after its operands are replaced by registers,
// memory references and immediates that their constraints allow.
//===----------------------------------------------------------------------===//
#ifndef CORDON_ANALYSIS_HOSTASMPARSER_H
#define CORDON_ANALYSIS_HOSTASMPARSER_H

#include "llvm/TargetParser/Triple.h"
#include <memory>
#include <string>

namespace llvm {
class InlineAsm;
class MCAsmInfo;
class MCInstrInfo;
class MCRegisterInfo;
class MCSubtargetInfo;
class Target;
} // namespace llvm

namespace cordon {

class HostAsmParser {
public:
  explicit HostAsmParser(const llvm::Triple &Host);
  ~HostAsmParser();
  /// False where this process has no assembler parser for the triple (nothing is known then).
  bool isAvailable() const { return T != nullptr; }
  bool accepts(const llvm::InlineAsm &IA) const;

private:
  bool parses(llvm::StringRef Text, unsigned Dialect) const;

  llvm::Triple Host;
  const llvm::Target *T = nullptr;
  std::unique_ptr<llvm::MCRegisterInfo> MRI;
  std::unique_ptr<llvm::MCAsmInfo> MAI;
  std::unique_ptr<llvm::MCSubtargetInfo> STI;
  std::unique_ptr<llvm::MCInstrInfo> MII;
};

/// The text of \p IA with operands substituted for x86-64 or AArch64 (\p Arch).
std::string substituteOperands(const llvm::InlineAsm &IA, llvm::Triple::ArchType Arch);

} // namespace cordon

#endif // CORDON_ANALYSIS_HOSTASMPARSER_H
