//===- link/Signatures.cpp - declared against defined types ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A runtime function may be declared with another type than its definition: Julia up to 1.11 passes pointers as integers,
// x86 returns two floats as a vector, and GPUCompiler may have put the kernel's state in front. NVPTX would call through a
// .callprototype and the callee would read wrong parameters. Where the bits agree, one by one, the call goes through a
// small function that converts; where they do not, it is reported with both types.
//===----------------------------------------------------------------------===//

#include "link/Link.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cordon {

std::string typeText(const Type &T) {
  std::string Text;
  raw_string_ostream OS(Text);
  T.print(OS);
  return Text;
}

namespace {

/// The scalars of \p T in order.
void flatten(Type *T, SmallVectorImpl<Type *> &Out) {
  if (T->isVoidTy())
    return;
  if (auto *S = dyn_cast<StructType>(T)) {
    for (Type *E : S->elements())
      flatten(E, Out);
  } else if (auto *A = dyn_cast<ArrayType>(T)) {
    for (uint64_t I = 0; I < A->getNumElements(); ++I)
      flatten(A->getElementType(), Out);
  } else if (auto *V = dyn_cast<FixedVectorType>(T)) {
    for (unsigned I = 0; I < V->getNumElements(); ++I)
      flatten(V->getElementType(), Out);
  } else
    Out.push_back(T);
}

bool sameBits(Type *A, Type *B) {
  auto Word = [](Type *T) { return T->isPointerTy() || T->isIntegerTy(64); };
  return A == B || (Word(A) && Word(B));
}

bool sameBits(ArrayRef<Type *> A, ArrayRef<Type *> B) {
  return A.size() == B.size() && all_of(zip(A, B), [](auto P) { return sameBits(std::get<0>(P), std::get<1>(P)); });
}

Value *convert(IRBuilder<> &B, Value *V, Type *To) {
  if (V->getType() == To)
    return V;
  // Through an integer: no cast exists from or to Julia's address spaces.
  if (V->getType()->isPointerTy())
    V = B.CreatePtrToInt(V, B.getInt64Ty());
  return To->isPointerTy() ? B.CreateIntToPtr(V, To) : V;
}

/// The scalars of \p V.
void takeApart(IRBuilder<> &B, Value *V, SmallVectorImpl<Value *> &Out) {
  Type *T = V->getType();
  if (T->isStructTy() || T->isArrayTy()) {
    uint64_t N = T->isStructTy() ? T->getStructNumElements() : T->getArrayNumElements();
    for (uint64_t I = 0; I < N; ++I)
      takeApart(B, B.CreateExtractValue(V, I), Out);
  } else if (auto *VT = dyn_cast<FixedVectorType>(T)) {
    for (unsigned I = 0; I < VT->getNumElements(); ++I)
      Out.push_back(B.CreateExtractElement(V, I));
  } else
    Out.push_back(V);
}

/// A value of type \p T from the scalars in front of \p Parts, which are consumed.
Value *putTogether(IRBuilder<> &B, Type *T, ArrayRef<Value *> &Parts) {
  if (T->isStructTy() || T->isArrayTy()) {
    Value *V = PoisonValue::get(T);
    uint64_t N = T->isStructTy() ? T->getStructNumElements() : T->getArrayNumElements();
    for (uint64_t I = 0; I < N; ++I) {
      Type *E = T->isStructTy() ? T->getStructElementType(I) : T->getArrayElementType();
      V = B.CreateInsertValue(V, putTogether(B, E, Parts), I);
    }
    return V;
  }
  if (auto *VT = dyn_cast<FixedVectorType>(T)) {
    Value *V = PoisonValue::get(T);
    for (unsigned I = 0; I < VT->getNumElements(); ++I)
      V = B.CreateInsertElement(V, putTogether(B, VT->getElementType(), Parts), I);
    return V;
  }
  Value *V = convert(B, Parts.front(), T);
  Parts = Parts.drop_front();
  return V;
}

/// What a call of type \p From reaches: the function as defined, or the one that takes CUDA.jl's ExceptionInfo first.
struct Target {
  const Function *Def = nullptr;
  bool FromState = false; ///< the first parameter is Julia's kernel state; its first word is passed
};

std::optional<Target> findTarget(FunctionType *From, const Function &Def, const RuntimeFiles &Runtime) {
  auto Fits = [&](const Function &F, ArrayRef<Type *> Params) {
    FunctionType *To = F.getFunctionType();
    if (To->isVarArg() || From->isVarArg())
      return false;
    SmallVector<Type *, 8> A, B, RA, RB;
    for (Type *T : Params)
      flatten(T, A);
    for (Type *T : To->params())
      flatten(T, B);
    flatten(From->getReturnType(), RA);
    flatten(To->getReturnType(), RB);
    return sameBits(A, B) && (RA.empty() || F.doesNotReturn() || sameBits(RA, RB));
  };
  if (Fits(Def, From->params()))
    return Target{&Def, false};
  const Function *WithState = Runtime.findFunction(("__cordon_state_" + Def.getName()).str());
  if (!WithState || From->getNumParams() == 0 || !isJuliaState(From->getParamType(0)))
    return std::nullopt;
  SmallVector<Type *, 8> Params = {PointerType::get(Def.getContext(), 0)};
  append_range(Params, From->params().drop_front());
  if (Fits(*WithState, Params))
    return Target{WithState, true};
  return std::nullopt;
}

class Matcher {
public:
  Matcher(Module &M, const RuntimeFiles &Runtime, FindingSet &Findings)
      : M(M), Runtime(Runtime), Findings(Findings) {}

  void run() {
    SmallVector<Function *, 32> Declared;
    for (Function &F : M)
      if (F.isDeclaration() && !F.use_empty() && Runtime.findFunction(F.getName()))
        Declared.push_back(&F);
    for (Function *F : Declared)
      match(*F, *Runtime.findFunction(F->getName()));
  }

private:
  /// The declaration of \p Def in the module, with its type.
  Function &declare(const Function &Def) {
    Function *Old = M.getFunction(Def.getName());
    if (Old && Old->getFunctionType() == Def.getFunctionType())
      return *Old;
    Function *New = Function::Create(Def.getFunctionType(), GlobalValue::ExternalLinkage, "", M);
    if (Old) {
      New->takeName(Old);
      Old->replaceAllUsesWith(New);
      Old->eraseFromParent();
    } else
      New->setName(Def.getName());
    return *New;
  }

  /// A function of type \p From that converts and calls \p To.
  Function &adapter(FunctionType *From, const Target &To) {
    Function *&Slot = Adapters[{From, To.Def}];
    if (Slot)
      return *Slot;
    Function &Callee = declare(*To.Def);
    Slot = Function::Create(From, GlobalValue::InternalLinkage, "__cordon_as_" + To.Def->getName(), M);
    Slot->addFnAttr(Attribute::AlwaysInline);
    Slot->addFnAttr(Attribute::Convergent);
    Slot->addFnAttr(RuntimeAttr);
    IRBuilder<> B(BasicBlock::Create(M.getContext(), "", Slot));
    SmallVector<Value *, 8> Parts, Args;
    for (Argument &A : Slot->args()) {
      if (To.FromState && A.getArgNo() == 0) {
        SmallVector<Value *, 2> State;
        takeApart(B, &A, State);
        Parts.push_back(State.front());
      } else
        takeApart(B, &A, Parts);
    }
    ArrayRef<Value *> Rest = Parts;
    for (Type *T : To.Def->getFunctionType()->params())
      Args.push_back(putTogether(B, T, Rest));
    CallInst *Call = B.CreateCall(&Callee, Args);
    if (To.Def->doesNotReturn())
      B.CreateUnreachable();
    else if (From->getReturnType()->isVoidTy())
      B.CreateRetVoid();
    else {
      SmallVector<Value *, 4> Result;
      takeApart(B, Call, Result);
      Rest = Result;
      B.CreateRet(putTogether(B, From->getReturnType(), Rest));
    }
    return *Slot;
  }

  void mismatch(const Function &Def, FunctionType *As, const Instruction *At, const Function *F) {
    Findings.add(Rule::RuntimeSignature, Def.getName(),
                 "'" + Def.getName() + "' is called as '" + typeText(*As) + "', but the runtime defines it as '" +
                     typeText(*Def.getFunctionType()) + "'",
                 At, F);
  }

  /// Binds one call. Its own type counts, not the declaration's.
  void matchCall(CallBase &Call, const Function &Def) {
    Call.setCallingConv(Def.getCallingConv());
    FunctionType *From = Call.getFunctionType(), *To = Def.getFunctionType();
    if (From == To)
      return;
    // A call without a prototype, or of a variadic function: the arguments decide.
    bool ArgsFit = Call.getType() == To->getReturnType() && Call.arg_size() >= To->getNumParams() &&
                   (To->isVarArg() || Call.arg_size() == To->getNumParams());
    for (unsigned I = 0; ArgsFit && I < To->getNumParams(); ++I)
      ArgsFit = Call.getArgOperand(I)->getType() == To->getParamType(I);
    if (ArgsFit)
      return Call.mutateFunctionType(To);
    if (std::optional<Target> T = findTarget(From, Def, Runtime))
      return Call.setCalledOperand(&adapter(From, *T));
    mismatch(Def, From, &Call, nullptr);
  }

  void match(Function &F, const Function &Def) {
    FunctionType *Declared = F.getFunctionType();
    SmallVector<CallBase *, 16> Calls;
    SmallVector<Use *, 4> Others;
    for (Use &U : F.uses()) {
      auto *Call = dyn_cast<CallBase>(U.getUser());
      if (Call && Call->isCallee(&U))
        Calls.push_back(Call);
      else
        Others.push_back(&U);
    }
    if (!Others.empty() && Declared != Def.getFunctionType()) {
      if (std::optional<Target> T = findTarget(Declared, Def, Runtime)) {
        Function &As = adapter(Declared, *T);
        Function *Now = M.getFunction(Def.getName()); // the declaration may have been replaced
        Now->replaceUsesWithIf(&As, [&](Use &U) {
          auto *Call = dyn_cast<CallBase>(U.getUser());
          auto *I = dyn_cast<Instruction>(U.getUser());
          return !(Call && Call->isCallee(&U)) && !(I && I->getFunction() == &As);
        });
      } else {
        const auto *I = dyn_cast<Instruction>(Others.front()->getUser());
        mismatch(Def, Declared, I, I ? I->getFunction() : nullptr);
      }
    }
    for (CallBase *Call : reverse(Calls)) // uses are listed last first
      matchCall(*Call, Def);
    if (Function *Now = M.getFunction(Def.getName()))
      if (Now->getFunctionType() != Def.getFunctionType())
        declare(Def);
  }

  Module &M;
  const RuntimeFiles &Runtime;
  FindingSet &Findings;
  MapVector<std::pair<FunctionType *, const Function *>, Function *> Adapters;
};

} // namespace

/// Linking may replace a named struct in a definition's type by an equal one without a name: calls follow.
void mendAdapters(Module &Device) {
  for (Function &F : Device)
    if (F.getName().starts_with("__cordon_as_"))
      for (Instruction &I : make_early_inc_range(instructions(F))) {
        auto *Call = dyn_cast<CallInst>(&I);
        Function *Callee = Call ? Call->getCalledFunction() : nullptr;
        if (!Call || Callee) // getCalledFunction is null where the types differ
          continue;
        Callee = dyn_cast<Function>(Call->getCalledOperand());
        if (!Callee)
          continue;
        IRBuilder<> B(Call);
        auto As = [&](Value *V, Type *T) {
          SmallVector<Value *, 4> Parts;
          takeApart(B, V, Parts);
          ArrayRef<Value *> Rest = Parts;
          return V->getType() == T ? V : putTogether(B, T, Rest);
        };
        SmallVector<Value *, 8> Args;
        for (auto [A, T] : zip(Call->args(), Callee->getFunctionType()->params()))
          Args.push_back(As(A, T));
        CallInst *New = B.CreateCall(Callee, Args);
        if (!Call->getType()->isVoidTy())
          Call->replaceAllUsesWith(As(New, Call->getType()));
        Call->eraseFromParent();
      }
}

void matchSignatures(Module &Device, const RuntimeFiles &Runtime, FindingSet &Findings) {
  Matcher(Device, Runtime, Findings).run();
}

} // namespace cordon
