//===- cpu/AsmMemory.cpp - PTX loads, stores, atomics, barriers -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory, control and warp instructions of inline PTX. They share the engine's services with the intrinsics.
//===----------------------------------------------------------------------===//

#include "LowerAsm.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace cordon::smoke::cpu {

static AtomicOrdering orderingOf(const PtxStatement &S, AtomicOrdering Default) {
  if (S.has("acq_rel"))
    return AtomicOrdering::AcquireRelease;
  if (S.has("acquire"))
    return AtomicOrdering::Acquire;
  if (S.has("release"))
    return AtomicOrdering::Release;
  if (S.has("relaxed"))
    return AtomicOrdering::Monotonic;
  return Default;
}

bool AsmLowering::memory(const PtxStatement &S, Type *T, bool Signed) {
  StringRef Op = S.Parts[0];
  bool Load = Op == "ld" || Op == "ldu";
  if ((!Load && Op != "st") || S.has("param") || S.Operands.size() != 2)
    return false;
  Value *Ptr = address(S.Operands[Load ? 1 : 0]);
  if (!Ptr)
    return false;
  unsigned Lanes = S.has("v2") ? 2 : S.has("v4") ? 4 : S.has("v8") ? 8 : 1;
  unsigned Bytes = T->getPrimitiveSizeInBits() / 8;
  Type *Whole = Lanes == 1 ? B.getIntNTy(8 * Bytes) : B.getIntNTy(8 * Bytes * Lanes);
  AtomicOrdering Order = Lanes == 1 ? orderingOf(S, AtomicOrdering::NotAtomic) : AtomicOrdering::NotAtomic;
  bool Volatile = S.has("volatile") || S.has("mmio");
  if (Load) {
    LoadInst *L = B.CreateAlignedLoad(Whole, Ptr, Align(Bytes), Volatile);
    if (Order != AtomicOrdering::NotAtomic)
      L->setAtomic(Order);
    return write(S.Operands[0], L, Signed);
  }
  Value *V = readBits(S.Operands[1], Whole);
  if (!V)
    return false;
  StoreInst *Store = B.CreateAlignedStore(V, Ptr, Align(Bytes), Volatile);
  if (Order != AtomicOrdering::NotAtomic)
    Store->setAtomic(Order);
  return true;
}

bool AsmLowering::atomic(const PtxStatement &S, Type *T, bool Signed) {
  StringRef Op = S.Parts[0];
  bool Reduction = Op == "red";
  if ((Op != "atom" && !Reduction) || S.has("async"))
    return false;
  unsigned First = Reduction ? 0 : 1;
  if (S.Operands.size() < First + 2)
    return false;
  Value *Ptr = address(S.Operands[First]);
  Value *V = read(S.Operands[First + 1], T);
  if (!Ptr || !V)
    return false;
  AtomicOrdering Order = orderingOf(S, AtomicOrdering::Monotonic);
  Align A(std::max<uint64_t>(1, T->getPrimitiveSizeInBits() / 8));
  if (S.has("cas")) {
    Value *New = S.Operands.size() == First + 3 ? read(S.Operands[First + 2], T) : nullptr;
    if (!New)
      return false;
    AtomicOrdering Failure = AtomicCmpXchgInst::getStrongestFailureOrdering(Order);
    Value *X = B.CreateAtomicCmpXchg(Ptr, V, New, A, Order, Failure);
    return write(S.Operands[0], B.CreateExtractValue(X, 0), false);
  }
  AtomicRMWInst::BinOp Kind = AtomicRMWInst::BAD_BINOP;
  bool Float = T->isFPOrFPVectorTy();
  for (StringRef Part : S.Parts)
    Kind = StringSwitch<AtomicRMWInst::BinOp>(Part)
               .Case("add", Float ? AtomicRMWInst::FAdd : AtomicRMWInst::Add)
               .Case("exch", AtomicRMWInst::Xchg)
               .Case("and", AtomicRMWInst::And)
               .Case("or", AtomicRMWInst::Or)
               .Case("xor", AtomicRMWInst::Xor)
               .Case("inc", AtomicRMWInst::UIncWrap)
               .Case("dec", AtomicRMWInst::UDecWrap)
               .Case("min", Signed ? AtomicRMWInst::Min : AtomicRMWInst::UMin)
               .Case("max", Signed ? AtomicRMWInst::Max : AtomicRMWInst::UMax)
               .Default(Kind);
  if (Kind == AtomicRMWInst::BAD_BINOP || (Float && Kind != AtomicRMWInst::FAdd))
    return false;
  Value *Old = B.CreateAtomicRMW(Kind, Ptr, V, A, Order);
  return Reduction || write(S.Operands[0], Old, Signed);
}

bool AsmLowering::control(const PtxStatement &S) {
  StringRef Op = S.Parts[0];
  auto Number = [&](unsigned I) -> Value * {
    return I < S.Operands.size() ? readBits(S.Operands[I], B.getInt32Ty()) : nullptr;
  };
  if (Op == "trap") {
    trapKernel(P, B, Call);
    return true;
  }
  if (Op == "exit") {
    endThread(P, B, Call);
    return true;
  }
  if (Op == "membar" || (Op == "fence" && !S.has("tensormap"))) {
    B.CreateFence(AtomicOrdering::SequentiallyConsistent);
    return true;
  }
  if (Op == "nanosleep") {
    FunctionCallee C = service(*F.getParent(), "__cordon_cpu_yield", B.getVoidTy(), {B.getPtrTy()});
    B.CreateCall(C, {contextOf(F)});
    return true;
  }
  if (Op == "brkpt" || Op == "pmevent" || Op == "prefetch" || Op == "prefetchu" || Op == "discard" ||
      Op == "applypriority" || Op == "griddepcontrol" || Op == "setmaxnreg" || Op == ".pragma")
    return true;
  if (Op == "isspacep" && S.Operands.size() == 2) {
    int Space = StringSwitch<int>(S.Parts[1]).Case("global", 1).Case("shared", 3).Case("const", 4).Case("local", 5)
                    .Default(0);
    Value *A = readBits(S.Operands[1], B.getInt64Ty());
    FunctionCallee C = service(*F.getParent(), "__cordon_cpu_isspacep", B.getInt32Ty(),
                               {B.getPtrTy(), B.getInt32Ty(), B.getPtrTy()});
    if (!A || !Space)
      return false;
    Value *V = B.CreateCall(C, {contextOf(F), B.getInt32(Space), B.CreateIntToPtr(A, B.getPtrTy())});
    return write(S.Operands[0], B.CreateICmpNE(V, B.getInt32(0)), false);
  }
  if (Op == "cp" && S.has("async") && !S.has("bulk") && !S.has("mbarrier")) {
    if (S.has("commit_group") || S.has("wait_group") || S.has("wait_all"))
      return true; // copies are made at once
    Value *To = S.Operands.size() >= 3 ? address(S.Operands[0]) : nullptr;
    Value *From = To ? address(S.Operands[1]) : nullptr;
    Value *Bytes = From ? Number(2) : nullptr, *Used = S.Operands.size() > 3 ? Number(3) : Bytes;
    auto *Constant = dyn_cast_or_null<ConstantInt>(Bytes);
    if (!Constant || !Used)
      return false;
    if (Used != Bytes)
      B.CreateMemSet(To, B.getInt8(0), Constant->getZExtValue(), Align(1));
    B.CreateMemCpy(To, Align(1), From, Align(1), Used);
    return true;
  }
  if (Op != "bar" && Op != "barrier")
    return false;
  if (S.has("warp")) {
    Value *Mask = Number(0);
    return Mask && warpCollective(P, B, Call, uint32_t(WarpOp::Sync), Mask, nullptr, nullptr, nullptr);
  }
  if (S.has("cluster")) {
    blockBarrier(P, B, Call, S.has("arrive") ? BarrierOp::ClusterArrive : BarrierOp::ClusterWait, nullptr, nullptr,
                 nullptr);
    return true;
  }
  bool Aligned = Op == "bar" || S.has("aligned");
  if (!S.has("red")) {
    Value *Id = Number(0), *Count = S.Operands.size() > 1 ? Number(1) : nullptr;
    if (!Id || (S.has("arrive") && !Count))
      return false;
    blockBarrier(P, B, Call, S.has("arrive") ? BarrierOp::Arrive : BarrierOp::Sync, Id, Count, nullptr, Aligned);
    return true;
  }
  // d, a{, b}, {!}c
  size_t N = S.Operands.size();
  Value *Id = Number(1), *Count = N == 4 ? Number(2) : nullptr;
  Value *Pred = N >= 3 ? read(S.Operands[N - 1], B.getInt1Ty()) : nullptr;
  if (!Id || !Pred)
    return false;
  BarrierOp Kind = S.has("popc") ? BarrierOp::Popc : S.has("and") ? BarrierOp::And : BarrierOp::Or;
  Value *V = blockBarrier(P, B, Call, Kind, Id, Count, Pred, Aligned);
  return write(S.Operands[0], Kind == BarrierOp::Popc ? V : B.CreateICmpNE(V, B.getInt32(0)), false);
}

bool AsmLowering::collective(const PtxStatement &S) {
  StringRef Op = S.Parts[0];
  Type *I32 = B.getInt32Ty();
  auto Number = [&](unsigned I) -> Value * {
    return I < S.Operands.size() ? readBits(S.Operands[I], I32) : nullptr;
  };
  if (Op == "activemask") {
    Value *V = warpCollective(P, B, Call, uint32_t(WarpOp::ActiveMask) | WarpOpUnmasked, B.getInt32(~0u), nullptr,
                              nullptr, nullptr);
    return write(S.Operands[0], B.CreateTrunc(V, I32), false);
  }
  if (S.Operands.empty() || !S.has("sync"))
    return false;
  auto [Dest, Pred] = StringRef(S.Operands[0]).split('|');
  auto Finish = [&](Value *V) {
    return write(Dest, B.CreateTrunc(V, I32), false) && (Pred.empty() || write(Pred, warpPredicate(B, V), false));
  };
  if (Op == "shfl" && S.Operands.size() == 5) {
    auto Mode = StringSwitch<int>(S.Parts[2])
                    .Case("up", int(WarpOp::ShuffleUp)).Case("down", int(WarpOp::ShuffleDown))
                    .Case("bfly", int(WarpOp::ShuffleXor)).Case("idx", int(WarpOp::ShuffleIndex)).Default(-1);
    Value *A = Number(1), *By = Number(2), *C = Number(3), *Mask = Number(4);
    if (Mode < 0 || !A || !By || !C || !Mask)
      return false;
    return Finish(warpCollective(P, B, Call, Mode, Mask, A, By, C));
  }
  if (Op == "vote" && S.Operands.size() == 3) {
    auto Mode = StringSwitch<int>(S.Parts[2])
                    .Case("all", int(WarpOp::All)).Case("any", int(WarpOp::Any)).Case("uni", int(WarpOp::Uniform))
                    .Case("ballot", int(WarpOp::Ballot)).Default(-1);
    Value *A = read(S.Operands[1], B.getInt1Ty()), *Mask = Number(2);
    if (Mode < 0 || !A || !Mask)
      return false;
    Value *V = warpCollective(P, B, Call, Mode, Mask, A, nullptr, nullptr);
    return write(Dest, Mode == int(WarpOp::Ballot) ? B.CreateTrunc(V, I32) : B.CreateICmpNE(V, B.getInt64(0)), false);
  }
  if (Op == "match" && S.Operands.size() == 3) {
    Value *A = read(S.Operands[1], S.last() == "b64" ? B.getInt64Ty() : I32), *Mask = Number(2);
    if (!A || !Mask)
      return false;
    WarpOp Kind = S.has("any") ? WarpOp::MatchAny : WarpOp::MatchAll;
    return Finish(warpCollective(P, B, Call, uint32_t(Kind), Mask, A, nullptr, nullptr));
  }
  if (Op == "redux" && S.Operands.size() == 3 && S.last() != "f32") {
    bool Signed = S.last() == "s32";
    auto Mode = StringSwitch<int>(S.Parts[2])
                    .Case("add", int(WarpOp::Add)).Case("min", int(Signed ? WarpOp::SMin : WarpOp::UMin))
                    .Case("max", int(Signed ? WarpOp::SMax : WarpOp::UMax)).Case("and", int(WarpOp::And))
                    .Case("or", int(WarpOp::Or)).Case("xor", int(WarpOp::Xor)).Default(-1);
    Value *A = Number(1), *Mask = Number(2);
    if (Mode < 0 || !A || !Mask)
      return false;
    return write(Dest, B.CreateTrunc(warpCollective(P, B, Call, Mode, Mask, A, nullptr, nullptr), I32), false);
  }
  if (Op == "elect") {
    Value *Mask = Number(1);
    return Mask && Finish(warpCollective(P, B, Call, uint32_t(WarpOp::Elect), Mask, nullptr, nullptr, nullptr));
  }
  return false;
}

} // namespace cordon::smoke::cpu
