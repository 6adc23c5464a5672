//===- device/LegalizeNames.cpp - symbol names that PTX takes -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-legalize-names`: an external '.' fails in ptxas, other characters abort LLVM. Names are encoded as abi/names.h
// defines, which is what registration uses as well. A leading \1, "do not mangle", goes. The characters of local names
// are cleaned by LLVM itself, but not a leading digit, nor PTX's own words.

#include "cordon/Entries.h"
#include "device/Repairs.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

static std::string deviceName(const GlobalValue &GV) {
  StringRef Name = GV.getName();
  Name.consume_front("\1");
  if (GV.hasLocalLinkage()) {
    std::string Cleaned;
    for (char C : Name)
      Cleaned += isAlnum(C) || C == '_' || C == '$' ? C : '_';
    if (Cleaned.empty() || encodeDeviceName(Cleaned) == Cleaned)
      return Name.str();
  }
  return encodeDeviceName(Name);
}

bool legalizeNames(Module &M, FindingSet &) {
  bool Changed = false;
  for (GlobalValue &GV : M.global_values()) {
    // GPUCompiler's pseudo intrinsics go when the runtime is linked, which knows them by name.
    if (!GV.hasName() || GV.getName().starts_with("llvm.") || (GV.isDeclaration() && GV.getName().starts_with("julia.")))
      continue;
    std::string New = deviceName(GV);
    if (New == GV.getName() || encodeDeviceName(decodeDeviceName(GV.getName())) == GV.getName())
      continue;
    // Under that name there may be a declaration of the same thing already.
    if (GlobalValue *Other = M.getNamedValue(New)) {
      if (Other->isDeclaration()) {
        Other->replaceAllUsesWith(&GV);
        Other->setName("");
      } else if (GV.isDeclaration()) {
        GV.replaceAllUsesWith(Other);
        Changed = true;
        continue;
      }
    }
    GV.setName(New);
    Changed = true;
  }
  return Changed;
}

} // namespace cordon
