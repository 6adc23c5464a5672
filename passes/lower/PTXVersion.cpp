//===- lower/PTXVersion.cpp - what LLVM does not know about PTX versions --===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The back end refuses what its PTX version lacks, but takes a few operations for older than they are, and never reads
// inline assembly. What the IR shows is looked for here; the rest ptxas says: "Feature 'X' requires PTX ISA .version 8.6
// or later". A newer version changes the meaning of no statement, so the number in the header is all that is rewritten.

#include "lower/Stages.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

/// PTX ISA, "Kernel Function Parameters": 4352 bytes before version 8.1.
constexpr uint64_t OldParameterBytes = 4352;

uint64_t parameterBytes(const Function &Kernel) {
  uint64_t Bytes = 0;
  const DataLayout &DL = Kernel.getDataLayout();
  for (const Argument &A : Kernel.args()) {
    Type *Ty = A.hasByValAttr() ? A.getParamByValType() : A.getType();
    if (Ty->isSized() && !Ty->isScalableTy())
      Bytes = alignTo(Bytes, DL.getABITypeAlign(Ty)) + DL.getTypeAllocSize(Ty);
  }
  return Bytes;
}

} // namespace

unsigned neededPTXVersion(const Module &M) {
  unsigned Version = 0;
  for (const Function &F : M) {
    if (F.getCallingConv() == CallingConv::PTX_Kernel && parameterBytes(F) > OldParameterBytes)
      Version = std::max(Version, 81u);
    for (const Instruction &I : instructions(F))
      if (const auto *X = dyn_cast<AtomicCmpXchgInst>(&I); X && X->getNewValOperand()->getType()->isIntegerTy(128))
        Version = std::max(Version, X->getSyncScopeID() == SyncScope::System ? 84u : 83u);
  }
  return Version;
}

bool hasInlinePTX(const Module &M) {
  for (const Function &F : M)
    if (!F.hasFnAttribute("cordon-runtime") && !F.getName().starts_with("__nv_"))
      for (const Instruction &I : instructions(F))
        if (const auto *CB = dyn_cast<CallBase>(&I))
          if (const auto *Asm = dyn_cast<InlineAsm>(CB->getCalledOperand()); Asm && !Asm->getAsmString().empty())
            return true;
  return false;
}

unsigned requestedPTXVersion(StringRef Log) {
  unsigned Newest = 0;
  SmallVector<StringRef, 8> Parts;
  Log.split(Parts, "requires PTX ISA .version ");
  for (StringRef Part : ArrayRef<StringRef>(Parts).drop_front()) {
    unsigned Major, Minor;
    if (!Part.consumeInteger(10, Major) && Part.consume_front(".") && !Part.consumeInteger(10, Minor))
      Newest = std::max(Newest, Major * 10 + Minor);
  }
  return Newest;
}

void setPTXVersion(std::string &PTX, unsigned Version) {
  size_t At = PTX.find("\n.version "), End = PTX.find('\n', At + 1);
  if (At != std::string::npos && End != std::string::npos)
    PTX.replace(At, End - At, "\n.version " + std::to_string(Version / 10) + "." + std::to_string(Version % 10));
}

} // namespace cordon
