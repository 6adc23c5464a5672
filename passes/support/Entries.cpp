//===- support/Entries.cpp - reading and writing !cordon.entries ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cordon/Entries.h"
#include "cordon/abi/names.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

static StringRef stringOperand(const MDNode *N, unsigned I) {
  auto *S = I < N->getNumOperands() ? dyn_cast_or_null<MDString>(N->getOperand(I)) : nullptr;
  return S ? S->getString() : StringRef();
}

static uint64_t integerOperand(const MDNode *N, unsigned I) {
  auto *C = I < N->getNumOperands() ? mdconst::dyn_extract_or_null<ConstantInt>(N->getOperand(I)) : nullptr;
  return C ? C->getZExtValue() : 0;
}

std::vector<Entry> readEntries(const Module &M, std::string &Error) {
  std::vector<Entry> Result;
  const NamedMDNode *Nodes = M.getNamedMetadata(EntriesMetadata);
  if (!Nodes)
    return Result;
  for (const MDNode *N : Nodes->operands()) {
    Entry E;
    StringRef Kind = stringOperand(N, 0);
    if ((Kind != "kernel" && Kind != "variable") || stringOperand(N, 2).empty()) {
      Error = "malformed !cordon.entries; it must be as cordon-quarantine left it";
      continue;
    }
    if (N->getOperand(1))
      E.Host = mdconst::dyn_extract<GlobalValue>(N->getOperand(1));
    if (!E.Host)
      continue; // the host optimizer removed it: nobody can name it any more
    E.Kind = Kind == "kernel" ? Entry::Kernel : Entry::Variable;
    E.DeviceName = stringOperand(N, 2).str();
    E.SourceName = stringOperand(N, 3).str();
    E.Size = integerOperand(N, 4);
    E.Flags = integerOperand(N, 5);
    Result.push_back(std::move(E));
  }
  return Result;
}

void writeEntries(Module &M, const std::vector<Entry> &Entries) {
  LLVMContext &C = M.getContext();
  NamedMDNode *Nodes = M.getOrInsertNamedMetadata(EntriesMetadata);
  Nodes->clearOperands();
  for (const Entry &E : Entries) {
    SmallVector<Metadata *, 6> Ops = {MDString::get(C, E.Kind == Entry::Kernel ? "kernel" : "variable"),
                                      ValueAsMetadata::get(E.Host), MDString::get(C, E.DeviceName),
                                      MDString::get(C, E.SourceName)};
    if (E.Kind == Entry::Variable) {
      Ops.push_back(ConstantAsMetadata::get(ConstantInt::get(Type::getInt64Ty(C), E.Size)));
      Ops.push_back(ConstantAsMetadata::get(ConstantInt::get(Type::getInt32Ty(C), E.Flags)));
    }
    Nodes->addOperand(MDNode::get(C, Ops));
  }
}

std::string encodeDeviceName(StringRef Source) {
  std::string Out(cordon_name_encode(Source.data(), Source.size(), nullptr, 0) + 1, 0);
  Out.resize(cordon_name_encode(Source.data(), Source.size(), Out.data(), Out.size()));
  return Out;
}

std::string decodeDeviceName(StringRef Device) {
  std::string Out(Device.size() + 1, 0);
  Out.resize(cordon_name_decode(Device.data(), Device.size(), Out.data(), Out.size()));
  return Out;
}

} // namespace cordon
