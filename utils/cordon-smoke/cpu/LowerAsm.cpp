//===- cpu/LowerAsm.cpp - inline PTX to IR --------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each PTX register becomes a stack slot, so that guards and branches need no phi nodes; optimization makes values of
// them. An instruction that is not known makes the whole assembly refused, by its name.
//===----------------------------------------------------------------------===//

#include "LowerAsm.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace cordon::smoke::cpu {

Type *AsmLowering::typeOf(StringRef T) {
  return StringSwitch<Type *>(T)
      .Case("pred", B.getInt1Ty())
      .Cases({"b8", "u8", "s8"}, B.getInt8Ty())
      .Cases({"b16", "u16", "s16"}, B.getInt16Ty())
      .Cases({"b32", "u32", "s32"}, B.getInt32Ty())
      .Cases({"b64", "u64", "s64"}, B.getInt64Ty())
      .Case("b128", B.getInt128Ty())
      .Case("f16", B.getHalfTy())
      .Case("bf16", B.getBFloatTy())
      .Case("f16x2", FixedVectorType::get(B.getHalfTy(), 2))
      .Case("bf16x2", FixedVectorType::get(B.getBFloatTy(), 2))
      .Case("f32", B.getFloatTy())
      .Case("f64", B.getDoubleTy())
      .Default(nullptr);
}

AllocaInst *AsmLowering::slot(StringRef Name, unsigned Bits) {
  AllocaInst *&S = Slots[Name.str()];
  if (!S) {
    BasicBlock &Entry = F.getEntryBlock();
    IRBuilder<> E(&Entry, Entry.getFirstInsertionPt());
    S = E.CreateAlloca(E.getIntNTy(Bits));
  }
  return S;
}

/// A literal as bits of type \p T; null if \p Text is none.
static Constant *literal(StringRef Text, Type *T) {
  unsigned Bits = T->getPrimitiveSizeInBits();
  bool Negative = Text.consume_front("-");
  uint64_t V;
  if (Text.starts_with("0f") || Text.starts_with("0F") || Text.starts_with("0d") || Text.starts_with("0D")) {
    if (Text.drop_front(2).getAsInteger(16, V))
      return nullptr;
  } else if (T->isFloatingPointTy() && Text.contains('.')) {
    APFloat F(T->getFltSemantics());
    auto R = F.convertFromString(Text, APFloat::rmNearestTiesToEven);
    if (!R) {
      consumeError(R.takeError());
      return nullptr;
    }
    V = F.bitcastToAPInt().getZExtValue();
  } else {
    Text.consume_back("U");
    if (Text.getAsInteger(0, V))
      return nullptr;
    if (T->isFloatingPointTy()) {
      APFloat F(T->getFltSemantics());
      F.convertFromAPInt(APInt(64, V), false, APFloat::rmNearestTiesToEven);
      V = F.bitcastToAPInt().getZExtValue();
    }
  }
  APInt A(64, V);
  if (Negative) {
    if (T->isFloatingPointTy())
      A.flipBit(Bits - 1);
    else
      A = -A;
  }
  return ConstantInt::get(IntegerType::get(T->getContext(), Bits), A.sextOrTrunc(Bits));
}

/// The bits of an operand, as wide as \p T; null if it is no operand that can be read.
Value *AsmLowering::readBits(StringRef Name, Type *T) {
  unsigned Bits = T->getPrimitiveSizeInBits();
  Type *IntTy = B.getIntNTy(Bits);
  bool Not = Name.consume_front("!");
  if (Name.starts_with("{")) { // {low, high}
    SmallVector<StringRef, 4> Elements;
    Name.drop_front().drop_back().split(Elements, ',');
    Type *Part = B.getIntNTy(Bits / Elements.size());
    Value *V = ConstantInt::get(IntTy, 0);
    for (unsigned I = 0; I < Elements.size(); ++I) {
      Value *E = readBits(Elements[I].trim(), Part);
      if (!E)
        return nullptr;
      V = B.CreateOr(V, B.CreateShl(B.CreateZExt(E, IntTy), I * Part->getIntegerBitWidth()));
    }
    return V;
  }
  bool Register = Slots.find(Name) != Slots.end();
  if (!Register && (Name.starts_with("%") || Name == "WARP_SZ"))
    if (Value *V = specialRegister(P, B, Name.ltrim('%'), Call))
      return B.CreateZExtOrTrunc(V, IntTy);
  auto It = Slots.find(Name);
  if (It == Slots.end())
    return literal(Name, T);
  Value *V = B.CreateLoad(It->second->getAllocatedType(), It->second);
  if (Not)
    V = B.CreateNot(V);
  return B.CreateZExtOrTrunc(V, IntTy);
}

Value *AsmLowering::read(StringRef Name, Type *T) {
  Value *V = readBits(Name, T);
  return V && V->getType() != T ? B.CreateBitCast(V, T) : V;
}

bool AsmLowering::write(StringRef Name, Value *V, bool Signed) {
  if (Name == "_")
    return true;
  unsigned Bits = V->getType()->getPrimitiveSizeInBits();
  if (!V->getType()->isIntegerTy())
    V = B.CreateBitCast(V, B.getIntNTy(Bits));
  if (Name.starts_with("{")) {
    SmallVector<StringRef, 4> Elements;
    Name.drop_front().drop_back().split(Elements, ',');
    unsigned Part = Bits / Elements.size();
    for (unsigned I = 0; I < Elements.size(); ++I)
      if (!write(Elements[I].trim(), B.CreateTrunc(B.CreateLShr(V, I * Part), B.getIntNTy(Part)), false))
        return false;
    return true;
  }
  auto It = Slots.find(Name);
  if (It == Slots.end())
    return false;
  Type *T = It->second->getAllocatedType();
  B.CreateStore(Signed ? B.CreateSExtOrTrunc(V, T) : B.CreateZExtOrTrunc(V, T), It->second);
  return true;
}

/// [register+offset], where a register of 32 bits is an address in shared memory.
Value *AsmLowering::address(StringRef Name) {
  if (!Name.consume_front("[") || !Name.consume_back("]"))
    return nullptr;
  auto [Base, Offset] = Name.split('+');
  Value *V = readBits(Base.trim(), B.getInt64Ty());
  int64_t Bytes = 0;
  if (!V || (!Offset.empty() && Offset.trim().getAsInteger(0, Bytes)))
    return nullptr;
  return B.CreateIntToPtr(Bytes ? B.CreateAdd(V, B.getInt64(Bytes)) : V, B.getPtrTy());
}

bool AsmLowering::statement(const PtxStatement &S) {
  if (S.Opcode == ".reg") {
    Type *T = typeOf(S.Parts[0]);
    for (StringRef Name : S.Operands) {
      auto [Stem, Count] = Name.split('<');
      unsigned N = 0;
      if (Count.empty())
        slot(Stem, T ? unsigned(T->getPrimitiveSizeInBits()) : 32);
      else if (!Count.drop_back().getAsInteger(10, N))
        for (unsigned I = 0; I < N && I < 256; ++I)
          slot((Stem + Twine(I)).str(), T ? unsigned(T->getPrimitiveSizeInBits()) : 32);
    }
    return T != nullptr;
  }
  if (S.Parts[0] == "bra") {
    BasicBlock *Target = Labels.lookup(S.Operands.empty() ? "" : S.Operands[0]);
    if (!Target)
      return false;
    BasicBlock *Next = BasicBlock::Create(F.getContext(), "", &F, After);
    if (S.Guard.empty()) {
      B.CreateBr(Target);
    } else {
      Value *G = read(S.Guard, B.getInt1Ty());
      if (!G)
        return false;
      // A branch back may wait for another thread.
      P.Waits[&F] = true;
      FunctionCallee Poll = service(*F.getParent(), "__cordon_cpu_poll", B.getVoidTy(), {B.getPtrTy()});
      B.CreateCall(Poll, {contextOf(F)});
      B.CreateCondBr(S.GuardNegated ? B.CreateNot(G) : G, Target, Next);
    }
    B.SetInsertPoint(Next);
    return true;
  }
  if (S.Guard.empty())
    return instruction(S);
  Value *G = read(S.Guard, B.getInt1Ty());
  if (!G)
    return false;
  BasicBlock *Then = BasicBlock::Create(F.getContext(), "", &F, After);
  BasicBlock *Next = BasicBlock::Create(F.getContext(), "", &F, After);
  B.CreateCondBr(S.GuardNegated ? B.CreateNot(G) : G, Then, Next);
  B.SetInsertPoint(Then);
  if (!instruction(S))
    return false;
  B.CreateBr(Next);
  B.SetInsertPoint(Next);
  return true;
}

bool AsmLowering::bindOperands(const InlineAsm &Asm) {
  unsigned Number = 0, Arg = 0, Out = 0;
  auto *Struct = dyn_cast<StructType>(Call.getType());
  for (const InlineAsm::ConstraintInfo &C : Asm.ParseConstraints()) {
    if (C.Type == InlineAsm::isClobber || C.Type == InlineAsm::isLabel)
      continue;
    std::string Name = "$" + std::to_string(Number++);
    if (C.isIndirect)
      return false;
    if (C.Type == InlineAsm::isOutput) {
      Type *T = Struct ? Struct->getElementType(Out) : Call.getType();
      ++Out;
      slot(Name, T->isPointerTy() ? 64 : unsigned(T->getPrimitiveSizeInBits()));
      Outputs.push_back({Name, T});
      continue;
    }
    Value *V = Call.getArgOperand(Arg++);
    if (V->getType()->isPointerTy())
      V = B.CreatePtrToInt(V, B.getInt64Ty());
    unsigned Bits = V->getType()->getPrimitiveSizeInBits();
    if (!V->getType()->isIntegerTy())
      V = B.CreateBitCast(V, B.getIntNTy(Bits));
    // An input that is tied to an output is in that output's register.
    if (C.hasMatchingInput())
      return false;
    StringRef Code = C.Codes.empty() ? "" : StringRef(C.Codes[0]);
    unsigned Tied;
    if (!Code.getAsInteger(10, Tied)) {
      B.CreateStore(B.CreateZExtOrTrunc(V, slot("$" + std::to_string(Tied), Bits)->getAllocatedType()),
                    slot("$" + std::to_string(Tied), Bits));
      Slots[Name] = slot("$" + std::to_string(Tied), Bits);
      continue;
    }
    B.CreateStore(V, slot(Name, Bits));
  }
  return true;
}

std::string AsmLowering::run(Value *&Result) {
  auto *Asm = cast<InlineAsm>(Call.getCalledOperand());
  std::vector<PtxStatement> Statements = parsePtx(Asm->getAsmString());
  BasicBlock *Before = Call.getParent();
  After = SplitBlock(Before, &Call);
  Before->getTerminator()->eraseFromParent();
  B.SetInsertPoint(Before);
  B.SetCurrentDebugLocation(Call.getDebugLoc());
  std::string Problem;
  if (!bindOperands(*Asm))
    Problem = Asm->getConstraintString().str();
  for (const PtxStatement &S : Statements)
    if (!S.Label.empty())
      Labels[S.Label] = BasicBlock::Create(F.getContext(), "", &F, After);
  for (const PtxStatement &S : Statements) {
    if (!Problem.empty())
      break;
    if (!S.Label.empty()) {
      B.CreateBr(Labels[S.Label]);
      B.SetInsertPoint(Labels[S.Label]);
    } else if (!statement(S)) {
      Problem = S.Opcode;
    }
  }
  for (auto &[Name, Block] : Labels)
    if (!Problem.empty() && Block->empty() && Block != B.GetInsertBlock())
      new UnreachableInst(F.getContext(), Block);
  if (!B.GetInsertBlock()->getTerminator())
    B.CreateBr(After);
  B.SetInsertPoint(&Call);
  if (!Problem.empty())
    return Problem;
  Value *All = nullptr;
  for (unsigned I = 0; I < Outputs.size(); ++I) {
    auto [Name, T] = Outputs[I];
    Value *V = B.CreateLoad(Slots[Name]->getAllocatedType(), Slots[Name]);
    V = T->isPointerTy() ? B.CreateIntToPtr(V, T) : V->getType() != T ? B.CreateBitCast(V, T) : V;
    if (Call.getType()->isStructTy())
      All = B.CreateInsertValue(All ? All : PoisonValue::get(Call.getType()), V, I);
    else
      All = V;
  }
  Result = All;
  return "";
}

std::string lowerInlineAsm(Program &P, CallBase &Call, Value *&Result) { return AsmLowering(P, Call).run(Result); }

} // namespace cordon::smoke::cpu
