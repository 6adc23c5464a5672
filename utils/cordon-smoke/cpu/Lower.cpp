//===- cpu/Lower.cpp - calls that only a GPU understands ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks all calls of the flat module and hands each NVVM intrinsic, inline assembly and undefined function to its
// lowering; what none of them knows is refused by name. Special registers become loads from the thread's context.
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/AutoUpgrade.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/Support/Path.h"
#include "llvm/Transforms/Utils/Local.h"
#include <cstddef>

using namespace llvm;

namespace cordon::smoke::cpu {

unsigned Program::site(const Instruction &I, bool Own) {
  const Function *F = I.getFunction();
  std::string Where, Name = F->getName().str();
  if (const DebugLoc &L = I.getDebugLoc()) {
    Where = (sys::path::filename(L->getFilename()) + ":" + Twine(L.getLine())).str();
    if (DISubprogram *SP = L->getScope()->getSubprogram())
      Name = SP->getName().str();
  }
  if (Own) {
    Sites.push_back({Where, Name});
    return Sites.size() - 1;
  }
  auto [It, New] = SiteIndex.try_emplace({Where, Name}, Sites.size());
  if (New)
    Sites.push_back({Where, Name});
  return It->second;
}

void Program::refuse(Function &F, const std::string &What) { Refusals.insert({&F, What}); }

Value *contextOf(Function &F) { return F.getArg(0); }

Value *loadContext32(IRBuilder<> &B, Value *Ctx, size_t Offset, const Twine &Name) {
  Value *Address = Offset ? B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), Ctx, Offset) : Ctx;
  return B.CreateAlignedLoad(B.getInt32Ty(), Address, Align(4), Name);
}

FunctionCallee service(Module &M, StringRef Name, Type *Result, ArrayRef<Type *> Params) {
  FunctionCallee C = M.getOrInsertFunction(Name, FunctionType::get(Result, Params, false));
  if (auto *F = dyn_cast<Function>(C.getCallee()))
    F->addFnAttr(Attribute::NoUnwind);
  return C;
}

static Value *linearThread(IRBuilder<> &B, Value *Ctx) {
  auto Load = [&](size_t Base, unsigned I) { return loadContext32(B, Ctx, Base + 4 * I); };
  Value *Z = Load(offsetof(ThreadContext, Tid), 2), *Y = Load(offsetof(ThreadContext, Tid), 1),
        *X = Load(offsetof(ThreadContext, Tid), 0);
  Value *DimY = Load(offsetof(ThreadContext, BlockDim), 1), *DimX = Load(offsetof(ThreadContext, BlockDim), 0);
  return B.CreateAdd(B.CreateMul(B.CreateAdd(B.CreateMul(Z, DimY), Y), DimX), X, "thread");
}

static Value *timer(IRBuilder<> &B, Module &M, StringRef Name) {
  return B.CreateCall(service(M, Name, B.getInt64Ty(), {}));
}

Value *specialRegister(Program &P, IRBuilder<> &B, StringRef Name, Instruction &At) {
  Function &F = *At.getFunction();
  Module &M = *F.getParent();
  Value *Ctx = contextOf(F);
  auto Base = StringSwitch<int>(Name.rsplit('.').first)
                  .Case("tid", offsetof(ThreadContext, Tid))
                  .Case("ntid", offsetof(ThreadContext, BlockDim))
                  .Case("ctaid", offsetof(ThreadContext, BlockIdx))
                  .Case("nctaid", offsetof(ThreadContext, GridDim))
                  // Without clusters each block is a cluster of its own.
                  .Case("clusterid", offsetof(ThreadContext, BlockIdx))
                  .Case("nclusterid", offsetof(ThreadContext, GridDim))
                  .Case("cluster_ctaid", -2)
                  .Case("cluster.ctaid", -2)
                  .Case("cluster_nctaid", -3)
                  .Case("cluster.nctaid", -3)
                  .Default(-1);
  StringRef Dim = Name.rsplit('.').second;
  if (Base != -1 && Dim.size() == 1 && StringRef("xyzw").contains(Dim)) {
    unsigned I = StringRef("xyzw").find(Dim);
    if (Base < -1)
      return B.getInt32(Base == -2 ? 0 : 1);
    if (I == 3)
      return B.getInt32(0);
    return loadContext32(B, Ctx, Base + 4 * I, Name);
  }
  auto Lane = [&] { return B.CreateAnd(linearThread(B, Ctx), B.getInt32(WarpSize - 1), "lane"); };
  auto BitOfLane = [&] { return B.CreateShl(B.getInt32(1), Lane()); };
  if (Name == "laneid")
    return Lane();
  if (Name == "warpid")
    return B.CreateLShr(linearThread(B, Ctx), B.getInt32(5), "warp");
  if (Name == "nwarpid") {
    auto D = [&](unsigned I) { return loadContext32(B, Ctx, offsetof(ThreadContext, BlockDim) + 4 * I); };
    Value *N = B.CreateMul(B.CreateMul(D(0), D(1)), D(2));
    return B.CreateLShr(B.CreateAdd(N, B.getInt32(WarpSize - 1)), B.getInt32(5));
  }
  std::string Dotted; // PTX spells %lanemask_lt what the intrinsics spell lanemask.lt
  if (Name.starts_with("lanemask_")) {
    Dotted = ("lanemask." + Name.drop_front(9)).str();
    Name = Dotted;
  }
  if (Name == "lanemask.eq")
    return BitOfLane();
  if (Name == "lanemask.lt")
    return B.CreateSub(BitOfLane(), B.getInt32(1));
  if (Name == "lanemask.le")
    return B.CreateOr(B.CreateSub(BitOfLane(), B.getInt32(1)), BitOfLane());
  if (Name == "lanemask.ge")
    return B.CreateNeg(BitOfLane());
  if (Name == "lanemask.gt")
    return B.CreateAnd(B.CreateNeg(BitOfLane()), B.CreateNot(BitOfLane()));
  if (Name == "warpsize" || Name == "WARP_SZ")
    return B.getInt32(WarpSize);
  if (Name == "envreg1" || Name == "envreg2") {
    // Together the address of a cooperative launch's workspace.
    Value *Slot = B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), Ctx, offsetof(ThreadContext, GridWorkspace));
    Value *V = B.CreateAlignedLoad(B.getInt64Ty(), Slot, Align(8));
    return B.CreateTrunc(B.CreateLShr(V, Name == "envreg1" ? 32 : 0), B.getInt32Ty());
  }
  if (Name == "smid" || Name == "gridid" || Name.starts_with("envreg") || Name.starts_with("pm") ||
      Name == "cluster_ctarank" || Name == "cluster.ctarank" || Name == "is_explicit_cluster")
    return B.getInt32(0);
  if (Name == "nsmid" || Name == "cluster_nctarank" || Name == "cluster.nctarank")
    return B.getInt32(1);
  if (Name == "clock64")
    return timer(B, M, "__cordon_cpu_clock");
  if (Name == "clock")
    return B.CreateTrunc(timer(B, M, "__cordon_cpu_clock"), B.getInt32Ty());
  if (Name == "clock_hi" || Name == "clock.hi")
    return B.CreateTrunc(B.CreateLShr(timer(B, M, "__cordon_cpu_clock"), 32), B.getInt32Ty());
  if (Name == "globaltimer")
    return timer(B, M, "__cordon_cpu_globaltimer");
  if (Name == "globaltimer.lo" || Name == "globaltimer_lo")
    return B.CreateTrunc(timer(B, M, "__cordon_cpu_globaltimer"), B.getInt32Ty());
  if (Name == "globaltimer.hi" || Name == "globaltimer_hi")
    return B.CreateTrunc(B.CreateLShr(timer(B, M, "__cordon_cpu_globaltimer"), 32), B.getInt32Ty());
  if (Name == "dynamic_smem_size")
    return loadContext32(B, Ctx, offsetof(ThreadContext, DynamicShared));
  if (Name == "total_smem_size" || Name == "aggr_smem_size")
    return B.CreateAdd(loadContext32(B, Ctx, offsetof(ThreadContext, DynamicShared)),
                       loadContext32(B, Ctx, offsetof(ThreadContext, StaticShared)));
  (void)P;
  return nullptr;
}

void trapKernel(Program &P, IRBuilder<> &B, Instruction &At) {
  Function &F = *At.getFunction();
  FunctionCallee S = service(*F.getParent(), "__cordon_cpu_trap", B.getVoidTy(), {B.getPtrTy(), B.getInt32Ty()});
  cast<Function>(S.getCallee())->setDoesNotReturn();
  B.CreateCall(S, {contextOf(F), B.getInt32(P.site(At))})->setDoesNotReturn();
}

void endThread(Program &P, IRBuilder<> &B, Instruction &At) {
  Function &F = *At.getFunction();
  P.Waits[&F] = true;
  FunctionCallee S = service(*F.getParent(), "__cordon_cpu_exit", B.getVoidTy(), {B.getPtrTy()});
  cast<Function>(S.getCallee())->setDoesNotReturn();
  B.CreateCall(S, {contextOf(F)})->setDoesNotReturn();
}

namespace {

/// Intrinsics of LLVM itself that mean something else on a GPU, or nothing on a host.
bool lowerGenericIntrinsic(Program &P, IntrinsicInst &I, Value *&Result) {
  IRBuilder<> B(&I);
  switch (I.getIntrinsicID()) {
  case Intrinsic::trap:
  case Intrinsic::ubsantrap:
    trapKernel(P, B, I);
    return true;
  case Intrinsic::debugtrap:
  case Intrinsic::stackprotector:
  case Intrinsic::eh_typeid_for:
    Result = I.getType()->isVoidTy() ? nullptr : Constant::getNullValue(I.getType());
    return true;
  case Intrinsic::fmuladd:
    // NVPTX always fuses; a host without FMA instructions would not.
    Result = B.CreateIntrinsic(Intrinsic::fma, {I.getType()}, {I.getArgOperand(0), I.getArgOperand(1), I.getArgOperand(2)});
    return true;
  case Intrinsic::readcyclecounter:
  case Intrinsic::readsteadycounter:
    Result = timer(B, *I.getModule(), I.getIntrinsicID() == Intrinsic::readcyclecounter ? "__cordon_cpu_clock"
                                                                                         : "__cordon_cpu_globaltimer");
    return true;
  default:
    return false;
  }
}

void lowerCall(Program &P, CallBase &Call) {
  Function &F = *Call.getFunction();
  Value *Result = nullptr;
  bool Done = false;
  std::string Problem;
  if (Call.isInlineAsm()) {
    Problem = lowerInlineAsm(P, Call, Result);
    Done = Problem.empty();
    if (!Done)
      Problem = "unsupported: inline assembly '" + Problem + "'";
  } else {
    auto *Callee = dyn_cast<Function>(Call.getCalledOperand());
    if (!Callee || !Callee->isDeclaration() || Callee->getName().starts_with("__cordon_cpu_"))
      return;
    StringRef Name = Callee->getName();
    if (Name.consume_front("llvm.nvvm.")) {
      Done = lowerSyncIntrinsic(P, Call, Name, Result) || lowerMathIntrinsic(P, Call, Name, Result);
      if (!Done)
        Problem = ("unsupported: intrinsic llvm.nvvm." + Name).str();
    } else if (auto *II = dyn_cast<IntrinsicInst>(&Call)) {
      Done = lowerGenericIntrinsic(P, *II, Result);
      StringRef Other = Callee->getName();
      if (!Done && II->isAssumeLikeIntrinsic())
        return;
      if (!Done && Intrinsic::isTargetIntrinsic(II->getIntrinsicID()))
        Problem = ("unsupported: intrinsic " + Other).str();
      else if (!Done)
        return;
    } else {
      Done = lowerUndefined(P, Call, *Callee, Result);
      if (!Done)
        Problem = ("device code calls '" + Callee->getName() + "', which neither the module nor the CPU backend defines")
                      .str();
    }
  }
  if (!Done) {
    P.refuse(F, Problem + " in '" + F.getName().str() + "'");
    IRBuilder<> B(&Call);
    trapKernel(P, B, Call);
    Result = Call.getType()->isVoidTy() ? nullptr : Constant::getNullValue(Call.getType());
  }
  if (Result && !Call.use_empty())
    Call.replaceAllUsesWith(Result);
  else if (!Call.use_empty())
    Call.replaceAllUsesWith(Constant::getNullValue(Call.getType()));
  Call.eraseFromParent();
}

} // namespace

void lowerCalls(Program &P) {
  for (Function &F : *P.Flat) {
    SmallVector<CallBase *, 16> Calls;
    for (Instruction &I : instructions(F))
      if (auto *CB = dyn_cast<CallBase>(&I))
        Calls.push_back(CB);
    for (CallBase *CB : Calls)
      lowerCall(P, *CB);
  }
  // The address of a function that nobody defines cannot be called with a context either.
  for (Function &F : *P.Flat) {
    if (!F.isDeclaration() || F.isIntrinsic() || F.getName().starts_with("__cordon_cpu_"))
      continue;
    SmallVector<Instruction *, 8> Uses;
    for (User *U : F.users())
      if (auto *I = dyn_cast<Instruction>(U))
        if (auto *CB = dyn_cast<CallBase>(I); !CB || CB->getCalledOperand() != &F)
          P.refuse(*I->getFunction(), ("device code takes the address of '" + F.getName() +
                                       "', which neither the module nor the CPU backend defines in '" +
                                       I->getFunction()->getName() + "'")
                                          .str());
  }
}

void refuseSharedInitialisers(Program &P) {
  for (const SharedVariable &S : P.Shared) {
    // From the variable through constants and initialisers to the functions that use them.
    SmallVector<User *, 16> Work(P.Flat->getNamedGlobal(S.Name)->users());
    SmallPtrSet<User *, 16> Seen;
    bool Initialises = false;
    SmallVector<GlobalVariable *, 4> Holders;
    while (!Work.empty()) {
      User *U = Work.pop_back_val();
      if (!Seen.insert(U).second || isa<Instruction>(U))
        continue;
      if (auto *G = dyn_cast<GlobalVariable>(U))
        Holders.push_back(G);
      append_range(Work, U->users());
      Initialises |= isa<GlobalVariable>(U);
    }
    if (!Initialises)
      continue;
    Seen.clear();
    for (GlobalVariable *G : Holders)
      append_range(Work, G->users());
    while (!Work.empty()) {
      User *U = Work.pop_back_val();
      if (auto *I = dyn_cast<Instruction>(U))
        P.refuse(*I->getFunction(), "unsupported: the address of shared variable '" + S.Name + "' in an initialiser");
      else if (Seen.insert(U).second)
        append_range(Work, U->users());
    }
  }
}

void lowerSharedVariables(Program &P) {
  if (P.Shared.empty())
    return;
  P.StaticSharedBytes = alignTo(P.StaticSharedBytes, 128);
  Module &M = *P.Flat;
  SmallVector<Constant *, 8> Globals;
  for (SharedVariable &S : P.Shared)
    Globals.push_back(M.getNamedGlobal(S.Name));
  convertUsersOfConstantsToInstructions(Globals);
  for (auto [S, C] : zip(P.Shared, Globals)) {
    uint64_t Offset = S.Size ? S.Offset : P.StaticSharedBytes;
    DenseMap<Function *, Value *> Bases;
    SmallVector<Use *, 16> Uses;
    for (Use &U : C->uses())
      Uses.push_back(&U);
    for (Use *U : Uses) {
      auto *I = dyn_cast<Instruction>(U->getUser());
      if (!I)
        continue;
      Value *&Base = Bases[I->getFunction()];
      if (!Base) {
        Function &F = *I->getFunction();
        IRBuilder<> B(&*F.getEntryBlock().getFirstInsertionPt());
        Value *Slot = B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), contextOf(F), offsetof(ThreadContext, Shared));
        auto *Load = B.CreateAlignedLoad(B.getPtrTy(), Slot, Align(8), "shared");
        Load->setMetadata(LLVMContext::MD_nonnull, MDNode::get(B.getContext(), {}));
        Base = Offset ? B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), Load, Offset, S.Name) : Load;
      }
      U->set(Base);
    }
    C->removeDeadConstantUsers();
    if (C->use_empty()) {
      cast<GlobalVariable>(C)->eraseFromParent();
      continue;
    }
    // What is left is an initialiser, whose users are refused.
    cast<GlobalVariable>(C)->setInitializer(Constant::getNullValue(cast<GlobalVariable>(C)->getValueType()));
    cast<GlobalVariable>(C)->setLinkage(GlobalValue::InternalLinkage);
  }
}

} // namespace cordon::smoke::cpu
