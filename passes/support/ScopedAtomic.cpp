//===- support/ScopedAtomic.cpp - atomics with a scope in PTX -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX ISA, "Parallel Synchronization and Communication Instructions: atom, red": atom{.scope}{.space}.op.type d, [a], b.

#include "support/ScopedAtomic.h"
#include "llvm/IR/InlineAsm.h"

using namespace llvm;

namespace cordon {
namespace {

constexpr unsigned GlobalSpace = 1;

struct Spelling {
  StringRef Name; ///< empty: PTX has none
  char Kind;      ///< letter of the type: b, u, s, f
};

Spelling spellingOf(AtomicRMWInst::BinOp Op) {
  switch (Op) {
  case AtomicRMWInst::FAdd:
    return {"add", 'f'};
  case AtomicRMWInst::Add:
  case AtomicRMWInst::Sub:
    return {"add", 'u'};
  case AtomicRMWInst::Xchg:
    return {"exch", 'b'};
  case AtomicRMWInst::And:
    return {"and", 'b'};
  case AtomicRMWInst::Or:
    return {"or", 'b'};
  case AtomicRMWInst::Xor:
    return {"xor", 'b'};
  case AtomicRMWInst::Max:
    return {"max", 's'};
  case AtomicRMWInst::Min:
    return {"min", 's'};
  case AtomicRMWInst::UMax:
    return {"max", 'u'};
  case AtomicRMWInst::UMin:
    return {"min", 'u'};
  case AtomicRMWInst::UIncWrap:
    return {"inc", 'u'};
  case AtomicRMWInst::UDecWrap:
    return {"dec", 'u'};
  default:
    return {"", 0};
  }
}

/// The constraint letter of a value's register.
char registerOf(Type *Ty) {
  if (Ty->isFloatTy())
    return 'f';
  if (Ty->isDoubleTy())
    return 'd';
  return Ty->isIntegerTy(64) ? 'l' : 'r';
}

/// What goes into the register: floats and pointers are exchanged as integers.
Type *operandType(AtomicRMWInst::BinOp Op, Type *Ty, const DataLayout &DL) {
  if (Op == AtomicRMWInst::FAdd || Ty->isIntegerTy())
    return Ty;
  return IntegerType::get(Ty->getContext(), DL.getTypeSizeInBits(Ty));
}

std::string textOf(AtomicRMWInst::BinOp Op, StringRef Scope, Type *Ty, bool Global, bool Result) {
  Spelling S = spellingOf(Op);
  return (Twine(Result ? "atom." : "red.") + Scope + (Global ? ".global." : ".") + S.Name + "." + Twine(S.Kind) +
          Twine(Ty->getPrimitiveSizeInBits().getFixedValue()) + (Result ? " $0, [$1], $2;" : " [$0], $1;"))
      .str();
}

} // namespace

bool hasScopedAtomic(const AtomicRMWInst &AI) {
  Type *Ty = AI.getType();
  uint64_t Bits = AI.getDataLayout().getTypeSizeInBits(Ty).getFixedValue();
  if (AI.getAlign().value() * 8 < Bits || spellingOf(AI.getOperation()).Name.empty())
    return false;
  switch (AI.getOperation()) {
  case AtomicRMWInst::FAdd:
    return Ty->isFloatTy() || Ty->isDoubleTy();
  case AtomicRMWInst::UIncWrap:
  case AtomicRMWInst::UDecWrap:
    return Bits == 32;
  default:
    return !Ty->isVectorTy() && (Bits == 32 || Bits == 64);
  }
}

Value *createScopedAtomic(IRBuilderBase &B, AtomicRMWInst::BinOp Op, StringRef Scope, Value *Ptr, Value *V, bool Used) {
  Type *Ty = operandType(Op, V->getType(), B.GetInsertBlock()->getDataLayout());
  bool Global = Ptr->getType()->getPointerAddressSpace() == GlobalSpace;
  bool Result = Used || Op == AtomicRMWInst::Xchg;
  Type *Original = V->getType();
  V = B.CreateBitOrPointerCast(V, Ty);
  if (Op == AtomicRMWInst::Sub)
    V = B.CreateNeg(V);
  std::string Register(1, registerOf(Ty));
  std::string Constraints = (Result ? "=" + Register + "," : "") + "l," + Register + ",~{memory}";
  auto *FT = FunctionType::get(Result ? Ty : B.getVoidTy(), {Ptr->getType(), Ty}, false);
  Value *R = B.CreateCall(
      InlineAsm::get(FT, textOf(Op, Scope, Ty, Global, Result), Constraints, /*hasSideEffects=*/true), {Ptr, V});
  return Result ? B.CreateBitOrPointerCast(R, Original) : R;
}

bool isScopedAtomic(const CallBase &Call, AtomicRMWInst::BinOp Op, StringRef Scope) {
  auto *Asm = dyn_cast<InlineAsm>(Call.getCalledOperand());
  return Asm && Call.arg_size() == 2 && Call.getType() == Call.getArgOperand(1)->getType() &&
         Call.getArgOperand(0)->getType()->isPointerTy() && Call.getType()->isIntOrPtrTy() &&
         Asm->getAsmString() == textOf(Op, Scope, Call.getType(), /*Global=*/false, /*Result=*/true);
}

} // namespace cordon
