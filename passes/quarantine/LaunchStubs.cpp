//===- quarantine/LaunchStubs.cpp - kernels that are called on the host ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `kernel<<<grid, block>>>(x)` is two calls: one that pushes the configuration, and one of the kernel's host stub, which
// pops it and launches. Where the kernel is chosen at run time, the second is through a pointer, and the address that the
// host has of a kernel must be of something that launches:
//
//   void kernel(int x) {
//     if (__cudaPopCallConfiguration(&grid, &block, &shared, &stream) == 0) {
//       void *args[] = {&x};
//       cudaLaunchKernel(kernel, grid, block, args, shared, stream);
//     } else
//       ...called on the host...
//   }
//
// Where the front end's own stub is still there, it is the one to point to: it has the host's calling sequence, which the
// device's signature need not have. Both addresses are registered. Where it is gone, and x86-64's calling sequence splits
// a struct of up to 16 bytes into registers or leaves an empty one out, a stub is made to fit the calls that launch.
//===----------------------------------------------------------------------===//

#include "quarantine/LaunchStubs.h"
#include "analysis/LaunchTargets.h"
#include "quarantine/LaunchArguments.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace cordon {

static bool isUsed(const Module &M, StringRef Name) {
  const Function *F = M.getFunction(Name);
  return F && !F->use_empty();
}

bool pushesConfigurations(const Module &Host) { return isUsed(Host, PushConfiguration); }

bool comesFromCuda(const Module &Host) { return pushesConfigurations(Host) || isUsed(Host, PopConfiguration); }

/// What \p F launches, if that is one function.
static Function *launchedBy(const Function &F) {
  Function *Found = nullptr;
  for (const Instruction &I : instructions(F)) {
    auto *CB = dyn_cast<CallBase>(&I);
    const Function *Callee = CB ? CB->getCalledFunction() : nullptr;
    std::optional<unsigned> Operand = Callee ? launchOperand(Callee->getName()) : std::nullopt;
    if (!Operand)
      continue;
    if (CB->arg_size() <= *Operand)
      return nullptr;
    auto *Launched = dyn_cast<Function>(CB->getArgOperand(*Operand)->stripPointerCasts());
    if (!Launched || (Found && Found != Launched))
      return nullptr;
    Found = Launched;
  }
  return Found;
}

static bool isForCompilerTablesOnly(const Constant &C) {
  return all_of(C.users(), [](const User *U) {
    if (auto *V = dyn_cast<GlobalValue>(U))
      return isCompilerTable(*V);
    auto *Outer = dyn_cast<Constant>(U);
    return Outer && isForCompilerTablesOnly(*Outer);
  });
}

/// What host code does with the address of \p Kernel, it does with \p Stub's.
static void pointTo(Function &Kernel, Function &Stub) {
  SmallVector<Constant *> Tables;
  for (Use &U : make_early_inc_range(Kernel.uses())) {
    if (auto *I = dyn_cast<Instruction>(U.getUser())) {
      auto *CB = dyn_cast<CallBase>(I);
      bool OtherSequence = CB && CB->isCallee(&U) && CB->getFunctionType() != Stub.getFunctionType();
      if (I->getFunction() != &Stub && !OtherSequence)
        U.set(&Stub);
    } else if (auto *C = dyn_cast<Constant>(U.getUser()); C && !isa<GlobalValue>(C)) {
      if (!is_contained(Tables, C) && !isForCompilerTablesOnly(*C))
        Tables.push_back(C);
    } else if (isa<GlobalVariable>(U.getUser()))
      U.set(&Stub);
  }
  for (Constant *C : Tables)
    C->handleOperandChange(&Kernel, &Stub);
}

/// dim3 by value: in one register and a half on x86-64, in an array of two on AArch64.
static void passDim3(IRBuilder<> &IR, Value *Dim, bool AsArray, SmallVectorImpl<Value *> &Args) {
  if (AsArray) {
    Args.push_back(IR.CreateLoad(ArrayType::get(IR.getInt64Ty(), 2), Dim));
    return;
  }
  Args.push_back(IR.CreateLoad(IR.getInt64Ty(), Dim));
  Args.push_back(IR.CreateLoad(IR.getInt32Ty(), IR.CreateConstInBoundsGEP1_32(IR.getInt8Ty(), Dim, 8)));
}

/// Launches \p Kernel if a configuration was pushed; \p Places hold its arguments. \p IR goes on where none was.
static void popAndLaunch(IRBuilder<> &IR, Function &Kernel, ArrayRef<Value *> Places) {
  Module &M = *Kernel.getParent();
  Function *In = IR.GetInsertBlock()->getParent();
  bool DimsAreArrays = M.getTargetTriple().isAArch64();
  Type *Ptr = IR.getPtrTy(), *I32 = IR.getInt32Ty(), *I64 = IR.getInt64Ty();
  auto *Room = ArrayType::get(I64, 2); // a dim3, and what an array of two reads beyond it
  Value *Grid = IR.CreateAlloca(Room), *Block = IR.CreateAlloca(Room);
  Value *Shared = IR.CreateAlloca(I64), *Stream = IR.CreateAlloca(Ptr);
  auto *ArgsType = ArrayType::get(Ptr, Places.size());
  Value *Args = IR.CreateAlloca(ArgsType);
  for (auto [I, Place] : enumerate(Places))
    IR.CreateStore(Place, IR.CreateConstInBoundsGEP2_32(ArgsType, Args, 0, I));
  FunctionCallee PopFn = M.getOrInsertFunction(PopConfiguration, FunctionType::get(I32, {Ptr, Ptr, Ptr, Ptr}, false));
  Value *Empty = IR.CreateIsNotNull(IR.CreateCall(PopFn, {Grid, Block, Shared, Stream}));
  BasicBlock *Launch = BasicBlock::Create(M.getContext(), "", In);
  BasicBlock *Called = BasicBlock::Create(M.getContext(), "", In);
  IR.CreateCondBr(Empty, Called, Launch);
  IR.SetInsertPoint(Launch);
  SmallVector<Value *, 8> Operands = {&Kernel};
  passDim3(IR, Grid, DimsAreArrays, Operands);
  passDim3(IR, Block, DimsAreArrays, Operands);
  Operands.append({Args, IR.CreateLoad(I64, Shared), IR.CreateLoad(Ptr, Stream)});
  SmallVector<Type *, 8> Types;
  for (Value *V : Operands)
    Types.push_back(V->getType());
  IR.CreateCall(M.getOrInsertFunction("cudaLaunchKernel", FunctionType::get(I32, Types, false)), Operands);
  IR.CreateRetVoid();
  IR.SetInsertPoint(Called);
}

void emitLaunch(IRBuilder<> &IR, Function &Kernel) {
  Module &M = *Kernel.getParent();
  const Triple &T = M.getTargetTriple();
  if (!pushesConfigurations(M) || Kernel.isVarArg() || !Kernel.getReturnType()->isVoidTy() ||
      !(T.getArch() == Triple::x86_64 || T.isAArch64(64)))
    return;
  SmallVector<Value *, 8> Places;
  for (Argument &A : Kernel.args()) {
    Value *Place = &A;
    if (!A.hasByValAttr()) {
      Place = IR.CreateAlloca(A.getType());
      IR.CreateStore(&A, Place);
    }
    Places.push_back(Place);
  }
  popAndLaunch(IR, Kernel, Places);
}

/// The calls that may launch: through pointers, where a configuration was pushed.
static SmallVector<const CallBase *> launchingCalls(const Module &Host) {
  SmallVector<const CallBase *> Calls;
  DenseSet<const Function *> Pushing = callersOf(Host, PushConfiguration);
  for (const Function &F : Host) {
    if (!Pushing.contains(&F))
      continue;
    for (const Instruction &I : instructions(F))
      if (auto *CB = dyn_cast<CallBase>(&I); CB && CB->isIndirectCall() && CB->getType()->isVoidTy())
        Calls.push_back(CB);
  }
  return Calls;
}

/// How the host calls \p Kernel, if that is not as the kernel is declared: the call, and what its arguments are.
static const CallBase *otherSequence(const Function &Kernel, ArrayRef<const CallBase *> Calls,
                                     SmallVectorImpl<PassedParameter> &Best) {
  const CallBase *Found = nullptr;
  unsigned Fewest = ~0U;
  auto Consider = [&](const CallBase &Call) {
    SmallVector<PassedParameter, 8> Passed;
    if (!fitArguments(Kernel, Call, Passed))
      return;
    unsigned Guesses = count_if(Passed, [](const PassedParameter &P) {
      return P.How == PassedParameter::Empty || P.How == PassedParameter::Address;
    });
    if (Guesses >= Fewest)
      return;
    Fewest = Guesses;
    Found = &Call;
    Best = Passed;
  };
  for (const User *U : Kernel.users())
    if (auto *CB = dyn_cast<CallBase>(U); CB && CB->getCalledOperand() == &Kernel)
      Consider(*CB);
  if (!Found)
    for (const CallBase *Call : Calls)
      Consider(*Call);
  return Found && any_of(Best, [](const PassedParameter &P) { return P.How != PassedParameter::Same; }) ? Found : nullptr;
}

/// A stub of \p Kernel in the calling sequence of \p Like.
static Function *makeLaunchStub(Function &Kernel, const CallBase &Like, ArrayRef<PassedParameter> Passed, StubCalls &Calls) {
  Module &M = *Kernel.getParent();
  LLVMContext &C = M.getContext();
  auto *Stub = Function::Create(Like.getFunctionType(), GlobalValue::InternalLinkage, "cordon.launch." + Kernel.getName(), M);
  AttrBuilder B(C, hostAttributes(Kernel));
  Stub->addFnAttrs(B);
  Stub->addFnAttr(Attribute::NoInline);
  Stub->addFnAttr("cordon.stub");
  for (unsigned I = 0; I != Like.arg_size(); ++I)
    for (Attribute::AttrKind Kind : {Attribute::ByVal, Attribute::SExt, Attribute::ZExt})
      if (Attribute A = Like.getParamAttr(I, Kind); A.isValid()) {
        Stub->addParamAttr(I, A);
        if (Kind == Attribute::ByVal && Like.getParamAlign(I))
          Stub->addParamAttr(I, Attribute::getWithAlignment(C, *Like.getParamAlign(I)));
      }
  IRBuilder<> IR(BasicBlock::Create(C, "", Stub));
  SmallVector<Value *, 8> Places;
  unsigned Next = 0;
  for (const PassedParameter &P : Passed) {
    bool IsAddress = P.How == PassedParameter::Address || (P.Count && Stub->getArg(Next)->hasByValAttr());
    Value *Place = IsAddress ? static_cast<Value *>(Stub->getArg(Next)) : nullptr;
    if (!Place) {
      bool Whole = P.How == PassedParameter::Same;
      auto *Room = IR.CreateAlloca(Whole ? Stub->getArg(Next)->getType() : ArrayType::get(IR.getInt8Ty(), 16));
      if (!Whole)
        Room->setAlignment(Align(16));
      for (unsigned I = 0; I != P.Count; ++I)
        IR.CreateStore(Stub->getArg(Next + I), IR.CreateConstInBoundsGEP1_32(IR.getInt8Ty(), Room, 8 * I));
      Place = Room;
    }
    Places.push_back(Place);
    Next += P.Count;
  }
  popAndLaunch(IR, Kernel, Places);
  Calls.emit(IR, Kernel.getName());
  IR.CreateUnreachable();
  return Stub;
}

void joinLaunchStubs(Module &Host, const SplitPlan &Plan, StubCalls &Calls, std::vector<Entry> &Entries) {
  if (!comesFromCuda(Host))
    return;
  DenseSet<const Function *> Popping = callersOf(Host, PopConfiguration), Pushing = callersOf(Host, PushConfiguration);
  SmallVector<std::pair<Function *, Function *>> Pairs;
  for (Function &F : Host) {
    if (F.hasFnAttribute("cordon.stub") || !Popping.contains(&F) || Pushing.contains(&F))
      continue;
    Function *Launched = launchedBy(F);
    if (Launched == &F)
      Launched = const_cast<Function *>(kernelOfStub(F));
    if (Launched && Plan.Kernels.contains(Launched))
      Pairs.push_back({Launched, &F});
  }
  if (Host.getTargetTriple().getArch() == Triple::x86_64) {
    SmallVector<const CallBase *> Launching = launchingCalls(Host);
    SmallPtrSet<Function *, 8> HaveStubs;
    for (auto [Kernel, Stub] : Pairs)
      HaveStubs.insert(Kernel);
    for (const Entry &E : Entries)
      if (auto *Kernel = dyn_cast<Function>(E.Host); Kernel && !HaveStubs.contains(Kernel) && !Kernel->isDeclaration()) {
        SmallVector<PassedParameter, 8> Passed;
        if (const CallBase *Like = otherSequence(*Kernel, Launching, Passed))
          Pairs.push_back({Kernel, makeLaunchStub(*Kernel, *Like, Passed, Calls)});
      }
  }
  SmallPtrSet<Function *, 8> Joined;
  for (auto [Kernel, Stub] : Pairs) {
    if (!Joined.insert(Kernel).second)
      continue;
    auto Known = find_if(Entries, [K = Kernel](const Entry &E) { return E.Host == K; });
    if (Known == Entries.end())
      continue;
    pointTo(*Kernel, *Stub);
    Entry E = *Known;
    E.Host = Stub;
    Entries.push_back(std::move(E));
  }
}


} // namespace cordon
