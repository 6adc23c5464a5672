//===- cpu/Check.cpp - instruments memory accesses ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Under --check each load, store, atomic and block copy is announced to Memory::access before it happens. Local
// variables that are accessed by name are left out: nobody else can touch them, and SROA would lose them.
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace cordon::smoke::cpu {
namespace {

struct Access {
  Instruction *I;
  Value *Pointer;
  Value *Size; ///< null: of Type
  Type *T;
  uint32_t Kind;
};

bool isLocal(Value *Pointer) {
  auto *A = dyn_cast<AllocaInst>(Pointer->stripPointerCasts());
  return A && !A->isArrayAllocation();
}

uint32_t alignment(Align A) { return Log2(A) * AccessAlignment; }

/// What the access does besides: an ordering that publishes what was written before.
uint32_t release(AtomicOrdering O) { return isReleaseOrStronger(O) ? uint32_t(AccessRelease) : 0; }

/// Bytes on either side of a local variable whose address is computed with.
constexpr uint64_t LocalZone = 32;

bool onlyByName(const AllocaInst &A) {
  return all_of(A.users(), [&](const User *U) {
    if (auto *S = dyn_cast<StoreInst>(U))
      return S->getPointerOperand() == &A && S->getValueOperand() != &A;
    auto *I = cast<Instruction>(U);
    return isa<LoadInst>(I) || I->isLifetimeStartOrEnd();
  });
}

/// Tells the engine where the local variables of \p F are while it runs.
void announceLocals(Function &F) {
  Module &M = *F.getParent();
  const DataLayout &DL = M.getDataLayout();
  SmallVector<AllocaInst *, 8> Variables;
  for (Instruction &I : instructions(F))
    if (auto *A = dyn_cast<AllocaInst>(&I); A && !onlyByName(*A))
      Variables.push_back(A);
  IRBuilder<> B(F.getContext());
  FunctionCallee Local = service(M, "__cordon_cpu_local", B.getVoidTy(),
                                 {B.getPtrTy(), B.getPtrTy(), B.getInt64Ty(), B.getPtrTy()});
  unsigned Count = 0;
  auto Announce = [&](Value *Pointer, Value *Size, StringRef Name) {
    B.CreateCall(Local, {contextOf(F), Pointer, Size, B.CreateGlobalString(Name)});
    ++Count;
  };
  for (AllocaInst *A : Variables) {
    B.SetInsertPoint(A->getNextNode());
    if (!A->isStaticAlloca()) {
      Value *N = B.CreateZExtOrTrunc(A->getArraySize(), B.getInt64Ty());
      Announce(A, B.CreateMul(N, B.getInt64(DL.getTypeAllocSize(A->getAllocatedType()))), A->getName());
      continue;
    }
    uint64_t Size = A->getAllocationSize(DL)->getFixedValue(), Before = alignTo(LocalZone, A->getAlign());
    B.SetInsertPoint(A);
    AllocaInst *Padded = B.CreateAlloca(ArrayType::get(B.getInt8Ty(), Before + Size + LocalZone));
    Padded->setAlignment(A->getAlign());
    Value *Inside = B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), Padded, Before);
    SmallVector<Instruction *, 4> Lifetimes;
    for (User *U : A->users())
      if (auto *I = cast<Instruction>(U); I->isLifetimeStartOrEnd())
        Lifetimes.push_back(I);
    for (Instruction *I : Lifetimes)
      I->eraseFromParent();
    A->replaceAllUsesWith(Inside);
    Announce(Inside, B.getInt64(Size), A->getName());
    A->eraseFromParent();
  }
  for (Argument &A : F.args())
    if (A.hasByValAttr()) {
      B.SetInsertPoint(&F.getEntryBlock(), F.getEntryBlock().getFirstInsertionPt());
      Announce(&A, B.getInt64(DL.getTypeAllocSize(A.getParamByValType())), A.getName());
    }
  if (!Count)
    return;
  B.SetInsertPoint(&F.getEntryBlock(), F.getEntryBlock().getFirstInsertionPt());
  Value *Mark = B.CreateCall(service(M, "__cordon_cpu_locals", B.getInt64Ty(), {B.getPtrTy()}), {contextOf(F)});
  for (BasicBlock &BB : F)
    if (auto *Ret = dyn_cast<ReturnInst>(BB.getTerminator())) {
      B.SetInsertPoint(Ret);
      B.CreateCall(service(M, "__cordon_cpu_unlocal", B.getVoidTy(), {B.getPtrTy(), B.getInt64Ty()}), {contextOf(F), Mark});
    }
}

/// The context is no memory of the program's.
bool isContext(Value *Pointer, const Function &F) { return getUnderlyingObject(Pointer) == F.getArg(0); }

void collect(Function &F, SmallVectorImpl<Access> &Out) {
  for (Instruction &I : instructions(F)) {
    if (auto *L = dyn_cast<LoadInst>(&I)) {
      uint32_t Kind = uint32_t(AccessRead) | (L->isAtomic() || L->isVolatile() ? uint32_t(AccessAtomic) : 0) | alignment(L->getAlign());
      Out.push_back({&I, L->getPointerOperand(), nullptr, L->getType(), Kind});
    } else if (auto *S = dyn_cast<StoreInst>(&I)) {
      uint32_t Kind = uint32_t(AccessWrite) | (S->isAtomic() || S->isVolatile() ? uint32_t(AccessAtomic) : 0) | release(S->getOrdering()) |
                      alignment(S->getAlign());
      Out.push_back({&I, S->getPointerOperand(), nullptr, S->getValueOperand()->getType(), Kind});
    } else if (auto *A = dyn_cast<AtomicRMWInst>(&I)) {
      Out.push_back({&I, A->getPointerOperand(), nullptr, A->getType(),
                     AccessRead | AccessWrite | AccessAtomic | release(A->getOrdering()) | alignment(A->getAlign())});
    } else if (auto *X = dyn_cast<AtomicCmpXchgInst>(&I)) {
      Out.push_back({&I, X->getPointerOperand(), nullptr, X->getCompareOperand()->getType(),
                     AccessRead | AccessWrite | AccessAtomic | release(X->getSuccessOrdering()) | alignment(X->getAlign())});
    } else if (auto *M = dyn_cast<MemIntrinsic>(&I)) {
      if (auto *Copy = dyn_cast<MemTransferInst>(M))
        Out.push_back({&I, Copy->getRawSource(), M->getLength(), nullptr, AccessRead});
      Out.push_back({&I, M->getRawDest(), M->getLength(), nullptr, AccessWrite});
    }
  }
}

} // namespace

void instrumentAccesses(Program &P) {
  Module &M = *P.Flat;
  const DataLayout &DL = M.getDataLayout();
  for (Function &F : M) {
    if (F.isDeclaration())
      continue;
    for (Instruction &I : instructions(F)) {
      auto *Call = dyn_cast_or_null<CallBase>(I.getPrevNode());
      if (!isa<UnreachableInst>(I) || (Call && Call->doesNotReturn()))
        continue;
      IRBuilder<> B(&I);
      FunctionCallee S = service(M, "__cordon_cpu_throw", B.getVoidTy(), {B.getPtrTy(), B.getPtrTy(), B.getInt32Ty()});
      B.CreateCall(S, {contextOf(F),
                       B.CreateGlobalString("undefined behaviour: code that the compiler took to be unreachable"),
                       B.getInt32(P.site(I))});
    }
    announceLocals(F);
    SmallVector<Access, 32> Found;
    collect(F, Found);
    SmallVector<Instruction *, 4> Fences;
    if (P.CheckRaces)
      for (Instruction &I : instructions(F))
        if (isa<FenceInst>(I))
          Fences.push_back(&I);
    for (Instruction *I : Fences) {
      IRBuilder<> B(I);
      B.CreateCall(service(M, "__cordon_cpu_fence", B.getVoidTy(), {B.getPtrTy()}), {contextOf(F)});
    }
    for (const Access &A : Found) {
      if (isLocal(A.Pointer) || isContext(A.Pointer, F))
        continue;
      IRBuilder<> B(A.I);
      Value *Size = A.Size ? B.CreateZExtOrTrunc(A.Size, B.getInt64Ty())
                           : B.getInt64(DL.getTypeStoreSize(A.T).getFixedValue());
      FunctionCallee S = service(M, "__cordon_cpu_access", B.getVoidTy(),
                                 {B.getPtrTy(), B.getPtrTy(), B.getInt64Ty(), B.getInt32Ty(), B.getInt32Ty()});
      B.CreateCall(S, {contextOf(F), A.Pointer, Size, B.getInt32(A.Kind), B.getInt32(P.site(*A.I))});
    }
  }
  // Fibers for all: then a thread's stack is known, and its order among the others.
  for (Kernel &K : P.Kernels)
    K.NeedsFibers = true;
}

} // namespace cordon::smoke::cpu
