//===- cpu/Entries.cpp - kernels, and how they are entered ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A kernel that never waits is entered once for a block: a loop over the threads around the inlined kernel, which LLVM
// can vectorize. Any other kernel is entered once for each thread, on a fiber.
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include <cstddef>
#include <set>

using namespace llvm;

namespace cordon::smoke::cpu {

static bool isKernel(const Function &F, const std::set<const Function *> &Annotated) {
  if (F.isDeclaration())
    return false;
  return F.getCallingConv() == CallingConv::PTX_Kernel || F.hasFnAttribute("nvvm.kernel") ||
         F.hasFnAttribute("cordon.kernel") || Annotated.count(&F);
}

/// `__launch_bounds__`, as attributes or in the older metadata: numbers for x, y and z.
static void readBounds(const Function &F, Kernel &K) {
  auto Numbers = [&](StringRef Name, uint32_t (&Out)[3]) {
    SmallVector<StringRef, 3> Parts;
    F.getFnAttribute(Name).getValueAsString().split(Parts, ',', -1, false);
    for (unsigned I = 0; I < Parts.size() && I < 3; ++I)
      if (Parts[I].trim().getAsInteger(10, Out[I]))
        Out[I] = 0;
    if (NamedMDNode *N = F.getParent()->getNamedMetadata("nvvm.annotations"))
      for (MDNode *Op : N->operands())
        for (unsigned I = 1; I + 1 < Op->getNumOperands(); I += 2) {
          auto *S = dyn_cast<MDString>(Op->getOperand(I));
          auto *V = mdconst::dyn_extract_or_null<ConstantInt>(Op->getOperand(I + 1));
          StringRef Key = S ? S->getString() : "";
          if (mdconst::dyn_extract_or_null<Function>(Op->getOperand(0)) == &F && V &&
              Key.consume_front(Name.drop_front(5)) && Key.size() == 1 && Key[0] >= 'x' && Key[0] <= 'z')
            Out[Key[0] - 'x'] = uint32_t(V->getZExtValue());
        }
    if (Out[0])
      for (uint32_t &V : Out)
        V = std::max(V, 1u);
  };
  uint32_t Max[3] = {0, 0, 0};
  Numbers("nvvm.maxntid", Max);
  Numbers("nvvm.reqntid", K.NeededBlock);
  K.MaxThreads = Max[0] * Max[1] * Max[2];
}

void findKernels(Module &Device, Program &P) {
  std::set<const Function *> Annotated;
  if (NamedMDNode *N = Device.getNamedMetadata("nvvm.annotations"))
    for (MDNode *Op : N->operands()) {
      if (Op->getNumOperands() < 3)
        continue;
      auto *F = mdconst::dyn_extract_or_null<Function>(Op->getOperand(0));
      for (unsigned I = 1; F && I + 1 < Op->getNumOperands(); I += 2)
        if (auto *S = dyn_cast<MDString>(Op->getOperand(I)); S && S->getString() == "kernel")
          Annotated.insert(F);
    }
  const DataLayout &DL = Device.getDataLayout();
  for (Function &F : Device) {
    if (!isKernel(F, Annotated))
      continue;
    Kernel K;
    K.Name = F.getName().str();
    K.Info.DeviceName = K.Name;
    K.Info.ParamsKnown = true;
    uint64_t Offset = 0;
    for (Argument &A : F.args()) {
      bool ByValue = A.hasByValAttr();
      Type *T = ByValue ? A.getParamByValType() : A.getType();
      Align Al = ByValue && A.getParamAlign() ? std::max(*A.getParamAlign(), DL.getABITypeAlign(T))
                                              : DL.getABITypeAlign(T);
      Offset = alignTo(Offset, Al);
      uint64_t Size = DL.getTypeAllocSize(T);
      K.Info.ParamOffsets.push_back(Offset);
      K.Info.ParamSizes.push_back(Size);
      K.ByValue.push_back(ByValue);
      Offset += Size;
    }
    K.ParamBytes = Offset;
    readBounds(F, K);
    if (!F.getReturnType()->isVoidTy())
      K.Refused = "kernel '" + K.Name + "' returns a value";
    P.Kernels.push_back(std::move(K));
  }
}

void runInParallel(Function &Body, BranchInst &Back, ArrayRef<StoreInst *> Own) {
  LLVMContext &C = Body.getContext();
  // A variable that is not promoted has one place for all iterations.
  if (any_of(instructions(Body), [](const Instruction &I) { return isa<AllocaInst>(I); }))
    return;
  // Two loops around one body share its group.
  MDNode *Group = nullptr;
  for (Instruction &I : instructions(Body))
    if (!Group)
      Group = I.getMetadata(LLVMContext::MD_access_group);
  if (!Group)
    Group = MDNode::getDistinct(C, {});
  for (StoreInst *S : Own)
    S->setMetadata(LLVMContext::MD_access_group, Group);
  for (Instruction &I : instructions(Body))
    if (Value *Pointer = getLoadStorePointerOperand(&I); Pointer && getUnderlyingObject(Pointer) != Body.getArg(0))
      I.setMetadata(LLVMContext::MD_access_group, Group);
  MDNode *Accesses = MDNode::get(C, {MDString::get(C, "llvm.loop.parallel_accesses"), Group});
  MDNode *Loop = MDNode::getDistinct(C, {nullptr, Accesses});
  Loop->replaceOperandWith(0, Loop);
  Back.setMetadata(LLVMContext::MD_loop, Loop);
}

bool showContext(IRBuilder<> &B, Function &Body, Value *Block, Value *Ctx) {
  bool Calls = any_of(instructions(Body), [](const Instruction &I) { return isa<CallBase>(I) && !isa<IntrinsicInst>(I); });
  if (!Calls)
    return false;
  Value *Slot = B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), Block, offsetof(ThreadContext, Current));
  B.CreateAlignedStore(Ctx ? Ctx : ConstantPointerNull::get(B.getPtrTy()), Slot, Align(8), true);
  return true;
}

/// True if the order in which blocks run can change what the instruction does.
static bool dependsOnOrder(const Instruction &I, const Program &P) {
  auto IsShared = [&](const Value *Ptr) {
    const Value *O = getUnderlyingObject(Ptr);
    for (const SharedVariable &S : P.Shared)
      if (O->getName() == S.Name && isa<GlobalVariable>(O))
        return true;
    return isa<AllocaInst>(O);
  };
  if (auto *A = dyn_cast<AtomicRMWInst>(&I)) {
    if (IsShared(A->getPointerOperand()))
      return false;
    switch (A->getOperation()) {
    case AtomicRMWInst::Add:
    case AtomicRMWInst::Sub:
    case AtomicRMWInst::And:
    case AtomicRMWInst::Or:
    case AtomicRMWInst::Xor:
    case AtomicRMWInst::Max:
    case AtomicRMWInst::Min:
    case AtomicRMWInst::UMax:
    case AtomicRMWInst::UMin:
      return !A->use_empty();
    default:
      return true;
    }
  }
  if (auto *X = dyn_cast<AtomicCmpXchgInst>(&I))
    return !IsShared(X->getPointerOperand());
  if (auto *L = dyn_cast<LoadInst>(&I))
    return L->isAtomic() && !IsShared(L->getPointerOperand());
  return false;
}

void classifyKernels(Program &P) {
  SmallVector<Function *, 8> AddressTaken;
  for (Function &F : *P.Flat)
    if (!F.isDeclaration() && F.hasAddressTaken())
      AddressTaken.push_back(&F);
  for (Kernel &K : P.Kernels) {
    if (!K.Body)
      continue;
    K.Body->setLinkage(GlobalValue::ExternalLinkage); // until its entry is emitted
    std::set<Function *> Seen{K.Body};
    SmallVector<Function *, 16> Work{K.Body};
    auto Reach = [&](Function *F) {
      if (!F->isDeclaration() && Seen.insert(F).second)
        Work.push_back(F);
    };
    while (!Work.empty()) {
      Function *F = Work.pop_back_val();
      K.NeedsFibers |= P.Waits.lookup(F);
      auto R = P.Refusals.find(F);
      if (R != P.Refusals.end() && K.Refused.empty())
        K.Refused = R->second;
      for (Instruction &I : instructions(*F)) {
        K.InOrder |= dependsOnOrder(I, P);
        auto *CB = dyn_cast<CallBase>(&I);
        if (!CB || CB->isInlineAsm())
          continue;
        if (auto *Callee = dyn_cast<Function>(CB->getCalledOperand())) {
          Reach(Callee);
          K.SyncsGrid |= Callee->getName() == "__cordon_cpu_gridsync";
        } else {
          K.CallsPointers = true;
          for (Function *T : AddressTaken)
            Reach(T);
        }
      }
    }
  }
}

namespace {

class EntryBuilder {
public:
  EntryBuilder(Program &P, Kernel &K, unsigned Index) : K(K), B(P.Flat->getContext()) {
    K.HasEntry = true;
    Type *Ptr = B.getPtrTy();
    F = Function::Create(FunctionType::get(B.getVoidTy(), {Ptr, Ptr}, false), GlobalValue::ExternalLinkage,
                         "__cordon_cpu_entry_" + Twine(Index), *P.Flat);
    F->addFnAttr(Attribute::NoUnwind);
    F->addParamAttr(0, Attribute::NoAlias);
    F->addParamAttr(1, Attribute::NoAlias);
    F->addParamAttr(1, Attribute::ReadOnly);
    B.SetInsertPoint(BasicBlock::Create(P.Flat->getContext(), "entry", F));
  }

  void thread() {
    call(F->getArg(0), parameters());
    B.CreateRetVoid();
  }

  void loop() {
    auto *Bytes = ArrayType::get(B.getInt8Ty(), sizeof(ThreadContext));
    AllocaInst *Ctx = B.CreateAlloca(Bytes, nullptr, "ctx");
    Ctx->setAlignment(Align(8));
    for (size_t O = 0; O + 4 <= sizeof(ThreadContext);) {
      bool Word = O >= offsetof(ThreadContext, Shared);
      Type *T = Word ? B.getInt64Ty() : B.getInt32Ty();
      B.CreateAlignedStore(B.CreateAlignedLoad(T, at(F->getArg(0), O), Align(Word ? 8 : 4)), at(Ctx, O),
                           Align(Word ? 8 : 4));
      O += Word ? 8 : 4;
    }
    bool Shown = showContext(B, *K.Body, F->getArg(0), Ctx);
    SmallVector<Value *, 8> Args = parameters();
    Value *Dim[3];
    for (int I = 0; I < 3; ++I)
      Dim[I] = loadContext32(B, Ctx, offsetof(ThreadContext, BlockDim) + 4 * I);
    // for (z) for (y) for (x) kernel(ctx, params...);  each dimension is at least 1
    LLVMContext &C = B.getContext();
    BasicBlock *Before = B.GetInsertBlock();
    BasicBlock *Head[3], *Latch[3];
    static const char *const Names[] = {"x", "y", "z"};
    for (int I = 2; I >= 0; --I)
      Head[I] = BasicBlock::Create(C, Twine(Names[I]), F);
    for (int I = 0; I < 3; ++I)
      Latch[I] = BasicBlock::Create(C, Twine(Names[I]) + ".next", F);
    BasicBlock *Exit = BasicBlock::Create(C, "exit", F);
    B.CreateBr(Head[2]);
    PHINode *Index[3];
    for (int I = 2; I >= 0; --I) {
      B.SetInsertPoint(Head[I]);
      Index[I] = B.CreatePHI(B.getInt32Ty(), 2);
      Index[I]->addIncoming(B.getInt32(0), I == 2 ? Before : Head[I + 1]);
      B.CreateAlignedStore(Index[I], at(Ctx, offsetof(ThreadContext, Tid) + 4 * I), Align(4), Shown);
      if (I)
        B.CreateBr(Head[I - 1]);
    }
    call(Ctx, Args);
    B.CreateBr(Latch[0]);
    for (int I = 0; I < 3; ++I) {
      B.SetInsertPoint(Latch[I]);
      Value *Next = B.CreateNUWAdd(Index[I], B.getInt32(1));
      Index[I]->addIncoming(Next, Latch[I]);
      BranchInst *Back = B.CreateCondBr(B.CreateICmpULT(Next, Dim[I]), Head[I], I == 2 ? Exit : Latch[I + 1]);
      if (!I)
        runInParallel(*K.Body, *Back);
    }
    B.SetInsertPoint(Exit);
    showContext(B, *K.Body, F->getArg(0), nullptr);
    B.CreateRetVoid();
  }

private:
  Kernel &K;
  IRBuilder<> B;
  Function *F;

  Value *at(Value *Base, size_t Offset) {
    return Offset ? B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), Base, Offset) : Base;
  }

  SmallVector<Value *, 8> parameters() {
    SmallVector<Value *, 8> Args;
    for (unsigned I = 0, E = K.Info.ParamSizes.size(); I != E; ++I) {
      Value *Address = at(F->getArg(1), K.Info.ParamOffsets[I]);
      if (K.ByValue[I])
        Args.push_back(Address);
      else
        Args.push_back(B.CreateAlignedLoad(K.Body->getFunctionType()->getParamType(I + 1), Address, Align(1)));
    }
    return Args;
  }

  void call(Value *Ctx, ArrayRef<Value *> Params) {
    SmallVector<Value *, 8> Args{Ctx};
    append_range(Args, Params);
    CallInst *Call = B.CreateCall(K.Body->getFunctionType(), K.Body, Args);
    for (unsigned I = 0; I < K.ByValue.size(); ++I)
      if (K.ByValue[I]) {
        Attribute A = K.Body->getParamAttribute(I + 1, Attribute::ByVal);
        Call->addParamAttr(I + 1, A);
        if (MaybeAlign Al = K.Body->getParamAlign(I + 1))
          Call->addParamAttr(I + 1, Attribute::getWithAlignment(B.getContext(), *Al));
      }
  }
};

} // namespace

void emitThreadEntries(Program &P) {
  for (unsigned I = 0; I < P.Kernels.size(); ++I)
    if (Kernel &K = P.Kernels[I]; K.Body && K.NeedsFibers && K.Body->getReturnType()->isVoidTy())
      EntryBuilder(P, K, I).thread();
}

void emitBlockEntries(Program &P) {
  for (unsigned I = 0; I < P.Kernels.size(); ++I)
    if (Kernel &K = P.Kernels[I]; K.Body && !K.NeedsFibers && K.Body->getReturnType()->isVoidTy())
      EntryBuilder(P, K, I).loop();
  for (Kernel &K : P.Kernels)
    if (K.Body)
      K.Body->setLinkage(GlobalValue::InternalLinkage);
}

} // namespace cordon::smoke::cpu
