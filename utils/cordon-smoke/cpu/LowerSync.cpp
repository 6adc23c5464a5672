//===- cpu/LowerSync.cpp - barriers, warp collectives, fences, atomics ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collectives become calls of the engine, which makes the fiber of the thread wait. Atomics and fences become the
// host's own, for the whole process: every narrower scope is contained in that.
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/InstIterator.h"
#include <cstddef>

using namespace llvm;

namespace cordon::smoke::cpu {

/// Optimizations neither merge waits nor repeat them in branches: then threads that arrive together stay together.
static FunctionCallee waitingService(Module &M, StringRef Name, Type *Result, ArrayRef<Type *> Params) {
  FunctionCallee C = service(M, Name, Result, Params);
  cast<Function>(C.getCallee())->addFnAttr(Attribute::Convergent);
  cast<Function>(C.getCallee())->addFnAttr(Attribute::NoMerge);
  return C;
}

Value *warpCollective(Program &P, IRBuilder<> &B, Instruction &At, uint32_t Op, Value *Mask, Value *A, Value *Operand,
                      Value *Clamp) {
  Function &F = *At.getFunction();
  P.Waits[&F] = true;
  Type *I32 = B.getInt32Ty(), *I64 = B.getInt64Ty();
  FunctionCallee S = waitingService(*F.getParent(), "__cordon_cpu_warp", I64,
                                    {B.getPtrTy(), I32, I32, I32, I64, I32, I32});
  if (!A)
    A = B.getInt64(0);
  if (A->getType()->isFloatTy())
    A = B.CreateBitCast(A, I32);
  if (A->getType() != I64)
    A = B.CreateZExt(A, I64);
  return B.CreateCall(S, {contextOf(F), B.getInt32(Op), B.getInt32(P.site(At)), Mask, A,
                          Operand ? Operand : B.getInt32(0), Clamp ? Clamp : B.getInt32(0)});
}

Value *warpPredicate(IRBuilder<> &B, Value *Result) {
  return B.CreateTrunc(B.CreateLShr(Result, 32), B.getInt1Ty());
}

Value *blockBarrier(Program &P, IRBuilder<> &B, Instruction &At, BarrierOp Op, Value *Id, Value *Count, Value *Pred,
                    bool Aligned) {
  Function &F = *At.getFunction();
  P.Waits[&F] = true;
  Type *I32 = B.getInt32Ty();
  FunctionCallee S = waitingService(*F.getParent(), "__cordon_cpu_barrier", I32,
                                    {B.getPtrTy(), I32, I32, I32, I32, I32});
  Aligned &= P.Check || P.CheckRaces;
  Value *PredArg = Pred ? B.CreateZExt(Pred, I32) : B.getInt32(0);
  return B.CreateCall(S, {contextOf(F), B.getInt32(uint32_t(Op) | (Aligned ? BarrierAligned : 0)), B.getInt32(P.site(At, Aligned)), Id ? Id : B.getInt32(0),
                          Count ? Count : B.getInt32(0), PredArg});
}

namespace {

Value *pair(IRBuilder<> &B, Type *T, Value *First, Value *Second) {
  Value *R = B.CreateInsertValue(PoisonValue::get(T), First, 0);
  return B.CreateInsertValue(R, Second, 1);
}

/// barrier.cta.{sync,arrive,red.*}[.aligned].{all,count}
bool lowerBarrier(Program &P, CallBase &Call, StringRef Name, Value *&Result) {
  if (!Name.consume_front("barrier.cta."))
    return false;
  bool All = Name.ends_with(".all");
  auto Op = StringSwitch<int>(Name.substr(0, Name.rfind('.')))
                .Cases({"sync", "sync.aligned"}, int(BarrierOp::Sync))
                .Cases({"arrive", "arrive.aligned"}, int(BarrierOp::Arrive))
                .Cases({"red.popc", "red.popc.aligned"}, int(BarrierOp::Popc))
                .Cases({"red.and", "red.and.aligned"}, int(BarrierOp::And))
                .Cases({"red.or", "red.or.aligned"}, int(BarrierOp::Or))
                .Default(-1);
  if (Op < 0)
    return false;
  IRBuilder<> B(&Call);
  Value *Count = All ? nullptr : Call.getArgOperand(1);
  Value *Pred = BarrierOp(Op) >= BarrierOp::Popc ? Call.getArgOperand(All ? 1 : 2) : nullptr;
  Result = blockBarrier(P, B, Call, BarrierOp(Op), Call.getArgOperand(0), Count, Pred, Name.contains(".aligned"));
  if (Call.getType()->isIntegerTy(1))
    Result = B.CreateICmpNE(Result, B.getInt32(0));
  return true;
}

bool lowerShuffle(Program &P, CallBase &Call, StringRef Name, Value *&Result) {
  if (!Name.consume_front("shfl."))
    return false;
  bool Sync = Name.consume_front("sync.");
  auto [Mode, Type] = Name.split('.');
  auto Op = StringSwitch<int>(Mode)
                .Case("up", int(WarpOp::ShuffleUp))
                .Case("down", int(WarpOp::ShuffleDown))
                .Case("bfly", int(WarpOp::ShuffleXor))
                .Case("idx", int(WarpOp::ShuffleIndex))
                .Default(-1);
  if (Op < 0)
    return false;
  IRBuilder<> B(&Call);
  unsigned First = Sync ? 1 : 0;
  Value *V = warpCollective(P, B, Call, Op | (Sync ? 0 : WarpOpUnmasked), Sync ? Call.getArgOperand(0) : B.getInt32(~0u),
                            Call.getArgOperand(First), Call.getArgOperand(First + 1), Call.getArgOperand(First + 2));
  Value *Word = B.CreateTrunc(V, B.getInt32Ty());
  if (Type.starts_with("f32"))
    Word = B.CreateBitCast(Word, B.getFloatTy());
  Result = Call.getType()->isStructTy() ? pair(B, Call.getType(), Word, warpPredicate(B, V)) : Word;
  return true;
}

bool lowerVote(Program &P, CallBase &Call, StringRef Name, Value *&Result) {
  IRBuilder<> B(&Call);
  if (Name.consume_front("vote.")) {
    bool Sync = Name.consume_back(".sync");
    auto Op = StringSwitch<int>(Name)
                  .Case("all", int(WarpOp::All))
                  .Case("any", int(WarpOp::Any))
                  .Case("uni", int(WarpOp::Uniform))
                  .Case("ballot", int(WarpOp::Ballot))
                  .Default(-1);
    if (Op < 0)
      return false;
    Value *V = warpCollective(P, B, Call, Op | (Sync ? 0 : WarpOpUnmasked),
                              Sync ? Call.getArgOperand(0) : B.getInt32(~0u), Call.getArgOperand(Sync ? 1 : 0), nullptr,
                              nullptr);
    Result = Op == int(WarpOp::Ballot) ? B.CreateTrunc(V, B.getInt32Ty()) : B.CreateICmpNE(V, B.getInt64(0));
    return true;
  }
  if (Name.starts_with("match.any.sync.") || Name.starts_with("match.all.sync.")) {
    WarpOp Op = Name.starts_with("match.any") ? WarpOp::MatchAny : WarpOp::MatchAll;
    Value *V = warpCollective(P, B, Call, uint32_t(Op), Call.getArgOperand(0), Call.getArgOperand(1), nullptr, nullptr);
    Value *Word = B.CreateTrunc(V, B.getInt32Ty());
    Result = Call.getType()->isStructTy() ? pair(B, Call.getType(), Word, warpPredicate(B, V)) : Word;
    return true;
  }
  if (Name == "elect.sync") {
    Value *V = warpCollective(P, B, Call, uint32_t(WarpOp::Elect), Call.getArgOperand(0), nullptr, nullptr, nullptr);
    Result = pair(B, Call.getType(), B.CreateTrunc(V, B.getInt32Ty()), warpPredicate(B, V));
    return true;
  }
  if (Name == "activemask") {
    Value *V = warpCollective(P, B, Call, uint32_t(WarpOp::ActiveMask) | WarpOpUnmasked, B.getInt32(~0u), nullptr,
                              nullptr, nullptr);
    Result = B.CreateTrunc(V, B.getInt32Ty());
    return true;
  }
  return false;
}

bool lowerRedux(Program &P, CallBase &Call, StringRef Name, Value *&Result) {
  if (!Name.consume_front("redux.sync."))
    return false;
  IRBuilder<> B(&Call);
  auto Op = StringSwitch<int>(Name)
                .Case("add", int(WarpOp::Add))
                .Case("umin", int(WarpOp::UMin))
                .Case("umax", int(WarpOp::UMax))
                .Case("min", int(WarpOp::SMin))
                .Case("max", int(WarpOp::SMax))
                .Case("and", int(WarpOp::And))
                .Case("or", int(WarpOp::Or))
                .Case("xor", int(WarpOp::Xor))
                .Cases({"fmin", "fmin.abs"}, int(WarpOp::FMin))
                .Cases({"fmax", "fmax.abs"}, int(WarpOp::FMax))
                .Cases({"fmin.NaN", "fmin.abs.NaN"}, int(WarpOp::FMinNaN))
                .Cases({"fmax.NaN", "fmax.abs.NaN"}, int(WarpOp::FMaxNaN))
                .Default(-1);
  if (Op < 0)
    return false;
  Value *A = Call.getArgOperand(0);
  if (Name.contains(".abs"))
    A = B.CreateUnaryIntrinsic(Intrinsic::fabs, A);
  Result = B.CreateTrunc(warpCollective(P, B, Call, Op, Call.getArgOperand(1), A, nullptr, nullptr), B.getInt32Ty());
  if (Call.getType()->isFloatTy())
    Result = B.CreateBitCast(Result, B.getFloatTy());
  return true;
}

bool lowerFence(CallBase &Call, StringRef Name) {
  IRBuilder<> B(&Call);
  if (Name.starts_with("membar.") || Name.starts_with("fence.")) {
    B.CreateFence(AtomicOrdering::SequentiallyConsistent);
    return true;
  }
  // Hints: nothing to do on a host.
  return Name.starts_with("prefetch") || Name.starts_with("applypriority") || Name.starts_with("discard") ||
         Name.starts_with("griddepcontrol") || Name.starts_with("setmaxnreg") || Name == "pm.event.mask";
}

/// atomic.OP.gen.{i,f}.{cta,sys}...
bool lowerAtomic(CallBase &Call, StringRef Name, Value *&Result) {
  if (!Name.consume_front("atomic."))
    return false;
  IRBuilder<> B(&Call);
  Value *Ptr = Call.getArgOperand(0), *V = Call.getArgOperand(1);
  Align A(std::max<uint64_t>(1, V->getType()->getScalarSizeInBits() / 8));
  StringRef OpName = Name.split('.').first;
  if (OpName == "cas") {
    auto *X = B.CreateAtomicCmpXchg(Ptr, V, Call.getArgOperand(2), A, AtomicOrdering::Monotonic,
                                    AtomicOrdering::Monotonic);
    Result = B.CreateExtractValue(X, 0);
    return true;
  }
  auto Op = StringSwitch<AtomicRMWInst::BinOp>(OpName)
                .Case("add", V->getType()->isFPOrFPVectorTy() ? AtomicRMWInst::FAdd : AtomicRMWInst::Add)
                .Case("inc", AtomicRMWInst::UIncWrap)
                .Case("dec", AtomicRMWInst::UDecWrap)
                .Case("exch", AtomicRMWInst::Xchg)
                .Case("xor", AtomicRMWInst::Xor)
                .Case("or", AtomicRMWInst::Or)
                .Case("and", AtomicRMWInst::And)
                .Case("max", AtomicRMWInst::Max)
                .Case("min", AtomicRMWInst::Min)
                .Default(AtomicRMWInst::BAD_BINOP);
  if (Op == AtomicRMWInst::BAD_BINOP)
    return false;
  Result = B.CreateAtomicRMW(Op, Ptr, V, A, AtomicOrdering::Monotonic);
  return true;
}

} // namespace

bool lowerSyncIntrinsic(Program &P, CallBase &Call, StringRef Name, Value *&Result) {
  IRBuilder<> B(&Call);
  StringRef Register = Name;
  if (Register.consume_front("read.ptx.sreg.")) {
    Result = specialRegister(P, B, Register, Call);
    return Result != nullptr;
  }
  if (Name == "is_explicit_cluster") {
    Result = B.getInt1(false);
    return true;
  }
  if (Name == "exit") {
    endThread(P, B, Call);
    return true;
  }
  if (Name == "nanosleep") {
    FunctionCallee S = service(*Call.getModule(), "__cordon_cpu_yield", B.getVoidTy(), {B.getPtrTy()});
    B.CreateCall(S, {contextOf(*Call.getFunction())});
    return true;
  }
  if (Name == "bar.warp.sync") {
    warpCollective(P, B, Call, uint32_t(WarpOp::Sync), Call.getArgOperand(0), nullptr, nullptr, nullptr);
    return true;
  }
  // Without clusters a block is a cluster, and its barrier is the block's with an arrival of its own.
  if (Name.starts_with("barrier.cluster.arrive")) {
    blockBarrier(P, B, Call, BarrierOp::ClusterArrive, nullptr, nullptr, nullptr);
    return true;
  }
  if (Name.starts_with("barrier.cluster.wait")) {
    blockBarrier(P, B, Call, BarrierOp::ClusterWait, nullptr, nullptr, nullptr);
    return true;
  }
  return lowerBarrier(P, Call, Name, Result) || lowerShuffle(P, Call, Name, Result) ||
         lowerVote(P, Call, Name, Result) || lowerRedux(P, Call, Name, Result) || lowerFence(Call, Name) ||
         lowerAtomic(Call, Name, Result);
}

/// True if \p I reads memory in a way that another thread's write is meant to be seen.
static bool polls(const Instruction &I) {
  if (auto *L = dyn_cast<LoadInst>(&I))
    return L->isVolatile() || L->isAtomic();
  return isa<AtomicCmpXchgInst>(I) || isa<AtomicRMWInst>(I);
}

static bool callsPolling(const Instruction &I, const SmallPtrSetImpl<const Function *> &Polling) {
  auto *CB = dyn_cast<CallBase>(&I);
  auto *Callee = CB ? dyn_cast<Function>(CB->getCalledOperand()) : nullptr;
  return Callee && Polling.count(Callee);
}

/// True if whether the loop is left depends on \p I: on its value, or on what a branch on it chooses.
static bool decidesExit(const Loop &L, const DominatorTree &DT, const Instruction &I) {
  SmallPtrSet<const Value *, 16> Seen{&I};
  SmallVector<const Value *, 16> Work{&I};
  auto Follow = [&](const Value *V) {
    if (Seen.insert(V).second)
      Work.push_back(V);
  };
  // At -O0 a value goes through a local variable.
  auto FollowStore = [&](const Instruction &S) {
    if (auto *Slot = dyn_cast<AllocaInst>(cast<StoreInst>(S).getPointerOperand()))
      Follow(Slot);
  };
  while (!Work.empty()) {
    const Value *V = Work.pop_back_val();
    for (const User *U : V->users()) {
      auto *UI = dyn_cast<Instruction>(U);
      if (!UI || !L.contains(UI))
        continue;
      if (isa<StoreInst>(UI)) {
        FollowStore(*UI);
        continue;
      }
      if (UI->isTerminator()) {
        if (L.isLoopExiting(UI->getParent()))
          return true;
        for (const BasicBlock *To : successors(UI->getParent()))
          for (const BasicBlock *BB : L.blocks()) {
            if (!DT.dominates(BasicBlockEdge(UI->getParent(), To), BB) && BB != To)
              continue;
            if (L.isLoopExiting(BB) && BB->getSinglePredecessor() == UI->getParent())
              return true; // leaves from inside of what was chosen
            for (const Instruction &S : *BB)
              if (isa<StoreInst>(S))
                FollowStore(S);
            for (const PHINode &Phi : BB->phis())
              Follow(&Phi);
            for (const BasicBlock *Next : successors(BB))
              if (L.contains(Next))
                for (const PHINode &Phi : Next->phis())
                  Follow(&Phi);
          }
        continue;
      }
      if (isa<LoadInst>(UI) || isa<CallBase>(UI) || !UI->mayReadOrWriteMemory())
        Follow(UI);
    }
  }
  return false;
}

/// A loop that waits for another thread never ends if that thread gets no turn: it gets one after some polls.
static void emitYield(Function &F, Instruction &Poll) {
  IRBuilder<> B(Poll.getNextNode());
  FunctionCallee S = service(*F.getParent(), "__cordon_cpu_poll", B.getVoidTy(), {B.getPtrTy()});
  B.CreateCall(S, {contextOf(F)});
}

/// Functions that poll, by themselves or through what they call: at -O0 an atomic is a function of its own.
static SmallPtrSet<const Function *, 16> pollingFunctions(Module &M) {
  SmallPtrSet<const Function *, 16> Polling;
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (Function &F : M)
      if (!F.isDeclaration() && !Polling.count(&F) &&
          any_of(instructions(F), [&](const Instruction &I) { return polls(I) || callsPolling(I, Polling); }))
        Changed |= Polling.insert(&F).second;
  }
  return Polling;
}

void lowerAtomics(Program &P) {
  SmallPtrSet<const Function *, 16> Polling = pollingFunctions(*P.Flat);
  for (Function &F : *P.Flat) {
    if (F.isDeclaration())
      continue;
    SmallVector<Instruction *, 8> Polls;
    DominatorTree DT(F);
    LoopInfo LI(DT);
    for (Instruction &I : instructions(F)) {
      if (I.isAtomic())
        setAtomicSyncScopeID(&I, SyncScope::System);
      if (!polls(I) && !callsPolling(I, Polling))
        continue;
      for (Loop *L = LI.getLoopFor(I.getParent()); L; L = L->getParentLoop())
        if (decidesExit(*L, DT, I)) {
          Polls.push_back(&I);
          break;
        }
    }
    for (Instruction *I : Polls) {
      P.Waits[&F] = true;
      emitYield(F, *I);
    }
  }
}

} // namespace cordon::smoke::cpu
