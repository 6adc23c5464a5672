//===- device/CheckAtomics.cpp - atomic operations that the GPU cannot do ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scopes that NVPTX does not know (it aborts, or ignores them on atomicrmw), accesses below their size in alignment, and
// accesses wider than the machine's.

#include "device/Checks.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

struct Access {
  SyncScope::ID Scope;
  Type *Ty = nullptr; ///< null for fences
  Align A;
};

std::optional<Access> accessOf(const Instruction &I) {
  if (const auto *F = dyn_cast<FenceInst>(&I))
    return Access{F->getSyncScopeID(), nullptr, Align(1)};
  if (const auto *L = dyn_cast<LoadInst>(&I); L && L->isAtomic())
    return Access{L->getSyncScopeID(), L->getType(), L->getAlign()};
  if (const auto *S = dyn_cast<StoreInst>(&I); S && S->isAtomic())
    return Access{S->getSyncScopeID(), S->getValueOperand()->getType(), S->getAlign()};
  if (const auto *R = dyn_cast<AtomicRMWInst>(&I))
    return Access{R->getSyncScopeID(), R->getType(), R->getAlign()};
  if (const auto *X = dyn_cast<AtomicCmpXchgInst>(&I))
    return Access{X->getSyncScopeID(), X->getNewValOperand()->getType(), X->getAlign()};
  return std::nullopt;
}

bool isDeviceScope(StringRef Name) {
  return Name.empty() || Name == "singlethread" || Name == "block" || Name == "cluster" || Name == "device";
}

} // namespace

void checkAtomics(Checker &C) {
  SmallVector<StringRef, 8> Scopes;
  C.M.getContext().getSyncScopeNames(Scopes);
  for (const Function *F : C.Reached.functions())
    for (const Instruction &I : instructions(*F)) {
      std::optional<Access> A = accessOf(I);
      if (!A)
        continue;
      StringRef Scope = A->Scope < Scopes.size() ? Scopes[A->Scope] : StringRef("?");
      if (!isDeviceScope(Scope)) {
        C.report(Rule::UnsupportedAtomic, Scope,
                 "synchronization scope \"" + Scope + "\" is unknown on the GPU; it has \"block\", \"cluster\", "
                 "\"device\", and the whole system where none is named",
                 &I);
        continue;
      }
      if (!A->Ty)
        continue;
      uint64_t Size = C.M.getDataLayout().getTypeStoreSize(A->Ty);
      if (A->A.value() < Size)
        C.report(Rule::UnsupportedAtomic, I.getOpcodeName(),
                 "atomic access of " + Twine(Size) + " bytes aligned to " + Twine(A->A.value()) +
                     " only; the GPU needs its full size as alignment",
                 &I);
      else if (Size > 8 && !isa<AtomicCmpXchgInst>(I)) // cmpxchg: the back end knows by architecture
        C.report(Rule::UnsupportedAtomic, I.getOpcodeName(),
                 "atomic access of " + Twine(Size) + " bytes; the GPU has at most 8: use two words and a lock, or "
                 "cmpxchg on sm_90",
                 &I);
      else if (Size > 16)
        C.report(Rule::UnsupportedAtomic, I.getOpcodeName(),
                 "atomic access of " + Twine(Size) + " bytes; the GPU has at most 16", &I);
    }
}

} // namespace cordon
