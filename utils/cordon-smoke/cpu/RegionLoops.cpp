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

/// int32_t NAME(ThreadContext *from, params, frames, n, low, high, int32_t *states) {
///   ThreadContext ctx = *from;
///   if (each value that is likely to be uniform is the same in all threads)
///     loop, for which it is a constant
///   else
///     loop
///   return state, or -1;
/// }
class LoopEmitter {
public:
  explicit LoopEmitter(const RegionBody &Body) : Body(Body), Only(onlyState(*Body.F)), B(Body.F->getContext()) {}

  Function *emit(const Twine &Name) {
    Type *Ptr = B.getPtrTy(), *I32 = B.getInt32Ty(), *I64 = B.getInt64Ty();
    F = Function::Create(FunctionType::get(I32, {Ptr, Ptr, Ptr, I64, I64, I64, Ptr}, false),
                         GlobalValue::InternalLinkage, Name, *Body.F->getParent());
    F->addFnAttr(Attribute::NoUnwind);
    for (unsigned A : {0, 1, 2, 6})
      F->addParamAttr(A, Attribute::NoAlias);
    B.SetInsertPoint(block("entry"));
    Exit = block("exit");
    Ctx = B.CreateAlloca(ArrayType::get(B.getInt8Ty(), sizeof(ThreadContext)), nullptr, "ctx");
    Ctx->setAlignment(Align(8));
    B.CreateMemCpy(Ctx, Align(8), F->getArg(0), Align(8), sizeof(ThreadContext));
    Shown = showContext(B, *Body.F, F->getArg(0), Ctx);
    if (!Body.Uniform.empty()) {
      BasicBlock *Differ = block("differ");
      loop(checkUniform(Differ));
      B.SetInsertPoint(Differ);
    }
    loop({});
    B.SetInsertPoint(Exit);
    showContext(B, *Body.F, F->getArg(0), nullptr);
    B.CreateRet(B.getInt32(Only ? *Only : -1));
    return F;
  }

private:
  const RegionBody &Body;
  std::optional<int32_t> Only;
  IRBuilder<> B;
  Function *F = nullptr;
  BasicBlock *Exit = nullptr;
  AllocaInst *Ctx = nullptr;
  bool Shown = false;

  BasicBlock *block(const Twine &Name) { return BasicBlock::Create(B.getContext(), Name, F); }

  Value *element(const LikelyUniform &U, Value *Thread) {
    Value *Array = B.CreateInBoundsGEP(B.getInt8Ty(), F->getArg(2), B.CreateMul(B.getInt64(U.Offset), F->getArg(3)));
    return B.CreateInBoundsGEP(U.Type, Array, Thread);
  }

  /// Goes on with the values where they are the same in all threads, else to \p Differ.
  SmallVector<Value *, 4> checkUniform(BasicBlock *Differ) {
    SmallVector<Value *, 4> Values;
    for (const LikelyUniform &U : Body.Uniform)
      Values.push_back(B.CreateLoad(U.Type, element(U, F->getArg(4))));
    BasicBlock *Before = B.GetInsertBlock(), *Check = block("check"), *Same = block("same");
    B.CreateBr(Check);
    B.SetInsertPoint(Check);
    PHINode *T = B.CreatePHI(B.getInt64Ty(), 2);
    T->addIncoming(F->getArg(4), Before);
    SmallVector<PHINode *, 4> Sums;
    for (const LikelyUniform &U : Body.Uniform) {
      Sums.push_back(B.CreatePHI(U.Type, 2));
      Sums.back()->addIncoming(ConstantInt::get(U.Type, 0), Before);
    }
    Value *Any = B.getFalse();
    for (unsigned I = 0; I < Values.size(); ++I) {
      Value *Now = B.CreateLoad(Body.Uniform[I].Type, element(Body.Uniform[I], T));
      Value *Sum = B.CreateOr(Sums[I], B.CreateXor(Now, Values[I]));
      Sums[I]->addIncoming(Sum, Check);
      Any = B.CreateOr(Any, B.CreateICmpNE(Sum, ConstantInt::get(Sum->getType(), 0)));
    }
    Value *Next = B.CreateNUWAdd(T, B.getInt64(1));
    T->addIncoming(Next, Check);
    BasicBlock *Done = block("checked");
    B.CreateCondBr(B.CreateICmpULT(Next, F->getArg(5)), Check, Done);
    B.SetInsertPoint(Done);
    B.CreateCondBr(Any, Differ, Same);
    B.SetInsertPoint(Same);
    return Values;
  }

  /// for (t = low; t < high; t += count) {             // a row of threads: tid.y and tid.z are the same
  ///   ctx.tid = t's; count = min(blockDim.x - tid.x, high - t);
  ///   for (i = 0; i < count; ++i) { ctx.tid.x = first + i; states[t + i] = body(&ctx, params, frames, n, t + i); }
  /// }
  /// Ends in Exit. \p Uniform: values that each thread has anyway, stored again so that the optimizer knows them.
  void loop(ArrayRef<Value *> Uniform) {
    Type *I32 = B.getInt32Ty(), *I64 = B.getInt64Ty();
    BasicBlock *Before = B.GetInsertBlock(), *Row = block("row"), *Thread = block("thread"), *Next = block("row.next");
    auto Tid = [&](unsigned I) {
      return I ? B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), Ctx, offsetof(ThreadContext, Tid) + 4 * I) : Ctx;
    };
    Value *High = F->getArg(5);
    Value *DimX = loadContext32(B, Ctx, offsetof(ThreadContext, BlockDim)),
          *DimY = loadContext32(B, Ctx, offsetof(ThreadContext, BlockDim) + 4);
    B.CreateBr(Row);
    B.SetInsertPoint(Row);
    PHINode *First = B.CreatePHI(I64, 2);
    First->addIncoming(F->getArg(4), Before);
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
    SmallVector<StoreInst *, 4> Stores;
    for (unsigned N = 0; N < Uniform.size(); ++N)
      Stores.push_back(B.CreateStore(Uniform[N], element(Body.Uniform[N], Index)));
    CallInst *State = B.CreateCall(Body.F, {Ctx, F->getArg(1), F->getArg(2), F->getArg(3), Index});
    if (!Only)
      Stores.push_back(B.CreateAlignedStore(State, B.CreateInBoundsGEP(I32, F->getArg(6), Index), Align(4)));
    Value *After = B.CreateNUWAdd(I, B.getInt32(1));
    I->addIncoming(After, Thread);
    BranchInst *Back = B.CreateCondBr(B.CreateICmpULT(After, Count), Thread, Next);
    runInParallel(*Body.F, *Back, Stores);
    B.SetInsertPoint(Next);
    Value *Following = B.CreateNUWAdd(First, B.CreateZExt(Count, I64));
    First->addIncoming(Following, Next);
    B.CreateCondBr(B.CreateICmpULT(Following, High), Row, Exit);
  }
};

} // namespace

void emitRegions(Program &P) {
  Module &M = *P.Flat;
  for (unsigned I = 0; I < P.Kernels.size(); ++I) {
    Kernel &K = P.Kernels[I];
    if (!K.Thread)
      continue;
    SmallVector<RegionBody, 16> Bodies;
    bool Split = splitKernel(K, I, Bodies);
    K.Thread->eraseFromParent();
    K.Thread = nullptr;
    if (!Split) {
      for (const RegionBody &Body : Bodies)
        if (Body.F)
          Body.F->eraseFromParent();
      K.Regions = RegionCode();
      continue;
    }
    SmallVector<Constant *, 16> Loops;
    for (const RegionBody &Body : Bodies)
      Loops.push_back(LoopEmitter(Body).emit("__cordon_cpu_loop_" + Twine(I) + "_" + Twine(Loops.size())));
    auto *T = ArrayType::get(PointerType::get(M.getContext(), 0), Loops.size());
    new GlobalVariable(M, T, true, GlobalValue::ExternalLinkage, ConstantArray::get(T, Loops),
                       "__cordon_cpu_regions_" + Twine(I));
    K.Split = true;
    M.getFunction("__cordon_cpu_entry_" + std::to_string(I))->eraseFromParent();
  }
}

} // namespace cordon::smoke::cpu
