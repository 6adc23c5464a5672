//===- cpu/Coroutine.cpp - kernels that wait, without stacks --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A fiber's switch costs its stack's cache lines. Where every wait of a kernel can be inlined into it, the kernel becomes
// an LLVM coroutine instead: each barrier and warp collective is a suspend point, and a thread is a frame that holds only
// what lives across one. Kernels that wait in recursive functions or behind function pointers keep their fibers.
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include <cstddef>
#include <set>

using namespace llvm;

namespace cordon::smoke::cpu {
namespace {

/// Functions that may wait, by themselves or through what they call.
std::set<Function *> waitingFunctions(Program &P) {
  std::set<Function *> Waiting;
  for (auto &[F, Waits] : P.Waits)
    if (Waits)
      Waiting.insert(F);
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (Function &F : *P.Flat) {
      if (F.isDeclaration() || Waiting.count(&F))
        continue;
      for (Instruction &I : instructions(F))
        if (auto *CB = dyn_cast<CallBase>(&I))
          if (auto *Callee = dyn_cast<Function>(CB->getCalledOperand()); Callee && Waiting.count(Callee)) {
            Changed |= Waiting.insert(&F).second;
            break;
          }
    }
  }
  return Waiting;
}

/// Inlines all calls of waiting functions into \p F; false if there are too many, as with recursion.
bool inlineWaits(Function &F, const std::set<Function *> &Waiting) {
  for (unsigned Steps = 0; Steps < 200; ++Steps) {
    CallBase *Next = nullptr;
    for (Instruction &I : instructions(F))
      if (auto *CB = dyn_cast<CallBase>(&I))
        if (auto *Callee = dyn_cast<Function>(CB->getCalledOperand());
            Callee && !Callee->isDeclaration() && Waiting.count(Callee))
          Next = CB;
    if (!Next)
      return true;
    InlineFunctionInfo Info;
    if (!InlineFunction(*Next, Info).isSuccess())
      return false;
  }
  return false;
}

class CoroutineBuilder {
public:
  CoroutineBuilder(Program &P, Function &F) : F(F), M(*P.Flat), B(P.Flat->getContext()) {}

  /// \p F is `ptr (ctx, params)` and returns null everywhere.
  void build() {
    BasicBlock &Entry = F.getEntryBlock();
    Leave = BasicBlock::Create(M.getContext(), "coro.leave", &F);
    Finish = BasicBlock::Create(M.getContext(), "coro.finish", &F);
    SmallVector<CallInst *, 16> Calls;
    SmallVector<ReturnInst *, 4> Returns;
    for (Instruction &I : instructions(F)) {
      if (auto *R = dyn_cast<ReturnInst>(&I))
        Returns.push_back(R);
      auto *Call = dyn_cast<CallInst>(&I);
      auto *Callee = Call ? dyn_cast<Function>(Call->getCalledOperand()) : nullptr;
      if (Callee && Callee->getName().starts_with("__cordon_cpu_"))
        Calls.push_back(Call);
    }
    for (ReturnInst *R : Returns) {
      B.SetInsertPoint(R);
      B.CreateBr(Finish);
      R->eraseFromParent();
    }
    for (CallInst *Call : Calls)
      lower(*Call);
    BasicBlock::iterator At = Entry.getFirstNonPHIOrDbgOrAlloca();
    B.SetInsertPoint(&Entry, At);
    Value *Null = ConstantPointerNull::get(B.getPtrTy());
    Value *Id = B.CreateIntrinsic(Intrinsic::coro_id, {}, {B.getInt32(0), Null, Null, Null});
    Value *Size = B.CreateIntrinsic(Intrinsic::coro_size, {B.getInt64Ty()}, {});
    Value *Memory = B.CreateCall(service(M, "__cordon_cpu_frame", B.getPtrTy(), {B.getPtrTy(), B.getInt64Ty()}),
                                 {F.getArg(0), Size});
    Value *Handle = B.CreateIntrinsic(Intrinsic::coro_begin, {}, {Id, Memory});
    B.SetInsertPoint(Finish);
    B.CreateCall(service(M, "__cordon_cpu_finish", B.getVoidTy(), {B.getPtrTy()}), {F.getArg(0)});
    Value *State = B.CreateIntrinsic(Intrinsic::coro_suspend, {},
                                     {ConstantTokenNone::get(M.getContext()), B.getTrue()});
    BasicBlock *Never = BasicBlock::Create(M.getContext(), "coro.never", &F);
    SwitchInst *S = B.CreateSwitch(State, Leave, 2);
    S->addCase(B.getInt8(0), Never);
    S->addCase(B.getInt8(1), Leave);
    B.SetInsertPoint(Never);
    B.CreateUnreachable();
    B.SetInsertPoint(Leave);
    B.CreateIntrinsic(Intrinsic::coro_end, {}, {Handle, B.getFalse(), ConstantTokenNone::get(M.getContext())});
    B.CreateRet(Handle);
    F.setPresplitCoroutine();
  }

private:
  Function &F;
  Module &M;
  IRBuilder<> B;
  BasicBlock *Leave = nullptr, *Finish = nullptr;

  /// Suspends before \p At.
  void suspend(Instruction *At) {
    BasicBlock *Before = At->getParent();
    BasicBlock *After = SplitBlock(Before, At);
    Before->getTerminator()->eraseFromParent();
    B.SetInsertPoint(Before);
    Value *State = B.CreateIntrinsic(Intrinsic::coro_suspend, {},
                                     {ConstantTokenNone::get(M.getContext()), B.getFalse()});
    SwitchInst *S = B.CreateSwitch(State, Leave, 2);
    S->addCase(B.getInt8(0), After);
    S->addCase(B.getInt8(1), Leave);
  }

  void start(CallInst &Call, StringRef Name) {
    SmallVector<Type *, 8> Types;
    SmallVector<Value *, 8> Args(Call.args());
    for (Value *V : Args)
      Types.push_back(V->getType());
    B.SetInsertPoint(&Call);
    B.CreateCall(service(M, Name, B.getVoidTy(), Types), Args);
  }

  void lower(CallInst &Call) {
    StringRef Name = cast<Function>(Call.getCalledOperand())->getName();
    if (Name == "__cordon_cpu_exit") {
      SplitBlock(Call.getParent(), &Call);
      BasicBlock *Before = Call.getParent()->getSinglePredecessor();
      Before->getTerminator()->eraseFromParent();
      B.SetInsertPoint(Before);
      B.CreateBr(Finish);
      Call.eraseFromParent();
      return;
    }
    if (Name == "__cordon_cpu_poll") {
      B.SetInsertPoint(&Call);
      Value *Yield = B.CreateCall(service(M, "__cordon_cpu_poll_start", B.getInt32Ty(), {B.getPtrTy()}),
                                  {Call.getArgOperand(0)});
      Instruction *Then = SplitBlockAndInsertIfThen(B.CreateICmpNE(Yield, B.getInt32(0)), &Call, false);
      suspend(Then);
      Call.eraseFromParent();
      return;
    }
    if (Name == "__cordon_cpu_yield") {
      start(Call, "__cordon_cpu_yield_start");
      suspend(&Call);
      Call.eraseFromParent();
      return;
    }
    bool Barrier = Name == "__cordon_cpu_barrier";
    if (!Barrier && Name != "__cordon_cpu_warp")
      return;
    if (Barrier) {
      auto Op = BarrierOp(cast<ConstantInt>(Call.getArgOperand(1))->getZExtValue());
      if (Op == BarrierOp::Arrive || Op == BarrierOp::ClusterArrive)
        return;
    }
    start(Call, Barrier ? "__cordon_cpu_barrier_start" : "__cordon_cpu_warp_start");
    suspend(&Call);
    B.SetInsertPoint(&Call);
    Value *Slot = B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), F.getArg(0), offsetof(ThreadContext, Result));
    Value *Result = B.CreateAlignedLoad(B.getInt64Ty(), Slot, Align(8));
    Call.replaceAllUsesWith(B.CreateZExtOrTrunc(Result, Call.getType()));
    Call.eraseFromParent();
  }
};

} // namespace

void makeCoroutines(Program &P) {
  Module &M = *P.Flat;
  std::set<Function *> Waiting = waitingFunctions(P);
  bool Indirect = false;
  for (Function *F : Waiting)
    Indirect |= F->hasAddressTaken();
  if (Indirect || M.getFunction("__cordon_cpu_gridsync"))
    return;
  for (unsigned I = 0; I < P.Kernels.size(); ++I) {
    Kernel &K = P.Kernels[I];
    Function *Entry = M.getFunction("__cordon_cpu_entry_" + std::to_string(I));
    if (!Entry || !K.NeedsFibers || !K.Refused.empty())
      continue;
    // A copy, so that a kernel that turns out to be too deep keeps its fibers.
    ValueToValueMapTy Map;
    Type *Ptr = PointerType::get(M.getContext(), 0);
    Function *Copy = Function::Create(FunctionType::get(Ptr, {Ptr, Ptr}, false), GlobalValue::ExternalLinkage,
                                      "__cordon_cpu_coroutine_" + Twine(I), M);
    for (unsigned A = 0; A < 2; ++A)
      Map[Entry->getArg(A)] = Copy->getArg(A);
    SmallVector<ReturnInst *, 2> Returns;
    CloneFunctionInto(Copy, Entry, Map, CloneFunctionChangeType::LocalChangesOnly, Returns);
    for (ReturnInst *R : Returns) {
      ReturnInst::Create(M.getContext(), ConstantPointerNull::get(cast<PointerType>(Ptr)), R->getIterator());
      R->eraseFromParent();
    }
    if (!inlineWaits(*Copy, Waiting)) {
      Copy->eraseFromParent();
      continue;
    }
    CoroutineBuilder(P, *Copy).build();
    K.Coroutine = true;
  }
}

} // namespace cordon::smoke::cpu
