//===- cpu/Flatten.cpp - one address space, a context for every function ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A host has one address space, and its code knows nothing of threads. The device module is cloned with all pointer
// types mapped to address space 0 and with the thread's context in front of the parameters of each defined function.
// Passing the context, rather than keeping it in a thread-local variable, lets a loop over the threads of a block be
// inlined and vectorized, and keeps optimizations right when a fiber waits in the middle of a function.
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/IR/AttributeMask.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/Local.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

using namespace llvm;

namespace cordon::smoke::cpu {
namespace {

class FlatTypes : public ValueMapTypeRemapper {
public:
  explicit FlatTypes(LLVMContext &C) : Ctx(C) {}

  Type *remapType(Type *T) override {
    auto [It, New] = Map.try_emplace(T, T);
    if (!New)
      return It->second;
    Type *Flat = compute(T);
    Map[T] = Flat;
    return Flat;
  }

  FunctionType *withContext(FunctionType *FT) {
    SmallVector<Type *, 8> Params{PointerType::get(Ctx, 0)};
    for (Type *T : FT->params())
      Params.push_back(remapType(T));
    return FunctionType::get(remapType(FT->getReturnType()), Params, FT->isVarArg());
  }

private:
  LLVMContext &Ctx;
  DenseMap<Type *, Type *> Map;

  Type *compute(Type *T) {
    if (T->isPointerTy())
      return PointerType::get(Ctx, 0);
    if (auto *A = dyn_cast<ArrayType>(T))
      return ArrayType::get(remapType(A->getElementType()), A->getNumElements());
    if (auto *V = dyn_cast<VectorType>(T))
      return VectorType::get(remapType(V->getElementType()), V->getElementCount());
    if (auto *F = dyn_cast<FunctionType>(T)) {
      SmallVector<Type *, 8> Params;
      for (Type *P : F->params())
        Params.push_back(remapType(P));
      return FunctionType::get(remapType(F->getReturnType()), Params, F->isVarArg());
    }
    auto *S = dyn_cast<StructType>(T);
    if (!S || S->isOpaque())
      return T;
    SmallVector<Type *, 8> Fields;
    bool Changed = false;
    for (Type *E : S->elements()) {
      Fields.push_back(remapType(E));
      Changed |= Fields.back() != E;
    }
    if (!Changed)
      return T;
    if (S->isLiteral())
      return StructType::get(Ctx, Fields, S->isPacked());
    return StructType::create(Ctx, Fields, S->getName(), S->isPacked());
  }
};

/// Maps constants, where an address space cast is nothing: the mapper would build a cast from a type to itself.
class FlatConstants : public ValueMaterializer {
public:
  FlatConstants(FlatTypes &T, ValueToValueMapTy &M) : Types(T), VMap(M) {}

  Value *materialize(Value *V) override {
    auto *C = dyn_cast<Constant>(V);
    return C ? map(C) : nullptr;
  }

  Constant *map(Constant *C) {
    auto It = Cache.find(C);
    if (It != Cache.end())
      return It->second;
    Constant *New = compute(C);
    if (!isa<GlobalValue>(C))
      Cache[C] = New;
    return New;
  }

private:
  FlatTypes &Types;
  ValueToValueMapTy &VMap;
  DenseMap<Constant *, Constant *> Cache;

  Constant *compute(Constant *C) {
    if (isa<GlobalValue>(C)) {
      auto It = VMap.find(C);
      return It == VMap.end() ? nullptr : cast<Constant>(It->second);
    }
    Type *T = Types.remapType(C->getType());
    if (auto *BA = dyn_cast<BlockAddress>(C)) {
      (void)BA;
      return nullptr; // the mapper knows what to do
    }
    if (C->getNumOperands() == 0) {
      if (T == C->getType())
        return C;
      if (isa<PoisonValue>(C))
        return PoisonValue::get(T);
      if (isa<UndefValue>(C))
        return UndefValue::get(T);
      return Constant::getNullValue(T);
    }
    SmallVector<Constant *, 8> Ops;
    for (Use &U : C->operands()) {
      Constant *Op = map(cast<Constant>(U.get()));
      if (!Op)
        return nullptr;
      Ops.push_back(Op);
    }
    if (auto *CE = dyn_cast<ConstantExpr>(C)) {
      if (CE->getOpcode() == Instruction::AddrSpaceCast)
        return Ops[0];
      Type *Source = nullptr;
      if (auto *GEP = dyn_cast<GEPOperator>(CE))
        Source = Types.remapType(GEP->getSourceElementType());
      return CE->getWithOperands(Ops, T, false, Source);
    }
    if (isa<ConstantStruct>(C))
      return ConstantStruct::get(cast<StructType>(T), Ops);
    if (isa<ConstantArray>(C))
      return ConstantArray::get(cast<ArrayType>(T), Ops);
    if (isa<ConstantVector>(C))
      return ConstantVector::get(Ops);
    return nullptr;
  }
};

/// What device code promises may be wrong once a special register is a load and a barrier a call.
void dropPromises(Function &F) {
  AttributeMask Drop;
  for (Attribute::AttrKind K :
       {Attribute::Memory, Attribute::Speculatable, Attribute::NoSync, Attribute::NoFree, Attribute::WillReturn,
        Attribute::MustProgress, Attribute::Convergent, Attribute::OptimizeNone, Attribute::NoCallback,
        Attribute::NoRecurse, Attribute::Naked, Attribute::StackProtect, Attribute::StackProtectReq,
        Attribute::StackProtectStrong, Attribute::SanitizeAddress, Attribute::UWTable, Attribute::NonLazyBind,
        Attribute::AllocSize}) // by a parameter's number, which changes
    Drop.addAttribute(K);
  if (F.hasFnAttribute(Attribute::OptimizeNone))
    Drop.addAttribute(Attribute::NoInline);
  AttributeSet FnAttrs = F.getAttributes().getFnAttrs();
  for (const Attribute &A : FnAttrs)
    if (A.isStringAttribute())
      Drop.addAttribute(A.getKindAsString());
  F.removeFnAttrs(Drop);
  F.addFnAttr(Attribute::NoUnwind);
}

void dropCallPromises(CallBase &Call) {
  AttributeMask Drop;
  for (Attribute::AttrKind K : {Attribute::Memory, Attribute::Speculatable, Attribute::NoSync, Attribute::NoFree,
                                Attribute::WillReturn, Attribute::MustProgress, Attribute::Convergent,
                                Attribute::AllocSize})
    Drop.addAttribute(K);
  Call.removeFnAttrs(Drop);
}

Function *declareIntrinsic(Module &M, Function &Old, FlatTypes &Types) {
  auto *FT = cast<FunctionType>(Types.remapType(Old.getFunctionType()));
  Intrinsic::ID ID = Old.getIntrinsicID();
  SmallVector<Type *, 4> Overloads;
  if (ID != Intrinsic::not_intrinsic && Intrinsic::isOverloaded(ID) &&
      Intrinsic::getIntrinsicSignature(ID, FT, Overloads))
    return Intrinsic::getOrInsertDeclaration(&M, ID, Overloads);
  Function *New = Function::Create(FT, GlobalValue::ExternalLinkage, Old.getName(), &M);
  New->copyAttributesFrom(&Old);
  return New;
}

/// Gives calls of defined functions and through pointers the caller's context.
void addContextToCall(CallBase &Call, FlatTypes &Types, const Function &Caller) {
  (void)Types;
  SmallVector<Value *, 8> Args{const_cast<Argument *>(Caller.getArg(0))};
  append_range(Args, Call.args());
  FunctionType *FT = Call.getFunctionType();
  SmallVector<Type *, 8> Params{PointerType::get(Call.getContext(), 0)};
  append_range(Params, FT->params());
  auto *NewFT = FunctionType::get(FT->getReturnType(), Params, FT->isVarArg());
  SmallVector<OperandBundleDef, 1> NoBundles;
  CallInst *New = CallInst::Create(NewFT, Call.getCalledOperand(), Args, NoBundles, "", Call.getIterator());
  AttributeList Old = Call.getAttributes();
  SmallVector<AttributeSet, 8> ArgAttrs{AttributeSet()};
  for (unsigned I = 0, E = Call.arg_size(); I != E; ++I)
    ArgAttrs.push_back(Old.getParamAttrs(I));
  New->setAttributes(AttributeList::get(Call.getContext(), Old.getFnAttrs(), Old.getRetAttrs(), ArgAttrs));
  New->setDebugLoc(Call.getDebugLoc());
  if (isa<FPMathOperator>(New) && isa<FPMathOperator>(&Call))
    New->copyFastMathFlags(&Call);
  dropCallPromises(*New);
  New->takeName(&Call);
  Call.replaceAllUsesWith(New);
  Call.eraseFromParent();
}

void finishFunction(Function &F, FlatTypes &Types) {
  SmallVector<CallBase *, 16> Calls;
  for (BasicBlock &BB : F)
    for (Instruction &I : make_early_inc_range(BB)) {
      if (auto *ASC = dyn_cast<AddrSpaceCastInst>(&I)) {
        ASC->replaceAllUsesWith(ASC->getOperand(0));
        ASC->eraseFromParent();
      } else if (auto *Invoke = dyn_cast<InvokeInst>(&I)) {
        // Nothing unwinds here: a throw ends the kernel.
        Calls.push_back(changeToCall(Invoke));
      } else if (auto *CB = dyn_cast<CallBase>(&I)) {
        Calls.push_back(CB);
      }
    }
  removeUnreachableBlocks(F);
  // What was asked of loops was asked for a GPU; clang -O1 asks to unroll none.
  for (BasicBlock &BB : F)
    BB.getTerminator()->setMetadata(LLVMContext::MD_loop, nullptr);
  // removeUnreachableBlocks may have deleted some of them.
  SmallPtrSet<CallBase *, 16> Alive;
  for (BasicBlock &BB : F)
    for (Instruction &I : BB)
      if (auto *CB = dyn_cast<CallBase>(&I))
        Alive.insert(CB);
  for (CallBase *Call : Calls) {
    if (!Alive.contains(Call))
      continue;
    if (auto *CI = dyn_cast<CallInst>(Call))
      CI->setTailCallKind(CallInst::TCK_None);
    Call->setCallingConv(CallingConv::C);
    if (Call->isInlineAsm())
      continue;
    auto *Callee = dyn_cast<Function>(Call->getCalledOperand());
    if (Callee && Callee->isDeclaration())
      continue;
    addContextToCall(*Call, Types, F);
  }
  F.setPersonalityFn(nullptr);
}

} // namespace

/// Bytes behind a variable that belong to no other.
static void addRedZone(GlobalVariable &G) {
  Module &M = *G.getParent();
  Type *Zone = ArrayType::get(Type::getInt8Ty(M.getContext()), 64);
  auto *T = StructType::get(M.getContext(), {G.getValueType(), Zone}, true);
  Constant *Init = ConstantStruct::get(T, {G.getInitializer(), Constant::getNullValue(Zone)});
  auto *New = new GlobalVariable(M, T, G.isConstant(), G.getLinkage(), Init);
  New->copyAttributesFrom(&G);
  New->setAlignment(M.getDataLayout().getPreferredAlign(&G));
  New->takeName(&G);
  G.replaceAllUsesWith(New);
  G.eraseFromParent();
}

std::string flatten(Module &Device, Program &P) {
  LLVMContext &Ctx = Device.getContext();
  P.Flat = std::make_unique<Module>(Device.getModuleIdentifier(), Ctx);
  Module &M = *P.Flat;
  FlatTypes Types(Ctx);
  ValueToValueMapTy VMap;
  FlatConstants Constants(Types, VMap);

  for (GlobalIFunc &I : Device.ifuncs())
    return ("unsupported: ifunc '" + I.getName() + "' in device code").str();
  for (GlobalVariable &G : Device.globals()) {
    if (G.getName().starts_with("llvm."))
      continue;
    auto *New = new GlobalVariable(M, Types.remapType(G.getValueType()), G.isConstant(), G.getLinkage(), nullptr,
                                   G.getName());
    New->copyAttributesFrom(&G);
    New->setSection("");
    New->setVisibility(GlobalValue::DefaultVisibility);
    New->setDLLStorageClass(GlobalValue::DefaultStorageClass);
    New->setComdat(nullptr);
    VMap[&G] = New;
  }
  for (Function &F : Device) {
    if (F.isIntrinsic() || F.getName().starts_with("llvm.")) {
      VMap[&F] = declareIntrinsic(M, F, Types);
      continue;
    }
    FunctionType *FT = F.isDeclaration() ? cast<FunctionType>(Types.remapType(F.getFunctionType()))
                                         : Types.withContext(F.getFunctionType());
    auto *New = Function::Create(FT, F.isDeclaration() ? GlobalValue::ExternalLinkage : GlobalValue::InternalLinkage,
                                 F.getName(), &M);
    VMap[&F] = New;
  }
  // An alias is its target; targets may be aliases or expressions themselves.
  for (GlobalAlias &A : Device.aliases()) {
    Constant *Target = nullptr;
    if (GlobalObject *O = A.getAliaseeObject(); O && A.getAliasee()->stripPointerCasts() == O)
      Target = dyn_cast_or_null<Constant>(VMap.lookup(O));
    if (!Target)
      return ("unsupported: alias '" + A.getName() + "' of an expression").str();
    VMap[&A] = Target;
  }
  for (GlobalVariable &G : Device.globals()) {
    auto It = VMap.find(&G);
    if (It == VMap.end() || !G.hasInitializer() || G.getAddressSpace() == 3)
      continue;
    Constant *Init = Constants.map(G.getInitializer());
    if (!Init)
      return ("unsupported: initialiser of device variable '" + G.getName() + "'").str();
    cast<GlobalVariable>(It->second)->setInitializer(Init);
  }
  for (Function &F : Device) {
    auto *New = cast<Function>(VMap[&F]);
    if (F.isDeclaration()) {
      if (!F.getName().starts_with("llvm."))
        New->setCallingConv(CallingConv::C);
      continue;
    }
    for (auto [Old, Arg] : zip(F.args(), drop_begin(New->args()))) {
      Arg.setName(Old.getName());
      VMap[&Old] = &Arg;
    }
    SmallVector<ReturnInst *, 4> Returns;
    CloneFunctionInto(New, &F, VMap, CloneFunctionChangeType::DifferentModule, Returns, "", nullptr, &Types,
                      &Constants);
    New->setCallingConv(CallingConv::C);
    New->setLinkage(GlobalValue::InternalLinkage);
    New->setVisibility(GlobalValue::DefaultVisibility);
    New->setComdat(nullptr);
    New->setSection("");
    New->setPrefixData(nullptr);
    New->setPrologueData(nullptr);
    New->clearGC();
    dropPromises(*New);
    Argument *C = New->getArg(0);
    C->setName("ctx");
    C->addAttr(Attribute::NonNull);
    C->addAttr(Attribute::NoAlias);
    C->addAttr(Attribute::NoUndef);
    C->addAttr(Attribute::getWithDereferenceableBytes(Ctx, sizeof(ThreadContext)));
    C->addAttr(Attribute::getWithAlignment(Ctx, Align(8)));
  }
  for (Function &F : M)
    if (!F.isDeclaration())
      finishFunction(F, Types);
  for (Kernel &K : P.Kernels)
    K.Body = cast_or_null<Function>(VMap.lookup(Device.getFunction(K.Name)));
  // Which variables are shared is known from the old module alone.
  for (GlobalVariable &G : Device.globals()) {
    auto *New = cast_or_null<GlobalVariable>(VMap.lookup(&G));
    if (!New)
      continue;
    if (G.isThreadLocal())
      return ("unsupported: thread-local variable '" + G.getName() + "'").str();
    if (G.getAddressSpace() == 3) {
      SharedVariable S;
      S.Name = New->getName().str();
      S.Size = Device.getDataLayout().getTypeAllocSize(G.getValueType());
      if (!G.isDeclaration() || S.Size) {
        P.StaticSharedBytes = alignTo(P.StaticSharedBytes, std::max<Align>(G.getAlign().valueOrOne(), Align(16)));
        S.Offset = P.StaticSharedBytes;
        P.StaticSharedBytes += S.Size + (P.Check || P.CheckRaces ? 64 : 0); // a red zone
      }
      P.Shared.push_back(S);
    } else if (!G.isDeclaration() && (!G.hasLocalLinkage() || P.Check || P.CheckRaces)) {
      Variable V;
      V.Name = New->getName().str();
      V.Size = Device.getDataLayout().getTypeAllocSize(G.getValueType());
      V.Constant = G.getAddressSpace() == 4;
      V.Internal = G.hasLocalLinkage();
      P.Variables.push_back(V);
      // The host may fill it before a launch.
      New->setConstant(false);
      New->setExternallyInitialized(true);
      New->setUnnamedAddr(GlobalValue::UnnamedAddr::None);
      New->setLinkage(GlobalValue::ExternalLinkage);
      if (P.Check || P.CheckRaces)
        addRedZone(*New);
    }
  }
  return "";
}

} // namespace cordon::smoke::cpu
