//===- cordon/Relocatable.cpp - device modules that are linked later ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One file's image is closed: everything but its entries is internal. Where a later link joins the device code of many
// files, what is visible stays visible with its linkage, and static kernels and variables, which are entries all the
// same, get names that no other file has.

#include "Relocatable.h"
#include "cordon/Entries.h"
#include "cordon/abi/state.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MD5.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace cordon {

/// Of what the module is, not of where it lies: the same in every folder and on every machine.
static std::string moduleHash(const Module &M) {
  std::string Bitcode;
  raw_string_ostream OS(Bitcode);
  WriteBitcodeToFile(M, OS);
  MD5 Hash;
  Hash.update(Bitcode);
  MD5::MD5Result Result;
  Hash.final(Result);
  return utohexstr(Result.low(), /*LowerCase=*/true, 16);
}

void RelocatableNames::renameLocalEntries(Module &Host, Module &Device) {
  std::string Error, Suffix;
  std::vector<Entry> Entries = readEntries(Host, Error);
  StringMap<std::string> Renamed; // a kernel may have two handles on the host
  for (Entry &E : Entries) {
    if (auto Known = Renamed.find(E.DeviceName); Known != Renamed.end()) {
      E.DeviceName = Known->second;
      continue;
    }
    Renamed[E.DeviceName] = E.DeviceName;
    GlobalValue *G = E.Host->hasLocalLinkage() ? Device.getNamedValue(E.DeviceName) : nullptr;
    if (!G)
      continue;
    if (Suffix.empty())
      Suffix = "__static_" + moduleHash(Device);
    G->setName(E.DeviceName + Suffix);
    E.DeviceName = Renamed[E.DeviceName] = G->getName().str();
  }
  writeEntries(Host, Entries);
}

RelocatableNames::RelocatableNames(Module &Host, Module &Device) {
  renameLocalEntries(Host, Device);
  SmallVector<GlobalValue *, 32> Keep;
  for (GlobalValue &G : Device.global_values()) {
    if (G.isDeclaration() || G.hasLocalLinkage() || G.hasAvailableExternallyLinkage() || G.hasAppendingLinkage() ||
        G.getName().starts_with("llvm."))
      continue;
    // A definition that other files have as well must stay mergeable, and must stay.
    bool Mergeable = G.hasLinkOnceLinkage() || G.hasWeakLinkage();
    Visible[G.getName().str()] = Mergeable ? GlobalValue::WeakODRLinkage : GlobalValue::ExternalLinkage;
    Keep.push_back(&G);
  }
  appendToCompilerUsed(Device, Keep);
}

void RelocatableNames::restore(Module &Device) const {
  removeFromUsedLists(Device, [&](Constant *C) {
    auto *G = dyn_cast<GlobalValue>(C->stripPointerCasts());
    return G && Visible.count(G->getName().str());
  });
  for (const auto &[Name, Linkage] : Visible)
    if (GlobalValue *G = Device.getNamedValue(Name); G && !G->isDeclaration()) {
      G->setLinkage(Linkage);
      G->setVisibility(GlobalValue::DefaultVisibility);
    }
  // Each file's copy of the state is the same variable.
  if (GlobalVariable *State = Device.getNamedGlobal(CORDON_STATE_SYMBOL); State && !State->isDeclaration())
    State->setLinkage(GlobalValue::WeakODRLinkage);
}

} // namespace cordon
