//===- cpu/RegionLoops.cpp - loops over threads around regions ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the engine calls: for each region of a kernel one function that runs a range of threads, and a table of them.
//===----------------------------------------------------------------------===//

#include "Program.h"
#include <cstddef>
#include <optional>

using namespace llvm;

namespace cordon::smoke::cpu {
namespace {

/// The one state that \p Body returns, if there is but one.
std::optional<int32_t> onlyState(Function &Body) {
  std::optional<int32_t> Only;
  for (BasicBlock &BB : Body)
    if (auto *Ret = dyn_cast<ReturnInst>(BB.getTerminator())) {
      auto State = int32_t(cast<ConstantInt>(Ret->getReturnValue())->getSExtValue());
      if (Only && *Only != State)
        return std::nullopt;
      Only = State;
    }
  return Only;
}

/// int32_t NAME(const ThreadContext *from, params, frames, n, low, high, int32_t *states) {
///   ThreadContext ctx = *from;
///   for (t = low; t < high; t += count) {             // a row of threads: tid.y and tid.z are the same
///     ctx.tid = t's; count = min(blockDim.x - tid.x, high - t);
///     for (i = 0; i < count; ++i) { ctx.tid.x = first + i; states[t + i] = body(&ctx, params, frames, n, t + i); }
///   }
///   return state, or -1;
/// }
Function *emitLoop(Function &Body, const Twine &Name) {
  LLVMContext &C = Body.getContext();
  IRBuilder<> B(C);
  Type *Ptr = B.getPtrTy(), *I32 = B.getInt32Ty(), *I64 = B.getInt64Ty(), *I8 = B.getInt8Ty();
  Function *F = Function::Create(FunctionType::get(I32, {Ptr, Ptr, Ptr, I64, I64, I64, Ptr}, false),
                                 GlobalValue::InternalLinkage, Name, *Body.getParent());
  F->addFnAttr(Attribute::NoUnwind);
  for (unsigned A : {0, 1, 2, 6})
    F->addParamAttr(A, Attribute::NoAlias);
  BasicBlock *Entry = BasicBlock::Create(C, "entry", F), *Row = BasicBlock::Create(C, "row", F),
             *Thread = BasicBlock::Create(C, "thread", F), *Next = BasicBlock::Create(C, "row.next", F),
             *Exit = BasicBlock::Create(C, "exit", F);
  Value *Low = F->getArg(4), *High = F->getArg(5);
  B.SetInsertPoint(Entry);
  AllocaInst *Ctx = B.CreateAlloca(ArrayType::get(I8, sizeof(ThreadContext)), nullptr, "ctx");
  Ctx->setAlignment(Align(8));
  B.CreateMemCpy(Ctx, Align(8), F->getArg(0), Align(8), sizeof(ThreadContext));
  bool Shown = showContext(B, Body, F->getArg(0), Ctx);
  auto Tid = [&](unsigned I) {
    return I ? B.CreateConstInBoundsGEP1_64(I8, Ctx, offsetof(ThreadContext, Tid) + 4 * I) : Ctx;
  };
  Value *DimX = loadContext32(B, Ctx, offsetof(ThreadContext, BlockDim)),
        *DimY = loadContext32(B, Ctx, offsetof(ThreadContext, BlockDim) + 4);
  B.CreateBr(Row);
  B.SetInsertPoint(Row);
  PHINode *First = B.CreatePHI(I64, 2);
  First->addIncoming(Low, Entry);
  Value *Linear = B.CreateTrunc(First, I32);
  Value *RowIndex = B.CreateUDiv(Linear, DimX), *X = B.CreateURem(Linear, DimX);
  B.CreateAlignedStore(B.CreateURem(RowIndex, DimY), Tid(1), Align(4), Shown);
  B.CreateAlignedStore(B.CreateUDiv(RowIndex, DimY), Tid(2), Align(4), Shown);
  Value *Count = B.CreateBinaryIntrinsic(Intrinsic::umin, B.CreateSub(B.CreateTrunc(High, I32), Linear),
                                         B.CreateSub(DimX, X), nullptr, "count");
  B.CreateBr(Thread);
  B.SetInsertPoint(Thread);
  PHINode *I = B.CreatePHI(I32, 2);
  I->addIncoming(B.getInt32(0), Row);
  B.CreateAlignedStore(B.CreateNUWAdd(X, I), Tid(0), Align(4), Shown);
  Value *Index = B.CreateNUWAdd(First, B.CreateZExt(I, I64));
  CallInst *State = B.CreateCall(&Body, {Ctx, F->getArg(1), F->getArg(2), F->getArg(3), Index});
  std::optional<int32_t> Only = onlyState(Body);
  StoreInst *Store = Only ? nullptr : B.CreateAlignedStore(State, B.CreateInBoundsGEP(I32, F->getArg(6), Index), Align(4));
  Value *After = B.CreateNUWAdd(I, B.getInt32(1));
  I->addIncoming(After, Thread);
  BranchInst *Back = B.CreateCondBr(B.CreateICmpULT(After, Count), Thread, Next);
  runInParallel(Body, *Back);
  if (MDNode *Loop = Back->getMetadata(LLVMContext::MD_loop); Loop && Store)
    Store->setMetadata(LLVMContext::MD_access_group, cast<MDNode>(cast<MDNode>(Loop->getOperand(1))->getOperand(1)));
  B.SetInsertPoint(Next);
  Value *Following = B.CreateNUWAdd(First, B.CreateZExt(Count, I64));
  First->addIncoming(Following, Next);
  B.CreateCondBr(B.CreateICmpULT(Following, High), Row, Exit);
  B.SetInsertPoint(Exit);
  showContext(B, Body, F->getArg(0), nullptr);
  B.CreateRet(B.getInt32(Only ? *Only : -1));
  return F;
}

} // namespace

void emitRegions(Program &P) {
  Module &M = *P.Flat;
  for (unsigned I = 0; I < P.Kernels.size(); ++I) {
    Kernel &K = P.Kernels[I];
    if (!K.Thread)
      continue;
    SmallVector<Function *, 16> Bodies;
    bool Split = splitKernel(K, I, Bodies);
    K.Thread->eraseFromParent();
    K.Thread = nullptr;
    if (!Split) {
      for (Function *Body : Bodies)
        if (Body)
          Body->eraseFromParent();
      K.Regions = RegionCode();
      continue;
    }
    SmallVector<Constant *, 16> Loops;
    for (Function *Body : Bodies)
      Loops.push_back(emitLoop(*Body, "__cordon_cpu_loop_" + Twine(I) + "_" + Twine(Loops.size())));
    auto *T = ArrayType::get(PointerType::get(M.getContext(), 0), Loops.size());
    new GlobalVariable(M, T, true, GlobalValue::ExternalLinkage, ConstantArray::get(T, Loops),
                       "__cordon_cpu_regions_" + Twine(I));
    K.Split = true;
    M.getFunction("__cordon_cpu_entry_" + std::to_string(I))->eraseFromParent();
  }
}

} // namespace cordon::smoke::cpu
