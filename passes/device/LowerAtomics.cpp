//===- device/LowerAtomics.cpp - orderings and scopes that the IR asked for ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-lower-atomics`: NVPTX fences loads, stores and cmpxchg as their ordering asks, but emits every atomicrmw as
// relaxed and with the scope of the device. Fences are put around it here (PTX ISA, "Memory consistency model"; the
// mapping is that of LLVM's cmpxchg), and the system scope, which host IR means, becomes atom.sys or a cmpxchg loop.
// A fence for one thread only is for signal handlers, which the GPU does not have. In a function with the attribute
// "cordon.device-scope", host IR's default scope means the device: nobody outside it looks at the memory.

#include "device/Repairs.h"
#include "support/ScopedAtomic.h"
#include "llvm/Analysis/MemoryLocation.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/LowerAtomic.h"

using namespace llvm;

namespace cordon {
namespace {

constexpr unsigned Shared = 3, Local = 5, SharedCluster = 7;

/// Memory that no other device sees: the device's scope says all there is to say.
bool isOnChip(unsigned AddressSpace) {
  return AddressSpace == Shared || AddressSpace == Local || AddressSpace == SharedCluster;
}

bool fenceAround(AtomicRMWInst &AI) {
  AtomicOrdering Order = AI.getOrdering();
  if (Order == AtomicOrdering::Monotonic || Order == AtomicOrdering::Unordered)
    return false;
  SyncScope::ID Scope = AI.getSyncScopeID();
  IRBuilder<> B(&AI);
  if (Order == AtomicOrdering::SequentiallyConsistent)
    B.CreateFence(AtomicOrdering::SequentiallyConsistent, Scope);
  else if (isReleaseOrStronger(Order))
    B.CreateFence(AtomicOrdering::Release, Scope);
  if (isAcquireOrStronger(Order)) {
    B.SetInsertPoint(AI.getNextNode());
    B.CreateFence(AtomicOrdering::Acquire, Scope);
  }
  AI.setOrdering(AtomicOrdering::Monotonic);
  return true;
}

/// The operations that NVPTX selects as one instruction; LLVM makes the others cmpxchg loops, whose scope is right.
bool isOneInstruction(const AtomicRMWInst &AI) {
  Type *Ty = AI.getType();
  unsigned Bits = AI.getDataLayout().getTypeSizeInBits(Ty);
  switch (AI.getOperation()) {
  case AtomicRMWInst::FAdd:
    return true;
  case AtomicRMWInst::And:
  case AtomicRMWInst::Or:
  case AtomicRMWInst::Xor:
    return Bits <= 64; // below 32 bits, LLVM widens them to one of the word around, and forgets the scope
  case AtomicRMWInst::Xchg:
  case AtomicRMWInst::Add:
  case AtomicRMWInst::Sub:
  case AtomicRMWInst::Max:
  case AtomicRMWInst::Min:
  case AtomicRMWInst::UMax:
  case AtomicRMWInst::UMin:
    return Bits == 32 || Bits == 64;
  case AtomicRMWInst::UIncWrap:
  case AtomicRMWInst::UDecWrap:
    return Bits == 32;
  default:
    return false;
  }
}

Intrinsic::ID systemIntrinsic(const AtomicRMWInst &AI) {
  if (AI.getDataLayout().getTypeSizeInBits(AI.getType()) < 32)
    return Intrinsic::not_intrinsic;
  switch (AI.getOperation()) {
  case AtomicRMWInst::FAdd:
    if (AI.getType()->isFloatTy() || AI.getType()->isDoubleTy())
      return Intrinsic::nvvm_atomic_add_gen_f_sys;
    return Intrinsic::not_intrinsic;
  case AtomicRMWInst::Add:
  case AtomicRMWInst::Sub:
    return Intrinsic::nvvm_atomic_add_gen_i_sys;
  case AtomicRMWInst::Xchg:
    return Intrinsic::nvvm_atomic_exch_gen_i_sys;
  case AtomicRMWInst::And:
    return Intrinsic::nvvm_atomic_and_gen_i_sys;
  case AtomicRMWInst::Or:
    return Intrinsic::nvvm_atomic_or_gen_i_sys;
  case AtomicRMWInst::Xor:
    return Intrinsic::nvvm_atomic_xor_gen_i_sys;
  case AtomicRMWInst::Max:
    return Intrinsic::nvvm_atomic_max_gen_i_sys;
  case AtomicRMWInst::Min:
    return Intrinsic::nvvm_atomic_min_gen_i_sys;
  case AtomicRMWInst::UIncWrap:
    return Intrinsic::nvvm_atomic_inc_gen_i_sys;
  case AtomicRMWInst::UDecWrap:
    return Intrinsic::nvvm_atomic_dec_gen_i_sys;
  default:
    return Intrinsic::not_intrinsic; // unsigned max and min: the intrinsics are signed
  }
}

/// Floats and pointers are exchanged as integers.
Type *integerFor(const AtomicRMWInst &AI) {
  Type *Ty = AI.getType();
  if (Ty->isIntegerTy())
    return Ty;
  return IntegerType::get(AI.getContext(), AI.getDataLayout().getTypeSizeInBits(Ty));
}

void toIntrinsic(AtomicRMWInst &AI, Intrinsic::ID ID) {
  IRBuilder<> B(&AI);
  Value *Ptr = B.CreateAddrSpaceCast(AI.getPointerOperand(), B.getPtrTy());
  Value *V = AI.getValOperand();
  Type *Ty = ID == Intrinsic::nvvm_atomic_add_gen_f_sys ? AI.getType() : integerFor(AI);
  V = B.CreateBitOrPointerCast(V, Ty);
  if (AI.getOperation() == AtomicRMWInst::Sub)
    V = B.CreateNeg(V);
  Value *R = B.CreateIntrinsic(ID, {Ty, Ptr->getType()}, {Ptr, V});
  R = B.CreateBitOrPointerCast(R, AI.getType());
  AI.replaceAllUsesWith(R);
  R->takeName(&AI);
  AI.eraseFromParent();
}

/// Unsigned maximum and minimum have no intrinsic. cordon-raise-atomics knows the text.
bool toAssembly(AtomicRMWInst &AI) {
  Type *Ty = AI.getType();
  bool Max = AI.getOperation() == AtomicRMWInst::UMax;
  if ((!Max && AI.getOperation() != AtomicRMWInst::UMin) || !(Ty->isIntegerTy(32) || Ty->isIntegerTy(64)))
    return false;
  IRBuilder<> B(&AI);
  Value *R = createScopedAtomic(B, AI.getOperation(), "sys", B.CreateAddrSpaceCast(AI.getPointerOperand(), B.getPtrTy()),
                                AI.getValOperand());
  AI.replaceAllUsesWith(R);
  R->takeName(&AI);
  AI.eraseFromParent();
  return true;
}

///   old = *p;
///   do { seen = old; old = cmpxchg(p, seen, op(seen, v)); } while (old != seen);
void toLoop(AtomicRMWInst &AI) {
  Type *Int = integerFor(AI);
  BasicBlock *Head = AI.getParent();
  BasicBlock *Tail = SplitBlock(Head, &AI);
  BasicBlock *Loop = BasicBlock::Create(AI.getContext(), "atomicrmw", Head->getParent(), Tail);
  Head->getTerminator()->setSuccessor(0, Loop);
  IRBuilder<> B(Head->getTerminator());
  B.SetCurrentDebugLocation(AI.getDebugLoc());
  LoadInst *First = B.CreateAlignedLoad(Int, AI.getPointerOperand(), AI.getAlign());
  First->setAtomic(AtomicOrdering::Monotonic, AI.getSyncScopeID());
  First->setVolatile(AI.isVolatile());
  B.SetInsertPoint(Loop);
  PHINode *Seen = B.CreatePHI(Int, 2);
  Value *Old = B.CreateBitOrPointerCast(Seen, AI.getType());
  Value *New = buildAtomicRMWValue(AI.getOperation(), B, Old, AI.getValOperand());
  AtomicCmpXchgInst *CX =
      B.CreateAtomicCmpXchg(AI.getPointerOperand(), Seen, B.CreateBitOrPointerCast(New, Int), AI.getAlign(),
                            AtomicOrdering::Monotonic, AtomicOrdering::Monotonic, AI.getSyncScopeID());
  CX->setVolatile(AI.isVolatile());
  Value *Now = B.CreateExtractValue(CX, 0);
  B.CreateCondBr(B.CreateExtractValue(CX, 1), Tail, Loop);
  Seen->addIncoming(First, Head);
  Seen->addIncoming(Now, Loop);
  AI.replaceAllUsesWith(Old);
  AI.eraseFromParent();
}

bool lowerScope(AtomicRMWInst &AI) {
  if (AI.getSyncScopeID() != SyncScope::System || isOnChip(AI.getPointerAddressSpace()) || !isOneInstruction(AI) ||
      AI.getAlign().value() * 8 < AI.getDataLayout().getTypeSizeInBits(AI.getType()))
    return false;
  if (Intrinsic::ID ID = systemIntrinsic(AI))
    toIntrinsic(AI, ID);
  else if (!toAssembly(AI))
    toLoop(AI);
  return true;
}

/// A thread's own memory: nobody else is there to see an order.
bool lowerLocal(Instruction &I) {
  std::optional<MemoryLocation> Where = MemoryLocation::getOrNone(&I);
  if (!Where || Where->Ptr->getType()->getPointerAddressSpace() != Local)
    return false;
  if (auto *L = dyn_cast<LoadInst>(&I))
    L->setAtomic(AtomicOrdering::NotAtomic);
  else if (auto *S = dyn_cast<StoreInst>(&I))
    S->setAtomic(AtomicOrdering::NotAtomic);
  else if (auto *C = dyn_cast<AtomicCmpXchgInst>(&I))
    lowerAtomicCmpXchgInst(C);
  else
    lowerAtomicRMWInst(cast<AtomicRMWInst>(&I));
  return true;
}

/// Atomic for one thread means atomic for a signal handler of it; the widest scope has no ordering to add.
template <typename T> bool widenScope(T &I) {
  if (I.getSyncScopeID() != SyncScope::SingleThread)
    return false;
  I.setSyncScopeID(SyncScope::System);
  return true;
}

bool lowerInstruction(Instruction &I) {
  if (lowerLocal(I))
    return true;
  if (auto *F = dyn_cast<FenceInst>(&I)) {
    if (F->getSyncScopeID() != SyncScope::SingleThread)
      return false;
    F->eraseFromParent();
    return true;
  }
  if (auto *L = dyn_cast<LoadInst>(&I))
    return L->isAtomic() && widenScope(*L);
  if (auto *S = dyn_cast<StoreInst>(&I))
    return S->isAtomic() && widenScope(*S);
  if (auto *C = dyn_cast<AtomicCmpXchgInst>(&I))
    return widenScope(*C);
  auto *AI = dyn_cast<AtomicRMWInst>(&I);
  if (!AI)
    return false;
  bool Changed = widenScope(*AI);
  Changed |= fenceAround(*AI);
  return lowerScope(*AI) || Changed;
}

} // namespace

bool lowerAtomics(Module &M, FindingSet &) {
  bool Changed = false;
  for (Function &F : M) {
    SmallVector<Instruction *, 8> Work;
    for (Instruction &I : instructions(F))
      if (I.isAtomic())
        Work.push_back(&I);
    if (F.hasFnAttribute("cordon.device-scope"))
      for (Instruction *I : Work)
        if (getAtomicSyncScopeID(I) == SyncScope::System)
          setAtomicSyncScopeID(I, M.getContext().getOrInsertSyncScopeID("device"));
    for (Instruction *I : Work)
      Changed |= lowerInstruction(*I);
  }
  return Changed;
}

} // namespace cordon
