//===- device/CheckLayouts.cpp - types laid out differently by the host ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host and device share memory, so every type that device code touches must have its elements at the same offsets under
// both data layouts. The host's is in `!cordon.host.datalayout`.

#include "cordon/DevicePasses.h"
#include "device/Checks.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

namespace cordon {
namespace {

class LayoutCheck {
public:
  LayoutCheck(Checker &C, DataLayout Host) : C(C), Host(std::move(Host)), Device(C.M.getDataLayout()) {}

  void use(Type *Ty, const Instruction *At, const Function *F, const GlobalVariable *G = nullptr) {
    if (!Ty || !Ty->isSized() || Ty->isScalableTy() || !Seen.insert(Ty).second)
      return;
    for (Type *Part : Ty->subtypes())
      use(Part, At, F, G);
    std::string Difference = compare(Ty);
    if (Difference.empty())
      return;
    std::string Message = "type " + shortTypeText(*Ty) + " is laid out differently by the host: " + Difference +
                          "; give it explicit padding, or parts that both sides lay out alike";
    if (G)
      C.report(Rule::LayoutMismatch, *G, Message).Symbol = shortTypeText(*Ty);
    else
      C.report(Rule::LayoutMismatch, shortTypeText(*Ty), Message, At, F);
  }

private:
  std::string compare(Type *Ty) {
    auto Pair = [](const Twine &What, uint64_t H, uint64_t D) {
      return (What + " is " + Twine(H) + " on the host and " + Twine(D) + " on the device").str();
    };
    if (auto *S = dyn_cast<StructType>(Ty)) {
      const StructLayout *H = Host.getStructLayout(S), *D = Device.getStructLayout(S);
      for (unsigned I = 0; I < S->getNumElements(); ++I)
        if (H->getElementOffset(I) != D->getElementOffset(I))
          return Pair("the offset of element " + Twine(I), H->getElementOffset(I), D->getElementOffset(I));
    }
    uint64_t H = Host.getTypeAllocSize(Ty), D = Device.getTypeAllocSize(Ty);
    return H == D ? "" : Pair("its size", H, D);
  }

  Checker &C;
  DataLayout Host;
  const DataLayout &Device;
  SmallPtrSet<Type *, 32> Seen;
};

/// A pointer in a variable of the function is the function's own: its size there is nobody else's business.
bool isOwnPointer(const Type *Ty, const Value *Memory) {
  return Ty->isPointerTy() && isa<AllocaInst>(Memory) && cast<AllocaInst>(Memory)->getAllocatedType() == Ty;
}

void useInstruction(LayoutCheck &L, const Instruction &I) {
  const Value *Memory = isa<AllocaInst>(I) ? &I : getLoadStorePointerOperand(&I);
  Type *Ty = isa<AllocaInst>(I) ? cast<AllocaInst>(I).getAllocatedType() : Memory ? getLoadStoreType(&I) : nullptr;
  if (Ty && !isOwnPointer(Ty, Memory))
    L.use(Ty, &I, nullptr);
  if (const auto *GEP = dyn_cast<GEPOperator>(&I))
    L.use(GEP->getSourceElementType(), &I, nullptr);
  for (const Use &U : I.operands())
    if (const auto *GEP = dyn_cast<GEPOperator>(U); GEP && isa<Constant>(U))
      L.use(GEP->getSourceElementType(), &I, nullptr);
}

} // namespace

void checkLayouts(Checker &C) {
  const NamedMDNode *N = C.M.getNamedMetadata(HostLayoutMetadata);
  if (!N || !N->getNumOperands() || !N->getOperand(0)->getNumOperands())
    return;
  auto *Text = dyn_cast_or_null<MDString>(N->getOperand(0)->getOperand(0));
  Expected<DataLayout> Host = DataLayout::parse(Text ? Text->getString() : "");
  if (!Host) {
    consumeError(Host.takeError());
    return;
  }
  LayoutCheck L(C, *Host);
  for (const Function *F : C.Reached.functions()) {
    if (F->isDeclaration())
      continue;
    for (const Argument &A : F->args()) {
      if (A.getType()->isPointerTy() && !A.hasPointeeInMemoryValueAttr() && F->getCallingConv() != CallingConv::PTX_Kernel)
        continue; // device code calls it with the device's pointers
      L.use(A.hasPointeeInMemoryValueAttr() ? A.getPointeeInMemoryValueType() : A.getType(), nullptr, F);
    }
    for (const Instruction &I : instructions(*F))
      useInstruction(L, I);
  }
  for (const GlobalVariable *G : C.Reached.variables())
    L.use(G->getValueType(), nullptr, nullptr, G);
}

} // namespace cordon
