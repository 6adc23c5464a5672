//===- embed/CudaRegistration.cpp - __cudaRegisterFatBinary and kin -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits what clang emits for CUDA code that is not relocatable: a constructor of the module's own that registers the
// module's own entries. LLVM's wrapCudaBinary walks a section that all files of a program share, so that each image would
// register the other files' kernels too.

#include "cordon/abi/hostrt.h"
#include "embed/Registration.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace cordon {
/// if (NAME) NAME(&record);
static void callHostRuntime(IRBuilder<> &B, StringRef Name, GlobalVariable *Record,
                            EmbedOptions::HostRuntimeKind Kind) {
  Function *Parent = B.GetInsertBlock()->getParent();
  LLVMContext &C = Parent->getContext();
  Function *F = declareHostRuntime(*Parent->getParent(), Name, /*TakesImage=*/true, Kind);
  if (!F->hasExternalWeakLinkage()) {
    B.CreateCall(F, {Record});
    return;
  }
  BasicBlock *Call = BasicBlock::Create(C, "", Parent);
  BasicBlock *After = BasicBlock::Create(C, "", Parent);
  B.CreateCondBr(B.CreateIsNotNull(F), Call, After);
  B.SetInsertPoint(Call);
  B.CreateCall(F, {Record});
  B.CreateBr(After);
  B.SetInsertPoint(After);
}

Function *createInternalFunction(Module &M, const Twine &Name, ArrayRef<Type *> Params) {
  Function *F = Function::createWithDefaultAttr(FunctionType::get(Type::getVoidTy(M.getContext()), Params, false),
                                                GlobalValue::InternalLinkage,
                                                M.getDataLayout().getProgramAddressSpace(), Name, &M);
  F->addFnAttr(Attribute::NoUnwind);
  BasicBlock::Create(M.getContext(), "", F);
  return F;
}

namespace {

class CudaRegistration {
public:
  CudaRegistration(Module &M, const Registration &R)
      : M(M), R(R), C(M.getContext()), Void(Type::getVoidTy(C)), I32(Type::getInt32Ty(C)),
        I64(M.getDataLayout().getIntPtrType(C)), Ptr(PointerType::getUnqual(C)) {}
  void run();

private:
  GlobalVariable *createWrapper();
  void registerEntries(IRBuilder<> &B, Value *Handle);
  Constant *nameOf(StringRef Name);
  Function *createReady(GlobalVariable *Handle);
  Function *createDestructor(GlobalVariable *Handle, GlobalVariable *Record);

  Module &M;
  const Registration &R;
  LLVMContext &C;
  Type *Void, *I32, *I64;
  PointerType *Ptr;
  StringMap<Constant *> Names;
};

/// static const char fatbin[] __attribute__((section(".nv_fatbin"), aligned(16))) = {...};
/// static const struct { int magic, version; const void *image; void *unused; } wrapper
///     __attribute__((section(".nvFatBinSegment"))) = {0x466243b1, 1, fatbin, 0};
GlobalVariable *CudaRegistration::createWrapper() {
  Constant *Bytes = ConstantDataArray::getRaw(R.Image.getBuffer(), R.Image.getBufferSize(), Type::getInt8Ty(C));
  auto *Image = new GlobalVariable(M, Bytes->getType(), /*isConstant=*/true, GlobalValue::InternalLinkage, Bytes,
                                   ".cordon.fatbin");
  Image->setSection(".nv_fatbin");
  Image->setAlignment(Align(16));
  GlobalValue::SanitizerMetadata Plain; // others read these: no red zones
  Plain.NoAddress = Plain.NoHWAddress = true;
  Image->setSanitizerMetadata(Plain);
  auto *Type = StructType::get(I32, I32, Ptr, Ptr);
  Constant *Fields = ConstantStruct::get(Type, {ConstantInt::get(I32, 0x466243b1), ConstantInt::get(I32, 1), Image,
                                                ConstantPointerNull::get(Ptr)});
  auto *Wrapper = new GlobalVariable(M, Type, /*isConstant=*/true, GlobalValue::InternalLinkage, Fields,
                                     ".cordon.fatbin.wrapper");
  Wrapper->setSection(".nvFatBinSegment");
  Wrapper->setAlignment(Align(8));
  Wrapper->setSanitizerMetadata(Plain);
  return Wrapper;
}

Constant *CudaRegistration::nameOf(StringRef Name) {
  Constant *&G = Names[Name];
  if (!G) {
    Constant *Text = ConstantDataArray::getString(C, Name);
    auto *Var = new GlobalVariable(M, Text->getType(), /*isConstant=*/true, GlobalValue::PrivateLinkage, Text,
                                   ".cordon.name");
    Var->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
    G = Var;
  }
  return G;
}

/// __cudaRegisterFunction(handle, &stub, "name", "name", -1, 0, 0, 0, 0, 0);
/// __cudaRegisterVar(handle, &shadow, "name", "name", ext, size, constant, 0);
/// __cudaRegisterManagedVar(handle, &pointer, "name", "name", ext, size, constant, 0);
void CudaRegistration::registerEntries(IRBuilder<> &B, Value *Handle) {
  FunctionCallee RegisterFunction = M.getOrInsertFunction(
      "__cudaRegisterFunction", FunctionType::get(I32, {Ptr, Ptr, Ptr, Ptr, I32, Ptr, Ptr, Ptr, Ptr, Ptr}, false));
  auto *VariableType = FunctionType::get(Void, {Ptr, Ptr, Ptr, Ptr, I32, I64, I32, I32}, false);
  Constant *Null = ConstantPointerNull::get(Ptr);
  for (const Entry &E : R.Entries) {
    Constant *Host = ConstantExpr::getPointerBitCastOrAddrSpaceCast(E.Host, Ptr);
    Constant *Name = nameOf(E.DeviceName);
    if (E.Kind == Entry::Kernel) {
      B.CreateCall(RegisterFunction,
                   {Handle, Host, Name, Name, ConstantInt::getSigned(I32, -1), Null, Null, Null, Null, Null});
      continue;
    }
    FunctionCallee RegisterVariable = M.getOrInsertFunction(
        E.isManaged() ? "__cudaRegisterManagedVar" : "__cudaRegisterVar", VariableType);
    B.CreateCall(RegisterVariable, {Handle, Host, Name, Name, ConstantInt::get(I32, (E.Flags & Entry::Extern) != 0),
                                    ConstantInt::get(I64, E.Size), ConstantInt::get(I32, (E.Flags & Entry::Constant) != 0),
                                    ConstantInt::get(I32, 0)});
  }
}

/// Managed variables are host memory as soon as the module is initialized, and not before; a program that names none
/// does not start the GPU.
///
/// static void ready(void *) { if (!initialized) initialized = __cudaInitModule(handle); }
Function *CudaRegistration::createReady(GlobalVariable *Handle) {
  auto *I8 = Type::getInt8Ty(C);
  auto *Initialized = new GlobalVariable(M, I8, /*isConstant=*/false, GlobalValue::InternalLinkage,
                                         ConstantInt::get(I8, 0), ".cordon.managed.ready");
  Function *Ready = createInternalFunction(M, "cordon.managed.ready", {Ptr});
  BasicBlock *First = BasicBlock::Create(C, "", Ready), *Done = BasicBlock::Create(C, "", Ready);
  IRBuilder<> B(&Ready->getEntryBlock());
  B.CreateCondBr(B.CreateIsNull(B.CreateLoad(I8, Initialized)), First, Done);
  B.SetInsertPoint(First);
  FunctionCallee Init = M.getOrInsertFunction("__cudaInitModule", FunctionType::get(I8, {Ptr}, false));
  B.CreateStore(B.CreateCall(Init, {B.CreateLoad(Ptr, Handle)}), Initialized);
  B.CreateBr(Done);
  B.SetInsertPoint(Done);
  B.CreateRetVoid();
  return Ready;
}

/// static void dtor(void) { __cordon_unregister_image(&record); __cudaUnregisterFatBinary(handle); }
Function *CudaRegistration::createDestructor(GlobalVariable *Handle, GlobalVariable *Record) {
  Function *Destructor = createInternalFunction(M, "cordon.module.dtor");
  IRBuilder<> B(&Destructor->getEntryBlock());
  if (Record)
    callHostRuntime(B, "__cordon_unregister_image", Record, R.HostRuntime);
  B.CreateCall(M.getOrInsertFunction("__cudaUnregisterFatBinary", FunctionType::get(Void, {Ptr}, false)),
               {B.CreateLoad(Ptr, Handle)});
  B.CreateRetVoid();
  return Destructor;
}

/// static void ctor(void) {
///   handle = __cudaRegisterFatBinary(&wrapper);
///   ...the entries...
///   __cudaRegisterFatBinaryEnd(handle);
///   __cordon_register_image(&record);
///   atexit(dtor);
/// }
void CudaRegistration::run() {
  GlobalVariable *Wrapper = createWrapper();
  auto *Handle = new GlobalVariable(M, Ptr, /*isConstant=*/false, GlobalValue::InternalLinkage,
                                    ConstantPointerNull::get(Ptr), ".cordon.fatbin.handle");
  GlobalVariable *Record = R.HasState ? createImageRecord(M, R.Entries.back().Host) : nullptr;
  Function *Constructor = createInternalFunction(M, "cordon.module.ctor");
  IRBuilder<> B(&Constructor->getEntryBlock());
  Value *Registered = B.CreateCall(
      M.getOrInsertFunction("__cudaRegisterFatBinary", FunctionType::get(Ptr, {Ptr}, false)), {Wrapper});
  B.CreateStore(Registered, Handle);
  registerEntries(B, Registered);
  if (R.hasManaged())
    prepareManaged(R, createReady(Handle));
  B.CreateCall(M.getOrInsertFunction("__cudaRegisterFatBinaryEnd", FunctionType::get(Void, {Ptr}, false)),
               {Registered});
  if (Record)
    callHostRuntime(B, "__cordon_register_image", Record, R.HostRuntime);
  // A destructor in llvm.global_dtors would run after the CUDA runtime has gone.
  B.CreateCall(M.getOrInsertFunction("atexit", FunctionType::get(I32, {Ptr}, false)),
               {createDestructor(Handle, Record)});
  B.CreateRetVoid();
  // Before the program's own constructors, which may launch; 101 is the first that is not the implementation's.
  appendToGlobalCtors(M, Constructor, 101);
}

} // namespace

void registerWithCuda(Module &M, const Registration &R) { CudaRegistration(M, R).run(); }

void registerWithHostRuntime(Module &M, const Registration &R) {
  GlobalVariable *Record = createImageRecord(M, R.Entries.back().Host);
  Function *Constructor = createInternalFunction(M, "cordon.module.ctor");
  Function *Destructor = createInternalFunction(M, "cordon.module.dtor");
  IRBuilder<> B(&Constructor->getEntryBlock());
  callHostRuntime(B, "__cordon_register_image", Record, R.HostRuntime);
  B.CreateRetVoid();
  B.SetInsertPoint(&Destructor->getEntryBlock());
  callHostRuntime(B, "__cordon_unregister_image", Record, R.HostRuntime);
  B.CreateRetVoid();
  appendToGlobalCtors(M, Constructor, 101);
  appendToGlobalDtors(M, Destructor, 101);
}

GlobalVariable *createImageRecord(Module &M, Constant *State) {
  LLVMContext &C = M.getContext();
  auto *I32 = Type::getInt32Ty(C);
  auto *I64 = Type::getInt64Ty(C);
  auto *Ptr = PointerType::getUnqual(C);
  Constant *Text = ConstantDataArray::getString(C, M.getSourceFileName());
  auto *Name = new GlobalVariable(M, Text->getType(), /*isConstant=*/true, GlobalValue::PrivateLinkage, Text,
                                  ".cordon.name");
  auto *Type = StructType::get(I32, I32, Ptr, Ptr, Ptr, I64);
  Constant *Fields = ConstantStruct::get(Type, {ConstantInt::get(I32, CORDON_ABI_VERSION), ConstantInt::get(I32, 0), State,
                                                Name, ConstantPointerNull::get(Ptr), ConstantInt::get(I64, 0)});
  return new GlobalVariable(M, Type, /*isConstant=*/false, GlobalValue::InternalLinkage, Fields, ".cordon.image");
}

Function *declareHostRuntime(Module &M, StringRef Name, bool TakesImage, EmbedOptions::HostRuntimeKind Kind) {
  LLVMContext &C = M.getContext();
  SmallVector<Type *, 1> Params;
  if (TakesImage)
    Params.push_back(PointerType::getUnqual(C));
  FunctionCallee Callee = M.getOrInsertFunction(Name, FunctionType::get(Type::getVoidTy(C), Params, false));
  auto *F = cast<Function>(Callee.getCallee());
  if (F->isDeclaration() && Kind == EmbedOptions::HostRuntimeKind::Weak)
    F->setLinkage(GlobalValue::ExternalWeakLinkage);
  return F;
}

} // namespace cordon
