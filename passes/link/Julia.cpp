//===- link/Julia.cpp - GPUCompiler.jl's pseudo intrinsics ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names that GPUCompiler.jl replaces while it compiles, and that therefore no runtime can define: they stand for a
// constant of the compilation, for stack memory, for the state of the launch, or for a compiler at run time.
//===----------------------------------------------------------------------===//

#include "link/Link.h"
#include "cordon/abi/state.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include <cstddef>

using namespace llvm;

namespace cordon {
/// { exception_info, random_seed } with a pointer or an integer in front, or CUDA.jl's older array of one word.
bool isJuliaState(const Type *T) {
  const Type *First = nullptr;
  if (auto *S = dyn_cast<StructType>(T)) {
    if (S->getNumElements() != 2 || !S->getElementType(1)->isIntegerTy(32))
      return false;
    First = S->getElementType(0);
  } else if (auto *A = dyn_cast<ArrayType>(T)) {
    if (A->getNumElements() != 1)
      return false;
    First = A->getElementType();
  }
  return First && (First->isPointerTy() || First->isIntegerTy(64));
}

/// A field of the device variable that the host fills.
Value *loadStateField(IRBuilder<> &B, Module &M, Type *T, uint64_t Offset) {
  GlobalVariable *State = M.getNamedGlobal(CORDON_STATE_SYMBOL);
  if (!State)
    State = new GlobalVariable(M, ArrayType::get(B.getInt8Ty(), sizeof(cordon_state)), /*isConstant=*/false,
                               GlobalValue::ExternalLinkage, nullptr, CORDON_STATE_SYMBOL, nullptr,
                               GlobalValue::NotThreadLocal, /*AddressSpace=*/1);
  return B.CreateLoad(T, B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), State, Offset));
}

namespace {

/// Calls of the declaration \p Name, in the order of the functions.
SmallVector<CallInst *, 8> callsOf(Module &M, StringRef Name) {
  SmallVector<CallInst *, 8> Calls;
  Function *F = M.getFunction(Name);
  if (!F || !F->isDeclaration())
    return Calls;
  SmallVector<User *, 8> Users(F->users()); // the last use is listed first
  for (User *U : reverse(Users))
    if (auto *Call = dyn_cast<CallInst>(U))
      if (Call->getCalledOperand() == F)
        Calls.push_back(Call);
  return Calls;
}

void eraseIfUnused(Module &M, StringRef Name) {
  if (Function *F = M.getFunction(Name))
    if (F->isDeclaration() && F->use_empty())
      F->eraseFromParent();
}

//===--- the state of a launch ------------------------------------------------------------------------------------===//

Value *loadState(Type *T, Module &M, Instruction *Before) {
  IRBuilder<> B(Before);
  Type *First = isa<StructType>(T) ? T->getStructElementType(0) : T->getArrayElementType();
  Value *V = PoisonValue::get(T);
  V = B.CreateInsertValue(V, loadStateField(B, M, First, offsetof(cordon_state, julia_exception_info)), 0);
  if (isa<StructType>(T))
    V = B.CreateInsertValue(V, loadStateField(B, M, B.getInt32Ty(), offsetof(cordon_state, random_seed)), 1);
  return V;
}

/// The state as the first parameter, by value or `byval`; null if \p F has none.
Value *stateParameter(Function &F, Type *T, Instruction *Before) {
  if (F.arg_empty())
    return nullptr;
  Argument *A = F.getArg(0);
  if (A->getType() == T)
    return A;
  if (A->hasByValAttr() && A->getParamByValType() == T)
    return IRBuilder<>(Before).CreateLoad(T, A);
  return nullptr;
}

void lowerStateGetter(Module &M, FindingSet &Findings) {
  constexpr StringLiteral Name = "julia.gpu.state_getter";
  SmallVector<CallInst *, 8> Calls = callsOf(M, Name);
  MapVector<Type *, SmallVector<CallInst *, 4>> Open;
  for (CallInst *Call : Calls) {
    Type *T = Call->getType();
    if (!isJuliaState(T) || Call->arg_size()) {
      Findings.add(Rule::RuntimeSignature, Name,
                   "'" + Name + "' is called as '" + typeText(*Call->getFunctionType()) +
                       "'; CUDA.jl's states are { ptr, i32 }, { i64, i32 } and [1 x i64]",
                   Call);
      continue;
    }
    if (Value *V = stateParameter(*Call->getFunction(), T, Call)) {
      Call->replaceAllUsesWith(V);
      Call->eraseFromParent();
    } else
      Open[T].push_back(Call);
  }
  for (auto &[T, Rest] : Open) {
    Type *StateTy = T;
    auto Load = [&](Function &, Instruction *Before) { return loadState(StateTy, M, Before); };
    bool FromKernel = any_of(M, [&](Function &F) {
      return isKernel(F) && !F.arg_empty() &&
             (F.getArg(0)->getType() == StateTy || F.getArg(0)->getParamByValType() == StateTy);
    });
    if (!FromKernel) {
      for (CallInst *Call : Rest) {
        Call->replaceAllUsesWith(Load(*Call->getFunction(), Call));
        Call->eraseFromParent();
      }
      continue;
    }
    // Some kernel was launched with it: pass it on from there.
    Function *Leaf = Function::Create(FunctionType::get(StateTy, false), GlobalValue::ExternalLinkage, "", M);
    for (CallInst *Call : Rest) {
      Call->setCalledFunction(Leaf);
      Call->setCallingConv(CallingConv::C);
    }
    auto AtKernel = [&](Function &K, Instruction *Before) {
      Value *V = stateParameter(K, StateTy, Before);
      return V ? V : loadState(StateTy, M, Before);
    };
    threadValue(M, *Leaf, StateTy, AtKernel, Load);
  }
  eraseIfUnused(M, Name);
}

//===--- constants and memory -------------------------------------------------------------------------------------===//

void lowerDebugLevel(Module &M) {
  // Level 2 is what puts frames into the report; Julia's default is 1.
  int Level = M.debug_compile_units().empty() ? 1 : 2;
  for (CallInst *Call : callsOf(M, "julia.gpu.debug_level")) {
    Call->replaceAllUsesWith(ConstantInt::get(Call->getType(), Level));
    Call->eraseFromParent();
  }
  eraseIfUnused(M, "julia.gpu.debug_level");
}

/// ptr addrspace(N) julia.gpu.alloca(i64 bytes, i64 alignment).
void lowerAlloca(Module &M, FindingSet &Findings) {
  constexpr StringLiteral Name = "julia.gpu.alloca";
  for (CallInst *Call : callsOf(M, Name)) {
    auto *Align = Call->arg_size() == 2 ? dyn_cast<ConstantInt>(Call->getArgOperand(1)) : nullptr;
    if (!Align || !isPowerOf2_64(Align->getZExtValue()) || !Call->getType()->isPointerTy()) {
      Findings.add(Rule::RuntimeSignature, Name,
                   "'" + Name + "' is called as '" + typeText(*Call->getFunctionType()) +
                       "'; it takes a size and a constant alignment, and gives a pointer",
                   Call);
      continue;
    }
    auto *Size = dyn_cast<ConstantInt>(Call->getArgOperand(0));
    // A constant size is one stack slot; in a loop it must not grow.
    IRBuilder<> B(Size ? &*Call->getFunction()->getEntryBlock().getFirstInsertionPt() : Call);
    AllocaInst *Slot = Size ? B.CreateAlloca(ArrayType::get(B.getInt8Ty(), Size->getZExtValue()))
                            : B.CreateAlloca(B.getInt8Ty(), Call->getArgOperand(0));
    Slot->setAlignment(llvm::Align(Align->getZExtValue()));
    B.SetInsertPoint(Call);
    Call->replaceAllUsesWith(B.CreateAddrSpaceCast(Slot, Call->getType()));
    Call->eraseFromParent();
  }
  eraseIfUnused(M, Name);
}

void refuseDeferredCodegen(Module &M, FindingSet &Findings) {
  for (CallInst *Call : callsOf(M, "deferred_codegen"))
    Findings.add(Rule::DeferredCodegen, "deferred_codegen",
                 "a kernel is left to be compiled when the program runs, and ahead of time there is no compiler then; "
                 "name the kernel directly instead of through a deferred compilation",
                 Call);
}

/// sm_major and kin are data: `load i32, ptr @sm_major`.
void defineTargetConstants(Module &M, const LinkRuntimeOptions &Opts) {
  Type *I32 = Type::getInt32Ty(M.getContext());
  auto OfArch = [](StringRef Name, const GPUArch &A) -> unsigned {
    unsigned PTX = minimumPTXVersion(A);
    if (Name == "sm_major")
      return A.SM / 10;
    if (Name == "sm_minor")
      return A.SM % 10;
    if (Name == "ptx_major")
      return PTX / 10;
    if (Name == "ptx_minor")
      return PTX % 10;
    return A.Suffix == 'a' ? 2 : A.Suffix == 'f' ? 1 : 0; // sm_features: baseline, family, architecture
  };
  for (StringRef Name : {"sm_major", "sm_minor", "sm_features", "ptx_major", "ptx_minor"}) {
    GlobalVariable *G = M.getNamedGlobal(Name);
    if (!G || !G->isDeclaration() || G->use_empty())
      continue;
    // One table for all architectures, and one number that lowering makes a constant for each.
    SmallVector<std::pair<unsigned, unsigned>, 4> Values;
    for (const GPUArch &A : Opts.Archs)
      Values.push_back({A.SM * 10, OfArch(Name, A)});
    bool Same = all_of(Values, [&](auto V) { return V.second == Values.front().second; });
    if (!Same)
      for (User *U : make_early_inc_range(G->users())) {
        auto *Load = dyn_cast<LoadInst>(U);
        if (!Load || !Load->getType()->isIntegerTy(32))
          continue;
        IRBuilder<> B(Load);
        FunctionCallee Reflect = M.getOrInsertFunction("__nvvm_reflect", I32, B.getPtrTy());
        Value *Arch = B.CreateCall(Reflect, B.CreateGlobalString("__CUDA_ARCH", "__cordon_question"));
        Value *V = B.getInt32(Values.front().second);
        for (auto [SM, Value] : ArrayRef(Values).drop_front())
          V = B.CreateSelect(B.CreateICmpEQ(Arch, B.getInt32(SM)), B.getInt32(Value), V);
        Load->replaceAllUsesWith(V);
        Load->eraseFromParent();
      }
    if (G->use_empty()) {
      G->eraseFromParent();
      continue;
    }
    G->setInitializer(ConstantInt::get(G->getValueType()->isIntegerTy() ? G->getValueType() : I32,
                                       Values.front().second));
    G->setConstant(true);
    G->setLinkage(GlobalValue::InternalLinkage);
  }
}

/// `load i64, ptr @jl_int64_type`: the address of a type of the host's. On the device it is a number, another for each
/// type; the runtime has those that it boxes.
void defineTypeTags(Module &M, const RuntimeFiles &Runtime) {
  SmallVector<GlobalValue *, 8> Tags;
  for (GlobalValue &G : M.global_values())
    if (G.isDeclaration() && !G.use_empty() && G.getName().ends_with("_type") &&
        (G.getName().starts_with("jl_") || G.getName().starts_with("ijl_")))
      Tags.push_back(&G);
  Type *I64 = Type::getInt64Ty(M.getContext());
  for (GlobalValue *G : Tags) {
    StringRef Name = G->getName();
    const auto *Provided = dyn_cast_or_null<GlobalVariable>(Runtime.find(Name));
    if (Provided && isa<GlobalVariable>(G))
      continue;
    auto *Tag = new GlobalVariable(M, I64, /*isConstant=*/true, GlobalValue::ExternalLinkage, nullptr, "");
    if (!Provided) {
      uint64_t Hash = 0xcbf29ce484222325;
      for (char C : Name)
        Hash = (Hash ^ static_cast<unsigned char>(C)) * 0x100000001b3;
      // As the host's: aligned to 16, below 2^47, and above the runtime's own numbers.
      Tag->setInitializer(ConstantInt::get(I64, (Hash >> 21 << 4) | 0x400000000000));
      Tag->setLinkage(GlobalValue::InternalLinkage);
    }
    Tag->takeName(G);
    G->replaceAllUsesWith(Tag);
    G->eraseFromParent();
  }
}

//===--- random numbers -------------------------------------------------------------------------------------------===//

/// Kernels from which \p G is used.
SetVector<Function *> kernelsThatReach(GlobalVariable &G) {
  SetVector<Function *> Seen;
  SmallVector<User *, 32> Work(G.users());
  while (!Work.empty()) {
    User *U = Work.pop_back_val();
    if (auto *I = dyn_cast<Instruction>(U)) {
      if (Seen.insert(I->getFunction()))
        append_range(Work, I->getFunction()->users());
    } else if (isa<Constant>(U) && !isa<GlobalValue>(U))
      append_range(Work, U->users());
  }
  Seen.remove_if([](Function *F) { return !isKernel(*F); });
  return Seen;
}

/// CUDA.jl's generators keep a key and a counter for each warp in shared memory; a kernel that uses them fills its
/// warp's first.
void initializeRandom(Module &M) {
  GlobalVariable *Keys = M.getNamedGlobal("global_random_keys"), *Counters = M.getNamedGlobal("global_random_counters");
  if (!Keys || Keys->getAddressSpace() != 3)
    return;
  constexpr StringLiteral Done = "cordon-random-ready";
  SetVector<Function *> Reached = kernelsThatReach(*Keys);
  for (Function &K : M) {
    if (!Reached.contains(&K) || K.hasFnAttribute(Done))
      continue;
    bool ByFrontEnd = any_of(K.getEntryBlock(), [](const Instruction &I) {
      const auto *Call = dyn_cast<CallBase>(&I);
      const Function *Callee = Call ? Call->getCalledFunction() : nullptr;
      return Callee && Callee->getName().contains("initialize_rng_state");
    });
    K.addFnAttr(Done);
    if (ByFrontEnd)
      continue;
    Instruction *Before = &*K.getEntryBlock().getFirstNonPHIOrDbgOrAlloca();
    IRBuilder<> B(Before);
    Value *Seed = nullptr;
    if (!K.arg_empty() && isJuliaState(K.getArg(0)->getType()) && K.getArg(0)->getType()->isStructTy())
      Seed = B.CreateExtractValue(K.getArg(0), 1);
    else
      Seed = loadStateField(B, M, B.getInt32Ty(), offsetof(cordon_state, random_seed));
    auto Read = [&](StringRef Register) {
      return B.CreateCall(M.getOrInsertFunction(("llvm.nvvm.read.ptx.sreg." + Register).str(), B.getInt32Ty()));
    };
    Value *Thread = B.CreateAdd(B.CreateMul(Read("tid.z"), Read("ntid.y")), Read("tid.y"));
    Thread = B.CreateAdd(B.CreateMul(Thread, Read("ntid.x")), Read("tid.x"));
    Value *Warp = B.CreateLShr(Thread, 5);
    B.CreateStore(Seed, B.CreateGEP(B.getInt32Ty(), Keys, Warp));
    if (Counters)
      B.CreateStore(B.getInt32(0), B.CreateGEP(B.getInt32Ty(), Counters, Warp));
  }
}

} // namespace

void defineJuliaInfo(Module &Device) {
  Function *F = Device.getFunction("__cordon_julia_info");
  if (!F || !F->isDeclaration())
    return;
  auto Load = [](Function &In, Instruction *Before) -> Value * {
    IRBuilder<> B(Before);
    return loadStateField(B, *In.getParent(), B.getPtrTy(), offsetof(cordon_state, julia_exception_info));
  };
  // An array of one word may be anything; as the state it is named so.
  auto HasState = [](Function &K) {
    return isKernel(K) && !K.isDeclaration() && !K.arg_empty() && isJuliaState(K.getArg(0)->getType()) &&
           (K.getArg(0)->getType()->isStructTy() || K.getArg(0)->getName() == "state");
  };
  auto AtKernel = [&](Function &K, Instruction *Before) -> Value * {
    if (!HasState(K))
      return Load(K, Before);
    IRBuilder<> B(Before);
    Value *Info = B.CreateExtractValue(K.getArg(0), 0);
    return Info->getType()->isPointerTy() ? Info : B.CreateIntToPtr(Info, B.getPtrTy());
  };
  if (any_of(Device, HasState))
    return threadValue(Device, *F, F->getReturnType(), AtKernel, Load);
  F->setLinkage(GlobalValue::InternalLinkage);
  F->setAttributes(AttributeList());
  F->addFnAttr(Attribute::AlwaysInline);
  F->addFnAttr(RuntimeAttr);
  IRBuilder<> B(BasicBlock::Create(Device.getContext(), "", F));
  B.SetInsertPoint(B.CreateUnreachable());
  B.CreateRet(Load(*F, &F->getEntryBlock().front()));
  F->getEntryBlock().back().eraseFromParent();
}

void lowerJulia(Module &Device, const RuntimeFiles &Runtime, const LinkRuntimeOptions &Opts, FindingSet &Findings) {
  refuseDeferredCodegen(Device, Findings);
  initializeRandom(Device);
  lowerStateGetter(Device, Findings);
  lowerDebugLevel(Device);
  lowerAlloca(Device, Findings);
  defineTargetConstants(Device, Opts);
  defineTypeTags(Device, Runtime);
}

} // namespace cordon
