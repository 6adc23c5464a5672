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
  // Managed variables too: LLVM's call of __cudaRegisterManagedVar does not fit this CUDA version.
  uint32_t Flags = offloading::OffloadGlobalEntry;
  if (E.Flags & Entry::Constant)
    Flags |= offloading::OffloadGlobalConstant;
  if (E.Flags & Entry::Extern)
    Flags |= offloading::OffloadGlobalExtern;
  return Flags;
}

/// The driver puts a managed variable where both sides reach it; the symbol's address on the device is the host's, too.
///
/// static void ready(void **pointer) { if (!*pointer) cudaGetSymbolAddress(pointer, pointer); }
static Function *createReady(Module &M) {
  LLVMContext &C = M.getContext();
  auto *Ptr = PointerType::getUnqual(C);
  Function *Ready = createInternalFunction(M, "cordon.managed.ready", {Ptr});
  BasicBlock *First = BasicBlock::Create(C, "", Ready), *Done = BasicBlock::Create(C, "", Ready);
  IRBuilder<> B(&Ready->getEntryBlock());
  Value *Pointer = Ready->getArg(0);
  B.CreateCondBr(B.CreateIsNull(B.CreateLoad(Ptr, Pointer)), First, Done);
  B.SetInsertPoint(First);
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
    prepareManaged(R, createReady(M));
  for (const Entry &E : R.Entries)
    offloading::emitOffloadingEntry(M, object::OFK_Cuda,
                                    ConstantExpr::getPointerBitCastOrAddrSpaceCast(
                                        E.Host, PointerType::getUnqual(M.getContext())),
                                    E.DeviceName, E.Size, offloadFlags(E), /*Data=*/0);
  return true;
}

} // namespace cordon
