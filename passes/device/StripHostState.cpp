//===- device/StripHostState.cpp - what only the host's back end reads ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-strip-host-attributes`: removes host attributes, features, calling conventions, function metadata, operand
// bundles, prefix data, collectors, comdats, and calls of instrumentation. Each of them is an error of LLVM or ptxas on
// NVPTX, or means nothing there. Attributes that say something about the code itself stay.

#include "analysis/PTXAsm.h"
#include "device/Repairs.h"
#include "llvm/IR/AttributeMask.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

/// Text attributes are kept by name: host tools invent new ones all the time.
bool keepsTextAttribute(StringRef Kind) {
  for (StringRef Prefix : {"cordon.", "nvvm.", "nvptx", "no-builtin", "denormal-fp-math", "alloc-", "llvm.", "julia."})
    if (Kind.starts_with(Prefix))
      return true;
  return Kind.ends_with("-fp-math") || Kind == "no-trapping-math" || Kind == "less-precise-fpmad" ||
         Kind == "no-jump-tables" || Kind == "uniform-work-group-size";
}

constexpr Attribute::AttrKind HostKinds[] = {
    Attribute::StackProtect,     Attribute::StackProtectReq,    Attribute::StackProtectStrong,
    Attribute::SafeStack,        Attribute::ShadowCallStack,    Attribute::UWTable,
    Attribute::NonLazyBind,      Attribute::NoRedZone,          Attribute::NoImplicitFloat,
    Attribute::NoCfCheck,        Attribute::JumpTable,          Attribute::SanitizeAddress,
    Attribute::SanitizeThread,   Attribute::SanitizeMemory,     Attribute::SanitizeHWAddress,
    Attribute::SanitizeMemTag,   Attribute::SanitizeRealtime,   Attribute::SanitizeRealtimeBlocking,
    Attribute::SanitizeNumericalStability, Attribute::SanitizeType, Attribute::SanitizeAllocToken, Attribute::FnRetThunkExtern,
    Attribute::StackAlignment};
constexpr Attribute::AttrKind HostParamKinds[] = {Attribute::InReg, Attribute::SwiftSelf, Attribute::SwiftError,
                                                  Attribute::SwiftAsync, Attribute::Nest};

AttributeList cleaned(LLVMContext &C, AttributeList Attrs) {
  AttributeMask Mask;
  for (Attribute::AttrKind K : HostKinds)
    Mask.addAttribute(K);
  for (Attribute A : Attrs.getFnAttrs())
    if (A.isStringAttribute() && !keepsTextAttribute(A.getKindAsString()))
      Mask.addAttribute(A.getKindAsString());
  Attrs = Attrs.removeFnAttributes(C, Mask);
  for (unsigned I : Attrs.indexes())
    if (I != AttributeList::FunctionIndex)
      for (Attribute::AttrKind K : HostParamKinds)
        Attrs = Attrs.removeAttributeAtIndex(C, I, K);
  return Attrs;
}

bool isDeviceConvention(CallingConv::ID CC) {
  return CC == CallingConv::C || CC == CallingConv::Fast || CC == CallingConv::Cold ||
         CC == CallingConv::PTX_Kernel || CC == CallingConv::PTX_Device;
}

bool isHostBundle(StringRef Tag) {
  for (StringRef Host : {"kcfi", "ptrauth", "cfguardtarget", "gc-live", "gc-transition", "deopt",
                         "clang.arc.attachedcall"})
    if (Tag == Host)
      return true;
  return false;
}

/// Instrumentation and host-only bookkeeping without a result that anybody needs.
bool isInstrumentation(Intrinsic::ID ID) {
  switch (ID) {
  case Intrinsic::instrprof_callsite:
  case Intrinsic::instrprof_cover:
  case Intrinsic::instrprof_increment:
  case Intrinsic::instrprof_increment_step:
  case Intrinsic::instrprof_mcdc_parameters:
  case Intrinsic::instrprof_mcdc_tvbitmap_update:
  case Intrinsic::instrprof_timestamp:
  case Intrinsic::instrprof_value_profile:
  case Intrinsic::pseudoprobe:
  case Intrinsic::stackprotector:
  case Intrinsic::pcmarker:
  case Intrinsic::xray_customevent:
  case Intrinsic::xray_typedevent:
  case Intrinsic::codeview_annotation:
  case Intrinsic::var_annotation:
  case Intrinsic::clear_cache:
  case Intrinsic::experimental_stackmap:
  case Intrinsic::fake_use:
    return true;
  default:
    return false;
  }
}

/// What is left of a call that only annotates a value, or asks whether the code was built for a sanitizer; null if it is
/// no such call.
Value *plainValue(IntrinsicInst &II) {
  switch (II.getIntrinsicID()) {
  case Intrinsic::ptr_annotation:
  case Intrinsic::annotation:
    return II.getArgOperand(0);
  case Intrinsic::allow_sanitize_address:
  case Intrinsic::allow_sanitize_hwaddress:
  case Intrinsic::allow_sanitize_memory:
  case Intrinsic::allow_sanitize_thread:
    return ConstantInt::getFalse(II.getType());
  case Intrinsic::experimental_widenable_condition:
    return ConstantInt::getTrue(II.getType());
  default:
    return nullptr;
  }
}

bool stripCall(CallBase &CB) {
  bool Changed = false;
  LLVMContext &C = CB.getContext();
  AttributeList Attrs = cleaned(C, CB.getAttributes());
  if (Attrs != CB.getAttributes()) {
    CB.setAttributes(Attrs);
    Changed = true;
  }
  // A call whose convention differs from its callee's is undefined, and InstCombine deletes the code.
  const Function *Callee = CB.getCalledFunction();
  if (!isDeviceConvention(CB.getCallingConv())) {
    CB.setCallingConv(CallingConv::C);
    Changed = true;
  }
  if (Callee && Callee->getCallingConv() != CB.getCallingConv() &&
      Callee->getCallingConv() != CallingConv::PTX_Kernel) {
    CB.setCallingConv(Callee->getCallingConv());
    Changed = true;
  }
  return Changed;
}

/// clang for a host with dialects writes braces as alternatives, of which the back end prints the first, without braces.
/// In PTX they are scopes and vectors: `{ .reg .pred p; ... }`, `{%0, %1}`.
std::string plainBraces(StringRef Asm) {
  std::string Text = Asm.str();
  for (StringRef Written : {"$(", "$|", "$)"})
    for (size_t At = 0; (At = Text.find(Written, At)) != std::string::npos; ++At)
      Text.replace(At, 2, 1, Written == "$(" ? '{' : Written == "$)" ? '}' : '|');
  return foreignMnemonic(Text).empty() ? Text : Asm.str();
}

/// Rust writes inline assembly in Intel's dialect on x86, and LLVM would announce it to ptxas.
bool stripDialect(CallBase &CB) {
  auto *Asm = dyn_cast<InlineAsm>(CB.getCalledOperand());
  if (!Asm)
    return false;
  std::string Text = plainBraces(Asm->getAsmString());
  if (Asm->getDialect() == InlineAsm::AD_ATT && Asm->getAsmString() == Text)
    return false;
  CB.setCalledOperand(InlineAsm::get(Asm->getFunctionType(), Text, Asm->getConstraintString(), Asm->hasSideEffects(),
                                     Asm->isAlignStack(), InlineAsm::AD_ATT, Asm->canThrow()));
  return true;
}

bool stripBundles(CallBase &CB) {
  SmallVector<OperandBundleDef, 2> Kept;
  CB.getOperandBundlesAsDefs(Kept);
  size_t Before = Kept.size();
  erase_if(Kept, [](const OperandBundleDef &B) { return isHostBundle(B.getTag()); });
  if (Kept.size() == Before)
    return false;
  CallBase *New = CallBase::Create(&CB, Kept, CB.getIterator());
  New->takeName(&CB);
  New->copyMetadata(CB);
  CB.replaceAllUsesWith(New);
  CB.eraseFromParent();
  return true;
}

bool stripBody(Function &F) {
  bool Changed = false;
  for (Instruction &I : make_early_inc_range(instructions(F))) {
    if (auto *II = dyn_cast<IntrinsicInst>(&I)) {
      if (isInstrumentation(II->getIntrinsicID())) {
        II->eraseFromParent();
        Changed = true;
        continue;
      }
      if (Value *Plain = plainValue(*II)) {
        II->replaceAllUsesWith(Plain);
        II->eraseFromParent();
        Changed = true;
        continue;
      }
    }
    if (auto *CB = dyn_cast<CallBase>(&I)) {
      Changed |= stripCall(*CB) | stripDialect(*CB);
      Changed |= CB->hasOperandBundles() && stripBundles(*CB);
    }
  }
  return Changed;
}

bool stripFunction(Function &F) {
  bool Changed = false;
  AttributeList Attrs = cleaned(F.getContext(), F.getAttributes());
  if (Attrs != F.getAttributes() && !F.isIntrinsic()) {
    F.setAttributes(Attrs);
    Changed = true;
  }
  if (!isDeviceConvention(F.getCallingConv())) {
    F.setCallingConv(CallingConv::C);
    Changed = true;
  }
  if (F.hasGC()) {
    F.clearGC();
    Changed = true;
  }
  if (F.hasPrefixData()) {
    F.setPrefixData(nullptr);
    Changed = true;
  }
  if (F.hasPrologueData()) {
    F.setPrologueData(nullptr);
    Changed = true;
  }
  SmallVector<std::pair<unsigned, MDNode *>, 4> MDs;
  F.getAllMetadata(MDs);
  for (auto &[Kind, Node] : MDs)
    if (Kind != LLVMContext::MD_dbg && Kind != LLVMContext::MD_prof) {
      F.eraseMetadata(Kind);
      Changed = true;
    }
  return Changed | stripBody(F);
}

} // namespace

bool stripHostState(Module &M, FindingSet &) {
  bool Changed = false;
  // clang's annotate() has been read by now.
  if (GlobalVariable *Annotations = M.getNamedGlobal("llvm.global.annotations")) {
    Annotations->eraseFromParent();
    Changed = true;
  }
  // Callees first: a call takes its callee's convention.
  for (Function &F : M)
    if (!isDeviceConvention(F.getCallingConv())) {
      F.setCallingConv(CallingConv::C);
      Changed = true;
    }
  for (Function &F : M)
    Changed |= stripFunction(F);
  for (GlobalObject &GO : M.global_objects()) {
    if (GO.hasComdat()) {
      GO.setComdat(nullptr);
      Changed = true;
    }
    if (GO.hasPartition()) {
      GO.setPartition("");
      Changed = true;
    }
    if (GO.hasSanitizerMetadata()) {
      GO.removeSanitizerMetadata();
      Changed = true;
    }
    if (GO.getDLLStorageClass() != GlobalValue::DefaultStorageClass) {
      GO.setDLLStorageClass(GlobalValue::DefaultStorageClass);
      Changed = true;
    }
  }
  return Changed;
}

} // namespace cordon
