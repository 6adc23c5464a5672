//===- lower/AtomicScope.cpp - atomics of the system, in global memory ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A device module names the scope of an atomic through intrinsics and assembly on generic pointers, since LLVM 22 drops
// the scope of an atomicrmw. On a generic pointer the GPU looks up at run time which memory is meant, and has a loop for
// shared memory beside each float addition: twice the time and more. So `cordon-raise-atomics` makes them atomicrmw
// again, which alias analysis and address-space inference understand, and `cordon-lower-atomic-scope`, after all
// optimization, writes them with their scope and, where it is known, `.global`.

#include "lower/Pipeline.h"
#include "support/ScopedAtomic.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Scalar/InferAddressSpaces.h"

using namespace llvm;

namespace cordon {
namespace {

constexpr unsigned GenericSpace = 0, GlobalSpace = 1;

struct Row {
  AtomicRMWInst::BinOp Op;
  Intrinsic::ID System, Block;
};
constexpr Row Rows[] = {
    {AtomicRMWInst::FAdd, Intrinsic::nvvm_atomic_add_gen_f_sys, Intrinsic::nvvm_atomic_add_gen_f_cta},
    {AtomicRMWInst::Add, Intrinsic::nvvm_atomic_add_gen_i_sys, Intrinsic::nvvm_atomic_add_gen_i_cta},
    {AtomicRMWInst::Xchg, Intrinsic::nvvm_atomic_exch_gen_i_sys, Intrinsic::nvvm_atomic_exch_gen_i_cta},
    {AtomicRMWInst::And, Intrinsic::nvvm_atomic_and_gen_i_sys, Intrinsic::nvvm_atomic_and_gen_i_cta},
    {AtomicRMWInst::Or, Intrinsic::nvvm_atomic_or_gen_i_sys, Intrinsic::nvvm_atomic_or_gen_i_cta},
    {AtomicRMWInst::Xor, Intrinsic::nvvm_atomic_xor_gen_i_sys, Intrinsic::nvvm_atomic_xor_gen_i_cta},
    {AtomicRMWInst::Max, Intrinsic::nvvm_atomic_max_gen_i_sys, Intrinsic::nvvm_atomic_max_gen_i_cta},
    {AtomicRMWInst::Min, Intrinsic::nvvm_atomic_min_gen_i_sys, Intrinsic::nvvm_atomic_min_gen_i_cta},
    {AtomicRMWInst::UIncWrap, Intrinsic::nvvm_atomic_inc_gen_i_sys, Intrinsic::nvvm_atomic_inc_gen_i_cta},
    {AtomicRMWInst::UDecWrap, Intrinsic::nvvm_atomic_dec_gen_i_sys, Intrinsic::nvvm_atomic_dec_gen_i_cta}};

struct Scoped {
  AtomicRMWInst::BinOp Op;
  bool Block;
};

std::optional<Scoped> readScoped(const CallBase &Call) {
  if (auto *I = dyn_cast<IntrinsicInst>(&Call)) {
    for (const Row &R : Rows)
      if (I->getIntrinsicID() == R.System || I->getIntrinsicID() == R.Block)
        return Scoped{R.Op, I->getIntrinsicID() == R.Block};
    return std::nullopt;
  }
  for (AtomicRMWInst::BinOp Op : {AtomicRMWInst::UMax, AtomicRMWInst::UMin})
    if (isScopedAtomic(Call, Op, "sys"))
      return Scoped{Op, false};
  return std::nullopt;
}

bool isSystemOrBlock(const AtomicRMWInst &AI) {
  SyncScope::ID ID = AI.getSyncScopeID();
  unsigned Space = AI.getPointerAddressSpace();
  return AI.getOrdering() == AtomicOrdering::Monotonic && (Space == GenericSpace || Space == GlobalSpace) &&
         (ID == SyncScope::System || ID == AI.getContext().getOrInsertSyncScopeID("block")) && hasScopedAtomic(AI);
}

/// Loads of pointers from the structure \p Param; none where it may be written, since then it holds any pointer.
SmallVector<LoadInst *, 8> pointersIn(Argument &Param) {
  SmallVector<Value *, 8> Work = {&Param};
  SmallVector<LoadInst *, 8> Loads;
  while (!Work.empty())
    for (User *U : Work.pop_back_val()->users()) {
      if (isa<GetElementPtrInst>(U)) {
        Work.push_back(U);
        continue;
      }
      auto *L = dyn_cast<LoadInst>(U);
      if (!L)
        return {};
      if (L->getType()->isPointerTy() && L->getType()->getPointerAddressSpace() == GenericSpace)
        Loads.push_back(L);
    }
  return Loads;
}

/// Pointers that a kernel gets inside a structure are global, as LLVM's back end takes them to be; without the cast,
/// inference sees generic ones.
void castFieldsOfParameters(Function &F) {
  if (F.getCallingConv() != CallingConv::PTX_Kernel)
    return;
  for (Argument &A : F.args()) {
    if (!A.hasByValAttr())
      continue;
    for (LoadInst *L : pointersIn(A)) {
      IRBuilder<> B(L->getNextNode());
      auto *Global = cast<Instruction>(B.CreateAddrSpaceCast(L, B.getPtrTy(GlobalSpace)));
      Value *Generic = B.CreateAddrSpaceCast(Global, L->getType());
      L->replaceUsesWithIf(Generic, [&](const Use &U) { return U.getUser() != Global; });
    }
  }
}

} // namespace

PreservedAnalyses RaiseAtomicsPass::run(Function &F, FunctionAnalysisManager &) {
  SmallVector<std::pair<CallBase *, Scoped>, 8> Work;
  for (Instruction &I : instructions(F))
    if (auto *Call = dyn_cast<CallBase>(&I))
      if (std::optional<Scoped> S = readScoped(*Call))
        Work.push_back({Call, *S});
  for (auto [Call, S] : Work) {
    IRBuilder<> B(Call);
    Value *V = Call->getArgOperand(1);
    SyncScope::ID Scope = S.Block ? F.getContext().getOrInsertSyncScopeID("block") : SyncScope::ID(SyncScope::System);
    Align Natural(F.getDataLayout().getTypeStoreSize(V->getType()));
    AtomicRMWInst *AI =
        B.CreateAtomicRMW(S.Op, Call->getArgOperand(0), V, Natural, AtomicOrdering::Monotonic, Scope);
    Call->replaceAllUsesWith(AI);
    AI->takeName(Call);
    Call->eraseFromParent();
  }
  if (Work.empty())
    return PreservedAnalyses::all();
  return keepingBlocks(/*Changed=*/true);
}

PreservedAnalyses LowerAtomicScopePass::run(Function &F, FunctionAnalysisManager &AM) {
  auto Any = [&] {
    return any_of(instructions(F), [](const Instruction &I) {
      auto *AI = dyn_cast<AtomicRMWInst>(&I);
      return AI && isSystemOrBlock(*AI);
    });
  };
  if (!Any())
    return PreservedAnalyses::all();
  castFieldsOfParameters(F);
  AM.invalidate(F, PreservedAnalyses::none());
  InferAddressSpacesPass().run(F, AM);
  for (Instruction &I : make_early_inc_range(instructions(F))) {
    auto *AI = dyn_cast<AtomicRMWInst>(&I);
    if (!AI || !isSystemOrBlock(*AI))
      continue;
    IRBuilder<> B(AI);
    bool Used = !AI->use_empty();
    Value *R = createScopedAtomic(B, AI->getOperation(), AI->getSyncScopeID() == SyncScope::System ? "sys" : "cta",
                                  AI->getPointerOperand(), AI->getValOperand(), Used);
    if (Used)
      AI->replaceAllUsesWith(R);
    AI->eraseFromParent();
  }
  return PreservedAnalyses::none();
}

} // namespace cordon
