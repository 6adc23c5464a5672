//===- lower/JoinLoads.cpp - members loaded together ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A copy of a `float2` or `float4` is one load of the GPU. SROA makes loads of its members, NVPTX's vectorizer joins them at the
// end, but in between LLVM moves those that only some paths use to these paths: two loads where one was, waiting behind a
// branch (a test of points against a polygon: 27 instructions for an edge instead of 21). This pass joins members while they
// still stand together, where the alignment says that they are one object.

#include "lower/Pipeline.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Metadata.h"

using namespace llvm;

namespace cordon {
namespace {

constexpr unsigned MaxBytes = 16;

struct Member {
  LoadInst *Load;
  int64_t Offset;
};

/// Loads of one type from one base, in a stretch of a block that nothing in between writes.
struct Object {
  const Value *Base;
  SmallVector<Member, 4> Members;
};

bool isMember(const LoadInst &L) {
  Type *Ty = L.getType();
  return L.isSimple() && (Ty->isFloatTy() || Ty->isDoubleTy() || Ty->isIntegerTy(32) || Ty->isIntegerTy(64));
}

/// Joins \p Parts, which lie one after another, at the place of the first in the program.
void join(ArrayRef<Member> Parts) {
  LoadInst *First = Parts[0].Load, *Earliest = First;
  for (const Member &M : Parts)
    if (M.Load->comesBefore(Earliest))
      Earliest = M.Load;
  IRBuilder<> B(Earliest);
  Type *Ty = First->getType();
  Value *Address = First->getPointerOperand();
  if (Earliest != First) // what leads to the first member's address may stand behind
    Address = B.CreatePtrAdd(Earliest->getPointerOperand(),
                             B.getInt64(Parts[0].Offset - find_if(Parts, [&](const Member &M) {
                                                            return M.Load == Earliest;
                                                          })->Offset));
  LoadInst *Whole = B.CreateAlignedLoad(FixedVectorType::get(Ty, Parts.size()), Address, First->getAlign());
  AAMDNodes All = First->getAAMetadata();
  for (const Member &M : Parts) {
    AAMDNodes One = M.Load->getAAMetadata();
    All.TBAA = MDNode::getMostGenericTBAA(All.TBAA, One.TBAA);
    All.Scope = MDNode::getMostGenericAliasScope(All.Scope, One.Scope);
    All.NoAlias = MDNode::intersect(All.NoAlias, One.NoAlias);
  }
  All.TBAAStruct = nullptr;
  Whole->setAAMetadata(All);
  if (all_of(Parts, [](const Member &M) { return M.Load->hasMetadata(LLVMContext::MD_invariant_load); }))
    Whole->setMetadata(LLVMContext::MD_invariant_load, MDNode::get(B.getContext(), {}));
  for (auto [Index, M] : enumerate(Parts)) {
    Value *Part = B.CreateExtractElement(Whole, Index);
    Part->takeName(M.Load);
    M.Load->replaceAllUsesWith(Part);
  }
  for (const Member &M : Parts)
    M.Load->eraseFromParent();
}

/// Joins what of \p O is whole: two or four members side by side, the first aligned to all of them.
bool join(Object &O, const DataLayout &DL) {
  llvm::sort(O.Members, [](const Member &A, const Member &B) { return A.Offset < B.Offset; });
  bool Changed = false;
  for (size_t I = 0; I + 1 < O.Members.size();) {
    Type *Ty = O.Members[I].Load->getType();
    int64_t Size = DL.getTypeStoreSize(Ty);
    size_t Run = 1;
    while (I + Run < O.Members.size() && O.Members[I + Run].Load->getType() == Ty &&
           O.Members[I + Run].Offset == O.Members[I].Offset + int64_t(Run) * Size)
      ++Run;
    size_t Take = Run >= 4 && 4 * Size <= MaxBytes ? 4 : Run >= 2 ? 2 : 1;
    while (Take > 1 && O.Members[I].Load->getAlign().value() < uint64_t(Take * Size))
      Take /= 2;
    if (Take > 1) {
      join(ArrayRef(O.Members).slice(I, Take));
      Changed = true;
    }
    I += Take;
  }
  return Changed;
}

bool joinLoads(BasicBlock &B, const DataLayout &DL) {
  SmallVector<Object, 8> Objects;
  bool Changed = false;
  auto Finish = [&] {
    for (Object &O : Objects)
      Changed |= join(O, DL);
    Objects.clear();
  };
  for (Instruction &I : make_early_inc_range(B)) {
    auto *L = dyn_cast<LoadInst>(&I);
    if (L && isMember(*L)) {
      APInt Offset(DL.getIndexTypeSizeInBits(L->getPointerOperandType()), 0);
      const Value *Base = L->getPointerOperand()->stripAndAccumulateConstantOffsets(DL, Offset, /*AllowNonInbounds=*/true);
      if (isa<AllocaInst>(Base)) // to become a register
        continue;
      auto It = find_if(Objects, [&](const Object &O) { return O.Base == Base; });
      if (It == Objects.end())
        It = Objects.insert(Objects.end(), Object{Base, {}});
      if (none_of(It->Members, [&](const Member &M) { return M.Offset == Offset.getSExtValue(); }))
        It->Members.push_back({L, Offset.getSExtValue()});
    } else if (I.mayWriteToMemory() || !isGuaranteedToTransferExecutionToSuccessor(&I)) {
      Finish();
    }
  }
  Finish();
  return Changed;
}

} // namespace

PreservedAnalyses JoinLoadsPass::run(Function &F, FunctionAnalysisManager &) {
  bool Changed = false;
  for (BasicBlock &B : F)
    Changed |= joinLoads(B, F.getDataLayout());
  return keepingBlocks(Changed);
}

} // namespace cordon
