//===- quarantine/StubCalls.cpp - "was called on the host" ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "quarantine/StubCalls.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

AttributeSet hostAttributes(const Function &F) {
  AttrBuilder B(F.getContext());
  for (StringRef Kind : {"target-cpu", "target-features", "tune-cpu", "target-abi", "frame-pointer",
                         "sign-return-address", "sign-return-address-key", "branch-target-enforcement",
                         "guarded-control-stack", "branch-protection-pauth-lr", "zero-call-used-regs"})
    if (F.hasFnAttribute(Kind))
      B.addAttribute(F.getFnAttribute(Kind));
  for (Attribute::AttrKind Kind : {Attribute::UWTable, Attribute::NoCfCheck})
    if (F.hasFnAttribute(Kind))
      B.addAttribute(F.getFnAttribute(Kind));
  return AttributeSet::get(F.getContext(), B);
}

Constant *StubCalls::text(StringRef Text) {
  auto *Data = ConstantDataArray::getString(C, Text);
  auto *GV = new GlobalVariable(M, Data->getType(), true, GlobalValue::PrivateLinkage, Data, "cordon.message");
  GV->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
  return GV;
}

/// A libc function. A local of that name would be taken for it: give it another one.
FunctionCallee StubCalls::libc(StringRef Name, FunctionType *Type) {
  if (GlobalValue *V = M.getNamedValue(Name); V && V->hasLocalLinkage())
    V->setName(Name + ".local");
  return M.getOrInsertFunction(Name, Type);
}

Function *StubCalls::helper(const Function &Like) {
  if (Helper)
    return Helper;
  Type *Ptr = PointerType::getUnqual(C), *Size = M.getDataLayout().getIntPtrType(C), *Int = Type::getInt32Ty(C),
       *Void = Type::getVoidTy(C);
  Helper = Function::Create(FunctionType::get(Void, {Ptr, Size}, false), GlobalValue::InternalLinkage,
                            "cordon.called_on_host", M);
  AttrBuilder B(C, hostAttributes(Like));
  B.removeAttribute(Attribute::UWTable);
  Helper->addFnAttrs(B);
  for (Attribute::AttrKind Kind : {Attribute::NoInline, Attribute::Cold, Attribute::NoReturn, Attribute::NoUnwind})
    Helper->addFnAttr(Kind);
  IRBuilder<> IR(BasicBlock::Create(C, "", Helper));
  FunctionCallee Write = libc("write", FunctionType::get(Size, {Int, Ptr, Size}, false));
  FunctionCallee Abort = libc("abort", FunctionType::get(Void, false));
  IR.CreateCall(Write, {ConstantInt::get(Int, 2), Helper->getArg(0), Helper->getArg(1)});
  IR.CreateCall(Abort)->setDoesNotReturn();
  IR.CreateUnreachable();
  return Helper;
}

void StubCalls::emit(IRBuilder<> &IR, StringRef Name) {
  std::string Message = ("cordon: device function '" + Name + "' was called on the host").str();
  using K = QuarantineOptions::StubKind;
  if (Opts.Stub == K::Abort) {
    Message += '\n';
    Function *To = helper(*IR.GetInsertBlock()->getParent());
    IR.CreateCall(To, {text(Message), ConstantInt::get(To->getArg(1)->getType(), Message.size())});
    return;
  }
  if (Opts.Stub == K::Call)
    IR.CreateCall(M.getOrInsertFunction(Opts.StubSymbol, FunctionType::get(IR.getVoidTy(), {IR.getPtrTy()}, false)),
                  {text(Message)});
  IR.CreateIntrinsic(IR.getVoidTy(), Intrinsic::trap, {});
}

} // namespace cordon
