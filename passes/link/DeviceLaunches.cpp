//===- link/DeviceLaunches.cpp - kernels that launch kernels --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libcudadevrt takes dim3 and kin as arrays in PTX, and nvlink refuses a declaration of another type. Host ABIs split them:
// x86-64 passes a dim3 as (i64, i32), rustc as one { i64, i32 }, AArch64 as [2 x i64], clang's device code by reference.
// Every call gets the library's type and CUDA 13's name. A launch as hosts write it, cudaLaunchKernel, goes through the
// runtime, and so do cudaGetParameterBuffer and cudaLaunchDevice, which clang uses: they drop what is launched into the tail
// stream, and their V2 forms do not.
//===----------------------------------------------------------------------===//

#include "analysis/CudaDeviceRuntime.h"
#include "link/Link.h"
#include "llvm/Demangle/Demangle.h"

using namespace llvm;

namespace cordon {
namespace {

Type *parameterType(LLVMContext &C, char Letter) {
  switch (Letter) {
  case 'i':
    return Type::getInt32Ty(C);
  case 'D':
    return ArrayType::get(Type::getInt32Ty(C), 3);
  case 'P':
    return ArrayType::get(Type::getInt64Ty(C), 4);
  case 'E':
    return ArrayType::get(Type::getInt64Ty(C), 3);
  default:
    return PointerType::get(C, 0);
  }
}

/// "i(pDD)" as a type.
FunctionType *libraryType(LLVMContext &C, StringRef Text) {
  SmallVector<Type *, 8> Params;
  for (char Letter : Text.drop_front(2).drop_back())
    Params.push_back(parameterType(C, Letter));
  return FunctionType::get(parameterType(C, Text.front()), Params, false);
}

/// Rebuilds the arguments of one call for the library's type.
class Arguments {
public:
  Arguments(IRBuilder<> &B, CallInst &Call) : B(B), Rest(Call.arg_begin(), Call.arg_end()) {}

  /// The next parameter as a \p T; null if what is left does not fit.
  Value *take(Type *T) {
    auto *Array = dyn_cast<ArrayType>(T);
    if (!Array) {
      Value *V = next();
      return V && isWord(V->getType()) == isWord(T) && (isWord(T) || V->getType() == T) ? castWord(V, T) : nullptr;
    }
    if (Scalars.empty() && !Rest.empty() && Rest.front()->getType() == T)
      return next();
    if (Scalars.empty() && !Rest.empty() && Rest.front()->getType()->isPointerTy()) { // by reference
      Value *From = next();
      return B.CreateAlignedLoad(Array, From, Array->getElementType()->isIntegerTy(32) ? Align(4) : Align(8));
    }
    return gather(*Array);
  }
  bool done() const { return Rest.empty() && Scalars.empty(); }

private:
  static bool isWord(const Type *T) { return T->isPointerTy() || T->isIntegerTy(64); }

  Value *castWord(Value *V, Type *T) {
    if (V->getType() == T)
      return V;
    if (V->getType()->isPointerTy())
      return T->isPointerTy() ? B.CreateAddrSpaceCast(V, T) : B.CreatePtrToInt(V, T);
    if (auto *Cast = dyn_cast<PtrToIntOperator>(V); Cast && Cast->getPointerOperand()->getType() == T)
      return Cast->getPointerOperand();
    return B.CreateIntToPtr(V, T);
  }

  Value *next() {
    if (!Scalars.empty())
      return Scalars.pop_back_val();
    if (Rest.empty())
      return nullptr;
    Value *V = Rest.front();
    Rest.erase(Rest.begin());
    return V;
  }

  /// The next scalar, out of an aggregate too.
  Value *nextScalar() {
    Value *V = next();
    if (!V || !V->getType()->isAggregateType())
      return V;
    Type *T = V->getType();
    unsigned N = T->isStructTy() ? T->getStructNumElements() : T->getArrayNumElements();
    for (unsigned I = N; I-- > 0;)
      Scalars.push_back(B.CreateExtractValue(V, I));
    return nextScalar();
  }

  Value *gather(ArrayType &Array) {
    Type *Element = Array.getElementType();
    unsigned N = Array.getNumElements(), Filled = 0;
    Value *All = PoisonValue::get(&Array);
    while (Filled < N) {
      Value *V = nextScalar();
      if (!V)
        return nullptr;
      if (V->getType() == Element)
        All = B.CreateInsertValue(All, V, Filled++);
      else if (Element->isIntegerTy(64) && V->getType()->isPointerTy())
        All = B.CreateInsertValue(All, castWord(V, Element), Filled++);
      else if (Element->isIntegerTy(32) && V->getType()->isIntegerTy(64)) {
        All = B.CreateInsertValue(All, B.CreateTrunc(V, Element), Filled++);
        if (Filled < N)
          All = B.CreateInsertValue(All, B.CreateTrunc(B.CreateLShr(V, 32), Element), Filled++);
      } else
        return nullptr;
    }
    return All;
  }

  IRBuilder<> &B;
  SmallVector<Value *, 8> Rest;
  SmallVector<Value *, 4> Scalars; ///< of an aggregate that was taken apart, the next one last
};

class Binder {
public:
  Binder(Module &M, FindingSet &Findings) : M(M), Findings(Findings) {}

  /// \p As: the name that the module calls it by.
  void bind(Function &F, StringRef As, const CudaDeviceFunction &Entry) {
    FunctionType *Type = libraryType(M.getContext(), Entry.Type);
    std::string Name = currentCudaDeviceName(As);
    SmallVector<Use *, 16> Uses;
    for (Use &U : F.uses())
      Uses.push_back(&U);
    for (Use *U : reverse(Uses)) { // uses are listed last first
      auto *Call = dyn_cast<CallInst>(U->getUser());
      if (!Call || !Call->isCallee(U)) {
        if (F.getFunctionType() == Type && F.getName() != Name)
          U->set(&declare(Name, Type));
        continue;
      }
      checkKernel(*Call, Entry.Kernel);
      if (F.getName() != Name || Call->getFunctionType() != Type)
        replace(*Call, As, Name, Type);
    }
    if (F.use_empty())
      F.eraseFromParent();
  }

  /// Calls of \p F, a function of type \p Text, go to the runtime's \p To, which takes the fields of a dim3.
  void bindToRuntime(Function &F, StringRef Text, StringRef To, int Kernel) {
    std::string Name = F.getName().str();
    FunctionType *Type = libraryType(M.getContext(), Text);
    for (User *U : make_early_inc_range(F.users())) {
      auto *Call = dyn_cast<CallInst>(U);
      if (!Call || Call->getCalledOperand() != &F)
        continue;
      IRBuilder<> B(Call);
      Arguments From(B, *Call);
      SmallVector<Value *, 10> Args;
      SmallVector<class Type *, 10> Types;
      bool Fits = true;
      for (class Type *T : Type->params()) {
        Value *V = From.take(T);
        Fits &= V != nullptr;
        for (unsigned I = 0; V && T->isArrayTy() && I < 3; ++I)
          Args.push_back(B.CreateExtractValue(V, I));
        if (V && !T->isArrayTy())
          Args.push_back(V);
      }
      if (!Fits || !From.done() || !resultFits(Call->getType(), Type->getReturnType())) {
        mismatch(*Call, Name, Type);
        continue;
      }
      checkKernel(*Call, Kernel);
      for (Value *A : Args)
        Types.push_back(A->getType());
      finish(*Call, B.CreateCall(M.getOrInsertFunction(To, FunctionType::get(Type->getReturnType(), Types, false)), Args));
    }
    if (F.use_empty())
      F.eraseFromParent();
  }

private:
  Function &declare(StringRef Name, FunctionType *Type) {
    Function *Old = M.getFunction(Name);
    if (Old && Old->getFunctionType() == Type)
      return *Old;
    Function *New = Function::Create(Type, GlobalValue::ExternalLinkage, "", M);
    if (Old)
      Old->setName(Name + ".other"); // its calls get the new one in their turn
    New->setName(Name);
    return *New;
  }

  /// A pointer to an ordinary function starts nothing.
  void checkKernel(CallInst &Call, int Operand) {
    if (Operand < 0 || Call.arg_size() <= unsigned(Operand))
      return;
    Value *V = Call.getArgOperand(Operand)->stripPointerCasts();
    if (auto *Cast = dyn_cast<PtrToIntOperator>(V))
      V = Cast->getPointerOperand()->stripPointerCasts();
    const auto *F = dyn_cast<Function>(V);
    if (F && !isKernel(*F))
      Findings.add(Rule::KernelSignature, F->getName(),
                   "'" + demangle(F->getName()) + "' is launched from the device and is no kernel; mark it as one "
                   "(cordon.kernel, __global__)",
                   &Call);
  }

  void replace(CallInst &Call, StringRef As, StringRef Name, FunctionType *Type) {
    IRBuilder<> B(&Call);
    Arguments From(B, Call);
    SmallVector<Value *, 8> Args;
    for (class Type *T : Type->params()) {
      Value *V = From.take(T);
      if (!V)
        return mismatch(Call, As, Type);
      Args.push_back(V);
    }
    if (!From.done() || !resultFits(Call.getType(), Type->getReturnType()))
      return mismatch(Call, As, Type);
    CallInst *New = B.CreateCall(&declare(Name, Type), Args);
    New->setConvergent();
    finish(Call, New);
  }

  static bool resultFits(const Type *Had, const Type *Has) {
    return Had == Has || Had->isVoidTy() || (Has->isPointerTy() && (Had->isPointerTy() || Had->isIntegerTy(64)));
  }

  /// \p New stands for \p Call, with its result's type.
  static void finish(CallInst &Call, CallInst *New) {
    New->setDebugLoc(Call.getDebugLoc());
    if (!Call.getType()->isVoidTy()) {
      IRBuilder<> B(&Call);
      Value *Result = New;
      if (Call.getType()->isIntegerTy() && New->getType()->isPointerTy())
        Result = B.CreatePtrToInt(New, Call.getType());
      else if (Call.getType() != New->getType())
        Result = B.CreateAddrSpaceCast(New, Call.getType());
      New->takeName(&Call);
      Call.replaceAllUsesWith(Result);
    }
    Call.eraseFromParent();
  }

  void mismatch(CallInst &Call, StringRef As, FunctionType *Type) {
    Findings.add(Rule::RuntimeSignature, As,
                 "'" + As + "' is called as '" + typeText(*Call.getFunctionType()) + "', but libcudadevrt defines it as '" +
                     typeText(*Type) + "'",
                 &Call);
  }

  Module &M;
  FindingSet &Findings;
};

/// What CUDA 12 took away.
void refuseSynchronize(Module &M, FindingSet &Findings) {
  for (StringRef Name : {"cudaDeviceSynchronize", "__cudaDeviceSynchronizeDeprecationAvoidance",
                         "__cudaCDP2DeviceSynchronize"}) {
    Function *F = M.getFunction(Name);
    if (!F || !F->isDeclaration())
      continue;
    for (User *U : F->users())
      if (auto *Call = dyn_cast<CallBase>(U))
        Findings.add(Rule::UnresolvedDeviceSymbol, Name,
                     "a kernel cannot wait for those that it launches: CUDA 12 took '" + Name + "' out of device code; "
                     "launch what comes after them into the stream cudaStreamTailLaunch, (cudaStream_t)3",
                     Call);
  }
}

/// Where it is not told that device code is relocatable, cuda_device_runtime_api.h defines some of libcudadevrt's
/// functions itself, to return cudaErrorUnknown. A module that launches from the device is linked with the library.
void dropHeaderStubs(Module &M) {
  constexpr unsigned CudaErrorUnknown = 999;
  bool Launches = any_of(M, [](const Function &F) {
    const CudaDeviceFunction *Known = F.isDeclaration() && !F.use_empty() ? findCudaDeviceFunction(F.getName()) : nullptr;
    return Known && !Known->OnHost;
  });
  if (!Launches)
    return;
  for (Function &F : M) {
    if (F.size() != 1 || !F.getName().starts_with("__cudaCDP2") || !findCudaDeviceFunction(F.getName()))
      continue;
    auto *Return = dyn_cast<ReturnInst>(F.front().getTerminator());
    auto *Result = Return ? dyn_cast_or_null<ConstantInt>(Return->getReturnValue()) : nullptr;
    if (!Result || Result->getValue() != CudaErrorUnknown)
      continue;
    F.deleteBody();
    F.setComdat(nullptr);
    F.setLinkage(GlobalValue::ExternalLinkage);
    F.setVisibility(GlobalValue::DefaultVisibility);
  }
}

} // namespace

void bindCudaDeviceRuntime(Module &Device, FindingSet &Findings) {
  refuseSynchronize(Device, Findings);
  dropHeaderStubs(Device);
  Binder B(Device, Findings);
  std::vector<std::pair<Function *, std::string>> Declared; // binding one may rename another
  for (Function &F : Device)
    if (F.isDeclaration() && !F.use_empty() && findCudaDeviceFunction(F.getName()))
      Declared.push_back({&F, F.getName().str()});
  for (const auto &[F, Name] : Declared)
    if (StringRef(Name).ends_with("GetParameterBuffer"))
      B.bindToRuntime(*F, "p(pp)", "__cordon_parameter_buffer", -1);
    else if (StringRef Base = Name; (Base.consume_back("_ptsz"), Base.ends_with("LaunchDevice")))
      B.bindToRuntime(*F, "i(ppDDip)", "__cordon_launch_buffer", 0);
    else
      B.bind(*F, Name, *findCudaDeviceFunction(Name));
  for (StringRef Name : {"cudaLaunchKernel", "cudaLaunchKernel_ptsz"})
    if (Function *F = Device.getFunction(Name); F && F->isDeclaration())
      B.bindToRuntime(*F, "i(pDDppp)", "__cordon_launch_kernel", 0);
}

/// True if code or data of the module, not just a list of what to keep, names \p F.
static bool isNamed(const Function &F) {
  SmallVector<const User *, 8> Work(F.users());
  SmallPtrSet<const User *, 8> Seen;
  while (!Work.empty()) {
    const User *U = Work.pop_back_val();
    if (isa<Instruction>(U))
      return true;
    if (const auto *G = dyn_cast<GlobalVariable>(U)) {
      if (!G->getName().starts_with("llvm."))
        return true;
    } else if (Seen.insert(U).second)
      append_range(Work, U->users());
  }
  return false;
}

void defineKernelTable(Module &Device) {
  GlobalVariable *Declared = Device.getNamedGlobal("__cordon_kernels");
  if (!Declared || !Declared->isDeclaration())
    return;
  LLVMContext &C = Device.getContext();
  const DataLayout &DL = Device.getDataLayout();
  PointerType *Ptr = PointerType::get(C, 0);
  StructType *EntryTy = StructType::get(Ptr, Ptr);
  SmallVector<Constant *, 8> Entries;
  for (Function &K : Device) {
    if (!isKernel(K) || K.isDeclaration() || !isNamed(K))
      continue;
    // Parameters lie one behind the other, each at its alignment.
    SmallVector<uint32_t, 16> Layout = {uint32_t(K.arg_size())};
    uint64_t At = 0;
    for (const Argument &A : K.args()) {
      Type *T = A.hasByValAttr() ? A.getParamByValType() : A.getType();
      At = alignTo(At, std::max(A.getParamAlign().value_or(Align(1)), DL.getABITypeAlign(T)));
      Layout.push_back(At);
      Layout.push_back(DL.getTypeAllocSize(T));
      At += DL.getTypeAllocSize(T);
    }
    Constant *Init = ConstantDataArray::get(C, Layout);
    auto *G = new GlobalVariable(Device, Init->getType(), /*isConstant=*/true, GlobalValue::InternalLinkage, Init,
                                 "__cordon_layout");
    Entries.push_back(ConstantStruct::get(EntryTy, {&K, G}));
  }
  Entries.push_back(ConstantAggregateZero::get(EntryTy));
  ArrayType *T = ArrayType::get(EntryTy, Entries.size());
  auto *Table = new GlobalVariable(Device, T, /*isConstant=*/true, GlobalValue::InternalLinkage,
                                   ConstantArray::get(T, Entries), "");
  Table->takeName(Declared);
  Declared->replaceAllUsesWith(Table);
  Declared->eraseFromParent();
}

} // namespace cordon
