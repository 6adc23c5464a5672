//===- device/Retarget.cpp - triple, data layout, module-level state ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-retarget`: gives the module NVPTX's triple and data layout and drops what only the host's tools read: module
// flags (they collide when the runtime is linked), linker options, module assembly. The host's layout is kept in
// metadata: types that differ are looked for later.

#include "cordon/DevicePasses.h"
#include "device/Repairs.h"
#include "support/ModuleAssembly.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Module.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace cordon {
namespace {

bool keepsFlag(StringRef Key) {
  return Key == "Debug Info Version" || Key == "Dwarf Version" || Key.starts_with("nvvm-reflect") ||
         Key.starts_with("nvvm-");
}

bool dropHostFlags(Module &M) {
  NamedMDNode *Flags = M.getModuleFlagsMetadata();
  if (!Flags)
    return false;
  SmallVector<MDNode *, 8> Kept;
  for (MDNode *N : Flags->operands()) {
    auto *Key = N->getNumOperands() > 1 ? dyn_cast_or_null<MDString>(N->getOperand(1)) : nullptr;
    if (Key && keepsFlag(Key->getString()))
      Kept.push_back(N);
  }
  if (Kept.size() == Flags->getNumOperands())
    return false;
  Flags->clearOperands();
  for (MDNode *N : Kept)
    Flags->addOperand(N);
  if (Kept.empty())
    Flags->eraseFromParent();
  return true;
}

/// Host assembly goes; what device code needs of it cannot be had.
bool dropHostAssembly(Module &M, FindingSet &Findings) {
  std::string Asm = M.getModuleInlineAsm();
  if (Asm.empty())
    return false;
  for (const GlobalObject &GO : M.global_objects()) {
    if (!GO.isDeclaration() || GO.use_empty() || !assemblyNames(Asm, GO.getName()))
      continue;
    const Instruction *At = nullptr;
    for (const User *U : GO.users())
      if ((At = dyn_cast<Instruction>(U)))
        break;
    Findings.add(Rule::HostAsm, GO.getName(),
                 "'" + GO.getName() + "' is defined by module assembly of the host; device code needs it in IR or PTX",
                 At, At ? At->getFunction() : dyn_cast<Function>(&GO));
  }
  M.setModuleInlineAsm("");
  return true;
}

} // namespace

bool retarget(Module &M, FindingSet &Findings) {
  bool Changed = dropHostFlags(M);
  for (StringRef Name : {"llvm.linker.options", "llvm.dependent-libraries", "llvm.commandline", "cfi.functions"})
    if (NamedMDNode *N = M.getNamedMetadata(Name)) {
      N->eraseFromParent();
      Changed = true;
    }
  Triple Device("nvptx64-nvidia-cuda");
  if (!M.getTargetTriple().isNVPTX()) {
    if (!M.getNamedMetadata(HostLayoutMetadata)) {
      LLVMContext &C = M.getContext();
      M.getOrInsertNamedMetadata(HostLayoutMetadata)
          ->addOperand(MDNode::get(C, {MDString::get(C, M.getDataLayoutStr()),
                                       MDString::get(C, M.getTargetTriple().str())}));
    }
    M.setTargetTriple(Device);
    Changed = true;
  }
  if (M.getNamedMetadata(HostLayoutMetadata))
    Changed |= dropHostAssembly(M, Findings); // a device module's own is PTX
  // 32-bit device modules keep their own layout: they are not ours.
  if (M.getTargetTriple().getArch() == Triple::nvptx64 && M.getDataLayoutStr() != Device.computeDataLayout()) {
    M.setDataLayout(Device.computeDataLayout());
    Changed = true;
  }
  return Changed;
}

} // namespace cordon
