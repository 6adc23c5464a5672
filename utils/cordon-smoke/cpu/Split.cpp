//===- cpu/Split.cpp - splits a kernel where it waits ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Goal: regions without waits in them, so that a loop over the threads of a block can go around each. A value that lives
// across a wait is computed anew where that is cheap (indices, addresses), else kept in the thread's frame, as are all
// local variables. Each region is a copy of the blocks that can be reached from its start without a further wait. A switch
// of stacks or a coroutine for each thread would do as well, but costs more than most kernels do between two barriers.
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/Local.h"
#include <cstddef>

using namespace llvm;

namespace cordon::smoke::cpu {
namespace {

/// Instructions that may be repeated rather than kept.
constexpr unsigned CheapInstructions = 8;
/// More code than this stays on fibers: every region is compiled by itself.
constexpr unsigned MaxPoints = 400, MaxInstructions = 150000;

class Splitter {
public:
  Splitter(Kernel &K, unsigned Index) : K(K), F(*K.Thread), Index(Index), B(F.getContext()) {}

  /// Fills K.Regions; false leaves the kernel to fibers.
  bool run(SmallVectorImpl<RegionBody> &Bodies) {
    removeUnreachableBlocks(F);
    if (!lowerCalls() || !splittable())
      return false;
    for (CallInst *Call : Waits)
      if (!splitAt(*Call))
        return false;
    keepValues();
    layOutFrames();
    cutAtWaits();
    for (unsigned R = 0; R <= Points.size(); ++R) {
      Bodies.push_back(cloneRegion(R));
      if (!Bodies.back().F)
        return false;
    }
    return true;
  }

private:
  Kernel &K;
  Function &F;
  unsigned Index;
  IRBuilder<> B;
  SmallVector<CallInst *, 16> Waits;
  struct Point {
    CallInst *Call;
    BasicBlock *Resume;
  };
  SmallVector<Point, 16> Points;
  SmallPtrSet<BasicBlock *, 16> Resumes;
  AllocaInst *WhereSlot = nullptr, *ValueSlot = nullptr, *ExtraSlot = nullptr, *ClampSlot = nullptr,
             *ResultSlot = nullptr;
  unsigned Cloned = 0;
  SmallPtrSet<AllocaInst *, 8> UniformSlots;
  DenseMap<Value *, std::pair<AllocaInst *, LikelyUniform>> UniformBases;

  /// Ends and polls; collects what waits.
  bool lowerCalls() {
    SmallVector<CallInst *, 16> Calls;
    for (Instruction &I : instructions(F))
      if (auto *Call = dyn_cast<CallInst>(&I))
        if (auto *Callee = dyn_cast<Function>(Call->getCalledOperand());
            Callee && Callee->getName().starts_with("__cordon_cpu_"))
          Calls.push_back(Call);
    for (CallInst *Call : Calls) {
      StringRef Name = cast<Function>(Call->getCalledOperand())->getName();
      if (Name == "__cordon_cpu_exit") {
        Instruction *After = Call->getNextNode();
        changeToUnreachable(After);
        Instruction *End = Call->getParent()->getTerminator();
        ReturnInst::Create(F.getContext(), B.getInt32(0), End->getIterator());
        End->eraseFromParent();
        Call->eraseFromParent();
      } else if (Name == "__cordon_cpu_poll") {
        // if (--ctx->Spin <= 0) { ctx->Spin = SpinsBeforeYield; yield; }
        B.SetInsertPoint(Call);
        Value *Spin = B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), F.getArg(0), offsetof(ThreadContext, Spin));
        Value *Left = B.CreateSub(B.CreateAlignedLoad(B.getInt32Ty(), Spin, Align(4)), B.getInt32(1));
        B.CreateAlignedStore(Left, Spin, Align(4));
        Instruction *Then = SplitBlockAndInsertIfThen(B.CreateICmpSLE(Left, B.getInt32(0)), Call, false);
        B.SetInsertPoint(Then);
        B.CreateAlignedStore(B.getInt32(SpinsBeforeYield), Spin, Align(4));
        Waits.push_back(B.CreateCall(service(*F.getParent(), "__cordon_cpu_yield", B.getVoidTy(), {B.getPtrTy()}),
                                     {F.getArg(0)}));
        Call->eraseFromParent();
      } else if (Name == "__cordon_cpu_yield" || Name == "__cordon_cpu_barrier" || Name == "__cordon_cpu_warp") {
        Waits.push_back(Call);
      }
    }
    removeUnreachableBlocks(F);
    SmallPtrSet<const Instruction *, 16> Alive;
    for (Instruction &I : instructions(F))
      Alive.insert(&I);
    erase_if(Waits, [&](CallInst *C) { return !Alive.count(C); });
    return !Waits.empty() && Waits.size() <= MaxPoints;
  }

  bool splittable() {
    SmallVector<Instruction *, 8> Dead;
    for (Instruction &I : instructions(F)) {
      if (auto *A = dyn_cast<AllocaInst>(&I); A && !A->isStaticAlloca())
        return false;
      if (isa<IndirectBrInst>(I) || isa<CallBrInst>(I) || isa<InvokeInst>(I) || I.getType()->isTokenTy())
        return false;
      if (I.isLifetimeStartOrEnd() || isa<DbgInfoIntrinsic>(I))
        Dead.push_back(&I);
      if (auto *II = dyn_cast<IntrinsicInst>(&I);
          II && (II->getIntrinsicID() == Intrinsic::stacksave || II->getIntrinsicID() == Intrinsic::stackrestore))
        return false;
    }
    for (Instruction *I : Dead)
      I->eraseFromParent();
    return true;
  }

  AllocaInst *slot(AllocaInst *&S, Type *T, const Twine &Name) {
    if (!S) {
      IRBuilder<> E(&F.getEntryBlock(), F.getEntryBlock().begin());
      S = E.CreateAlloca(T, nullptr, Name);
    }
    return S;
  }

  WaitOperand operand(CallInst &Call, unsigned I, AllocaInst *&Slot, Type *T, const Twine &Name) {
    WaitOperand O;
    Value *V = Call.getArgOperand(I);
    if (auto *C = dyn_cast<ConstantInt>(V)) {
      O.Value = C->getZExtValue();
      return O;
    }
    O.Constant = false;
    B.SetInsertPoint(&Call);
    B.CreateStore(B.CreateZExt(V, T), slot(Slot, T, Name));
    return O;
  }

  /// The call ends its block; what follows becomes a block of its own.
  bool splitAt(CallInst &Call) {
    StringRef Name = cast<Function>(Call.getCalledOperand())->getName();
    SuspendPoint S;
    if (Name != "__cordon_cpu_yield") {
      bool Barrier = Name == "__cordon_cpu_barrier";
      auto *Op = dyn_cast<ConstantInt>(Call.getArgOperand(1)), *Site = dyn_cast<ConstantInt>(Call.getArgOperand(2));
      if (!Op || !Site)
        return false;
      S.Kind = Barrier ? SuspendPoint::Barrier : SuspendPoint::Warp;
      S.Op = uint32_t(Op->getZExtValue());
      S.Site = uint32_t(Site->getZExtValue());
      Type *I32 = B.getInt32Ty(), *I64 = B.getInt64Ty();
      S.Where = operand(Call, 3, WhereSlot, I32, "wait.where");
      S.Extra = operand(Call, Barrier ? 4 : 5, ExtraSlot, I32, "wait.extra");
      S.Value = operand(Call, Barrier ? 5 : 4, ValueSlot, I64, "wait.value");
      if (!Barrier)
        S.Clamp = operand(Call, 6, ClampSlot, I32, "wait.clamp");
    }
    BasicBlock *Resume = SplitBlock(Call.getParent(), Call.getNextNode());
    if (!Call.use_empty()) {
      B.SetInsertPoint(Resume, Resume->begin());
      Value *R = B.CreateLoad(B.getInt64Ty(), slot(ResultSlot, B.getInt64Ty(), "wait.result"));
      Call.replaceAllUsesWith(B.CreateZExtOrTrunc(R, Call.getType()));
    }
    K.Regions.Points.push_back(S);
    Points.push_back({&Call, Resume});
    Resumes.insert(Resume);
    return true;
  }

  /// True if a thread may wait between \p I and one of its uses.
  bool livesAcrossWait(Instruction &I) const {
    SmallPtrSet<BasicBlock *, 32> Seen;
    SmallVector<BasicBlock *, 16> Work;
    for (Use &U : I.uses()) {
      auto *User = cast<Instruction>(U.getUser());
      auto *Phi = dyn_cast<PHINode>(User);
      BasicBlock *At = Phi ? Phi->getIncomingBlock(U) : User->getParent();
      if (At != I.getParent())
        Work.push_back(At);
    }
    while (!Work.empty()) {
      BasicBlock *At = Work.pop_back_val();
      if (At == I.getParent() || !Seen.insert(At).second)
        continue;
      if (Resumes.count(At))
        return true;
      append_range(Work, predecessors(At));
    }
    return false;
  }

  /// How many instructions compute \p V from the arguments alone; more than CheapInstructions: too many.
  unsigned cost(Value *V) const {
    auto *I = dyn_cast<Instruction>(V);
    if (!I)
      return 0;
    unsigned Sum = 1;
    if (auto *L = dyn_cast<LoadInst>(I)) {
      // Parameters and what a thread knows of itself do not change, but for Spin.
      APInt Offset(64, 0);
      const Value *Base = L->getPointerOperand()->stripAndAccumulateConstantOffsets(F.getParent()->getDataLayout(),
                                                                                      Offset, true);
      bool Known = Base == F.getArg(1) || (Base == F.getArg(0) && Offset != offsetof(ThreadContext, Spin));
      return Known && L->isSimple() ? 1 : CheapInstructions + 1;
    }
    bool Plain = isa<GetElementPtrInst>(I) || isa<CastInst>(I) || isa<CmpInst>(I) || isa<SelectInst>(I) ||
                 (isa<BinaryOperator>(I) && !I->isIntDivRem() && !I->getType()->isFPOrFPVectorTy());
    if (!Plain)
      return CheapInstructions + 1;
    for (Value *Op : I->operands())
      if ((Sum += cost(Op)) > CheapInstructions)
        break;
    return Sum;
  }

  Value *repeat(Value *V, Instruction *At) {
    auto *I = dyn_cast<Instruction>(V);
    if (!I)
      return V;
    Instruction *Copy = I->clone();
    for (Use &Op : Copy->operands())
      Op.set(repeat(Op, At));
    Copy->insertBefore(At->getIterator());
    return Copy;
  }

  /// Computes \p I again in each block that uses it.
  void repeatAtUses(Instruction &I) {
    DenseMap<BasicBlock *, Value *> Copies;
    SmallVector<Use *, 16> Uses;
    for (Use &U : I.uses())
      Uses.push_back(&U);
    for (Use *U : Uses) {
      auto *User = cast<Instruction>(U->getUser());
      auto *Phi = dyn_cast<PHINode>(User);
      BasicBlock *At = Phi ? Phi->getIncomingBlock(*U) : User->getParent();
      if (At == I.getParent())
        continue;
      Value *&Copy = Copies[At];
      if (!Copy)
        Copy = repeat(&I, &*At->getFirstNonPHIOrDbgOrAlloca());
      U->set(Copy);
    }
  }

  /// A truth value takes a byte, which can be loaded and stored by vectors.
  Instruction *asByte(Instruction &I) {
    B.SetInsertPoint(I.getParent(), isa<PHINode>(I) ? I.getParent()->getFirstInsertionPt() : std::next(I.getIterator()));
    Type *Byte = I.getType()->getWithNewType(B.getInt8Ty());
    auto *Wide = cast<Instruction>(B.CreateZExt(&I, Byte));
    SmallVector<Use *, 16> Uses;
    for (Use &U : I.uses())
      if (U.getUser() != Wide)
        Uses.push_back(&U);
    for (Use *U : Uses) {
      auto *User = cast<Instruction>(U->getUser());
      auto *Phi = dyn_cast<PHINode>(User);
      if (!Phi && User->getParent() == I.getParent())
        continue;
      B.SetInsertPoint(Phi ? Phi->getIncomingBlock(*U)->getTerminator() : User);
      Value *Narrow = B.CreateTrunc(Wide, I.getType());
      if (!Phi) {
        U->set(Narrow);
        continue;
      }
      for (unsigned N = 0; N < Phi->getNumIncomingValues(); ++N) // a block may come in more than once
        if (Phi->getIncomingBlock(N) == Phi->getIncomingBlock(*U) && Phi->getIncomingValue(N) == &I)
          Phi->setIncomingValue(N, Narrow);
    }
    return Wide;
  }

  void keepValues() {
    SmallVector<Instruction *, 32> Live;
    for (Instruction &I : instructions(F))
      if (!I.getType()->isVoidTy() && !isa<AllocaInst>(I) && livesAcrossWait(I))
        Live.push_back(&I);
    SmallVector<Instruction *, 32> Kept;
    for (Instruction *I : Live) {
      if (cost(I) <= CheapInstructions)
        repeatAtUses(*I);
      else
        Kept.push_back(I);
    }
    for (Instruction *I : Kept) {
      if (I->getType()->isIntOrIntVectorTy(1))
        I = asByte(*I);
      SmallPtrSet<const Value *, 16> Seen;
      bool Uniform = I->getType()->isIntegerTy() && likelyUniform(I, Seen);
      if (AllocaInst *Slot = DemoteRegToStack(*I); Slot && Uniform)
        UniformSlots.insert(Slot);
    }
  }

  /// A guess, which the loop over threads checks: that branches may differ is left out.
  bool likelyUniform(const Value *V, SmallPtrSetImpl<const Value *> &Seen) const {
    auto *I = dyn_cast<Instruction>(V);
    if (!I || !Seen.insert(V).second)
      return true;
    if (auto *L = dyn_cast<LoadInst>(I)) {
      if (isa<AllocaInst>(L->getPointerOperand())) // of a value that was just put into the frame
        return UniformSlots.count(cast<AllocaInst>(L->getPointerOperand()));
      return cost(const_cast<LoadInst *>(L)) == 1 && !readsTid(*L);
    }
    if (!isa<PHINode>(I) && !isa<BinaryOperator>(I) && !isa<CastInst>(I) && !isa<SelectInst>(I) && !isa<CmpInst>(I))
      return false;
    return Seen.size() < 32 && all_of(I->operands(), [&](const Value *Op) { return likelyUniform(Op, Seen); });
  }

  bool readsTid(const LoadInst &L) const {
    APInt Offset(64, 0);
    const Value *Base = L.getPointerOperand()->stripAndAccumulateConstantOffsets(F.getParent()->getDataLayout(), Offset, true);
    return Base == F.getArg(0) && Offset.ult(sizeof(ThreadContext::Tid));
  }

  /// Every local variable: arrays by decreasing alignment, so that each is aligned for any number of threads.
  void layOutFrames() {
    const DataLayout &DL = F.getParent()->getDataLayout();
    SmallVector<AllocaInst *, 32> All;
    for (Instruction &I : F.getEntryBlock())
      if (auto *A = dyn_cast<AllocaInst>(&I))
        All.push_back(A);
    llvm::stable_sort(All, [](AllocaInst *X, AllocaInst *Y) { return X->getAlign() > Y->getAlign(); });
    DenseMap<AllocaInst *, uint64_t> Offsets;
    RegionCode &R = K.Regions;
    for (AllocaInst *A : All) {
      Offsets[A] = R.FrameBytes;
      R.FrameBytes += size(*A, DL);
    }
    R.HasResult = ResultSlot;
    R.Result = Offsets.lookup(ResultSlot);
    auto Place = [&](WaitOperand &O, AllocaInst *Slot) {
      if (!O.Constant)
        O.Value = Offsets.lookup(Slot);
    };
    for (SuspendPoint &S : R.Points) {
      Place(S.Where, WhereSlot);
      Place(S.Value, ValueSlot);
      Place(S.Extra, ExtraSlot);
      Place(S.Clamp, ClampSlot);
    }
    for (AllocaInst *A : All)
      replaceByFrame(*A, Offsets[A], size(*A, DL));
  }

  /// frames + offset * threads + thread * size, in each block that uses the variable.
  void replaceByFrame(AllocaInst &A, uint64_t Offset, uint64_t Size) {
    DenseMap<BasicBlock *, Value *> Bases;
    SmallVector<Use *, 16> Uses;
    for (Use &U : A.uses())
      Uses.push_back(&U);
    for (Use *U : Uses) {
      auto *User = cast<Instruction>(U->getUser());
      auto *Phi = dyn_cast<PHINode>(User);
      BasicBlock *At = Phi ? Phi->getIncomingBlock(*U) : User->getParent();
      Value *&Base = Bases[At];
      if (!Base) {
        B.SetInsertPoint(At, At->getFirstInsertionPt());
        Value *Array = B.CreateInBoundsGEP(B.getInt8Ty(), F.getArg(2), B.CreateMul(B.getInt64(Offset), F.getArg(3)));
        Base = B.CreateInBoundsGEP(B.getInt8Ty(), Array, B.CreateMul(F.getArg(4), B.getInt64(Size)), A.getName());
        if (UniformSlots.count(&A))
          UniformBases[Base] = {&A, {Offset, cast<IntegerType>(A.getAllocatedType())}};
      }
      U->set(Base);
    }
    A.eraseFromParent();
  }

  static uint64_t size(const AllocaInst &A, const DataLayout &DL) {
    uint64_t Bytes = A.getAllocationSize(DL).value_or(TypeSize::getFixed(0)).getFixedValue();
    return alignTo(std::max<uint64_t>(Bytes, 1), A.getAlign());
  }

  /// Each wait returns its number, each end the number behind the last.
  void cutAtWaits() {
    for (BasicBlock &BB : F)
      if (auto *Ret = dyn_cast<ReturnInst>(BB.getTerminator()))
        Ret->setOperand(0, B.getInt32(uint32_t(Points.size())));
    for (unsigned I = 0; I < Points.size(); ++I) {
      BasicBlock *BB = Points[I].Call->getParent();
      BB->getTerminator()->eraseFromParent();
      ReturnInst::Create(F.getContext(), B.getInt32(I), BB);
      Points[I].Call->eraseFromParent();
    }
  }

  /// Region \p R: 0 from the entry, else from where point R - 1 resumes. Null if it is too much or went wrong.
  RegionBody cloneRegion(unsigned R) {
    BasicBlock *Start = R ? Points[R - 1].Resume : &F.getEntryBlock();
    SetVector<BasicBlock *> Blocks;
    Blocks.insert(Start);
    for (unsigned I = 0; I < Blocks.size(); ++I) {
      Cloned += Blocks[I]->size();
      for (BasicBlock *Next : successors(Blocks[I]))
        Blocks.insert(Next);
    }
    RegionBody Body;
    if (Cloned > MaxInstructions)
      return Body;
    SmallPtrSet<AllocaInst *, 4> Read;
    for (BasicBlock *BB : Blocks)
      for (Instruction &I : *BB)
        if (auto *L = dyn_cast<LoadInst>(&I); L && Body.Uniform.size() < 4)
          if (auto It = UniformBases.find(L->getPointerOperand()); It != UniformBases.end())
            if (Read.insert(It->second.first).second)
              Body.Uniform.push_back(It->second.second);
    Function *New = Function::Create(F.getFunctionType(), GlobalValue::InternalLinkage,
                                     "__cordon_cpu_region_" + Twine(Index) + "_" + Twine(R), *F.getParent());
    // What was found out about F's arguments held before frames were used.
    New->addFnAttr(Attribute::NoUnwind);
    for (unsigned A = 0; A < 3; ++A)
      New->addParamAttr(A, Attribute::NoAlias);
    New->addFnAttr(Attribute::AlwaysInline);
    ValueToValueMapTy Map;
    for (unsigned A = 0; A < F.arg_size(); ++A)
      Map[F.getArg(A)] = New->getArg(A);
    SmallVector<BasicBlock *, 16> Copies;
    Copies.push_back(BasicBlock::Create(F.getContext(), "region", New)); // the start may be a loop's head
    for (BasicBlock *BB : Blocks) {
      Copies.push_back(CloneBasicBlock(BB, Map, "", New));
      Map[BB] = Copies.back();
    }
    B.SetInsertPoint(Copies[0]);
    B.CreateBr(Copies[1]);
    for (BasicBlock *BB : drop_begin(Copies))
      for (Instruction &I : *BB) {
        if (auto *Phi = dyn_cast<PHINode>(&I))
          for (int N = int(Phi->getNumIncomingValues()) - 1; N >= 0; --N)
            if (!Blocks.count(Phi->getIncomingBlock(N)))
              Phi->removeIncomingValue(N, false);
        RemapInstruction(&I, Map, RF_IgnoreMissingLocals | RF_NoModuleLevelChanges);
      }
    if (!verifyFunction(*New))
      Body.F = New;
    else
      New->eraseFromParent();
    return Body;
  }
};

} // namespace

bool splitKernel(Kernel &K, unsigned Index, SmallVectorImpl<RegionBody> &Bodies) {
  return Splitter(K, Index).run(Bodies);
}

} // namespace cordon::smoke::cpu
