//===- embed/OffloadEntries.cpp - LLVM's way to carry device code ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Device bitcode in `.llvm.offloading` as LLVM's OffloadBinary, and an entry in `llvm_offload_entries` for each kernel and
// variable: stock `clang --offload-link` links across files, optimizes, assembles and registers.

#include "embed/Registration.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Frontend/Offloading/Utility.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Object/OffloadBinary.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace cordon {

static uint32_t offloadFlags(const Entry &E) {
  if (E.Kind == Entry::Kernel)
    return offloading::OffloadGlobalEntry;
  // Managed variables too: LLVM's call of __cudaRegisterManagedVar does not fit this CUDA version; libcordonrt mends it.
  uint32_t Flags = offloading::OffloadGlobalEntry;
  if (E.Flags & Entry::Constant)
    Flags |= offloading::OffloadGlobalConstant;
  if (E.Flags & Entry::Extern)
    Flags |= offloading::OffloadGlobalExtern;
  return Flags;
}

/// libcordonrt registers what this section names as managed, and fills the pointer. Without it the symbol's address on the
/// device is what there is: the driver puts a managed variable where both sides reach it.
///
/// static struct cordon_managed record __attribute__((section("cordon_managed"), retain)) = {&pointer, 0};
/// static void ready(void **pointer) {
///   if (*pointer) return;
///   if (__cordon_managed_ready) __cordon_managed_ready(pointer);
///   if (!*pointer) cudaGetSymbolAddress(pointer, pointer);
/// }
static Function *createReady(Module &M, const Registration &R) {
  LLVMContext &C = M.getContext();
  auto *Ptr = PointerType::getUnqual(C);
  auto *RecordType = StructType::get(Ptr, Ptr);
  SmallVector<GlobalValue *, 8> Records;
  for (const Entry &E : R.Entries) {
    if (!E.isManaged())
      continue;
    Constant *Fields = ConstantStruct::get(RecordType, {E.Host, ConstantPointerNull::get(Ptr)});
    auto *Record = new GlobalVariable(M, RecordType, /*isConstant=*/false, GlobalValue::InternalLinkage, Fields,
                                      ".cordon.managed");
    Record->setSection("cordon_managed");
    Record->setAlignment(Align(8));
    Records.push_back(Record);
  }
  appendToUsed(M, Records);
  Function *Ready = createInternalFunction(M, "cordon.managed.ready", {Ptr});
  Value *Pointer = Ready->getArg(0);
  auto MakeBlock = [&] { return BasicBlock::Create(C, "", Ready); };
  BasicBlock *First = MakeBlock(), *Ask = MakeBlock(), *Check = MakeBlock(), *Address = MakeBlock(), *Done = MakeBlock();
  IRBuilder<> B(&Ready->getEntryBlock());
  B.CreateCondBr(B.CreateIsNull(B.CreateLoad(Ptr, Pointer)), First, Done);
  B.SetInsertPoint(First);
  Function *Runtime = declareHostRuntime(M, "__cordon_managed_ready", /*TakesImage=*/true, R.HostRuntime);
  B.CreateCondBr(Runtime->hasExternalWeakLinkage() ? B.CreateIsNotNull(Runtime) : B.getTrue(), Ask, Check);
  B.SetInsertPoint(Ask);
  B.CreateCall(Runtime, {Pointer});
  B.CreateBr(Check);
  B.SetInsertPoint(Check);
  B.CreateCondBr(B.CreateIsNull(B.CreateLoad(Ptr, Pointer)), Address, Done);
  B.SetInsertPoint(Address);
  B.CreateCall(M.getOrInsertFunction("cudaGetSymbolAddress",
                                     FunctionType::get(Type::getInt32Ty(C), {Ptr, Ptr}, false)),
               {Pointer, Pointer});
  B.CreateBr(Done);
  B.SetInsertPoint(Done);
  B.CreateRetVoid();
  return Ready;
}

bool emitOffloadEntries(Module &M, const Registration &R, FindingSet &Findings) {
  if (identify_magic(R.Image.getBuffer()) != file_magic::bitcode) {
    Findings.fail("as=offload embeds device bitcode, and '" + R.Image.getBufferIdentifier() +
                  "' is none; pass the linked device module, or use as=cuda for a fat binary");
    return false;
  }
  for (const GPUArch &A : R.Archs) {
    // The linker wrapper links once for each architecture that it finds, and makes a cubin and PTX of it.
    object::OffloadBinary::OffloadingImage Image;
    std::string Arch = A.smName();
    Image.TheImageKind = object::IMG_Bitcode;
    Image.TheOffloadKind = object::OFK_Cuda;
    Image.StringData["triple"] = "nvptx64-nvidia-cuda";
    Image.StringData["arch"] = Arch;
    Image.Image = MemoryBuffer::getMemBuffer(R.Image, /*RequiresNullTerminator=*/false);
    SmallString<0> Binary = object::OffloadBinary::write(Image);
    embedBufferInModule(M, MemoryBufferRef(Binary, ""), ".llvm.offloading",
                        Align(object::OffloadBinary::getAlignment()));
  }
  if (R.HasState)
    registerWithHostRuntime(M, R);
  if (R.hasManaged())
    prepareManaged(R, createReady(M, R));
  for (const Entry &E : R.Entries)
    offloading::emitOffloadingEntry(M, object::OFK_Cuda,
                                    ConstantExpr::getPointerBitCastOrAddrSpaceCast(
                                        E.Host, PointerType::getUnqual(M.getContext())),
                                    E.DeviceName, E.Size, offloadFlags(E), /*Data=*/0);
  return true;
}

} // namespace cordon
