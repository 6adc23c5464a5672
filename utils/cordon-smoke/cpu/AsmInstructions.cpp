//===- cpu/AsmInstructions.cpp - what each PTX instruction means ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function for each family of the PTX ISA's instruction set. A false result means: not known, refuse.
//===----------------------------------------------------------------------===//

#include "LowerAsm.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/Intrinsics.h"

using namespace llvm;

namespace cordon::smoke::cpu {

bool AsmLowering::instruction(const PtxStatement &S) {
  if (control(S) || collective(S))
    return true;
  Type *T = typeOf(S.last());
  bool Signed = S.last().starts_with("s");
  if (S.Parts[0] == "cvt")
    return convert(S);
  if (S.Parts[0] == "cvta") { // one address space
    Value *V = S.Operands.size() == 2 ? readBits(S.Operands[1], B.getInt64Ty()) : nullptr;
    return V && write(S.Operands[0], V, false);
  }
  if (!T || S.Operands.size() < 2)
    return false;
  if (compare(S, T, Signed) || memory(S, T, Signed) || atomic(S, T, Signed))
    return true;
  if (T->isFPOrFPVectorTy())
    return floating(S, T);
  return arithmetic(S, T, Signed) || wideMultiply(S, T, Signed) || bits(S, T, Signed);
}

bool AsmLowering::arithmetic(const PtxStatement &S, Type *T, bool Signed) {
  StringRef Op = S.Parts[0];
  if (S.has("cc") || Op == "addc" || Op == "subc" || Op == "madc") { // carry in a register of its own
    slot("%cc", 1);
    bool Multiply = Op.starts_with("mad");
    Value *X = read(S.Operands[1], T), *Y = S.Operands.size() >= 3 ? read(S.Operands[2], T) : nullptr;
    if (!X || !Y || S.Operands.size() != (Multiply ? 4u : 3u))
      return false;
    if (Multiply) { // the low or high half of the product, then an addition
      unsigned W = T->getIntegerBitWidth();
      Type *Double = B.getIntNTy(2 * W);
      auto Ext = [&](Value *V) { return Signed ? B.CreateSExt(V, Double) : B.CreateZExt(V, Double); };
      Value *Product = B.CreateMul(Ext(X), Ext(Y));
      X = B.CreateTrunc(S.has("hi") ? B.CreateLShr(Product, W) : Product, T);
      Y = read(S.Operands[3], T);
    }
    if (!Y || (!Multiply && !Op.starts_with("add") && !Op.starts_with("sub")))
      return false;
    Type *Wide = B.getIntNTy(T->getIntegerBitWidth() + 1);
    Value *Carry = Op.ends_with("c") ? read("%cc", B.getInt1Ty()) : B.getFalse();
    bool Add = !Op.starts_with("sub");
    Value *V = Add ? B.CreateAdd(B.CreateZExt(X, Wide), B.CreateZExt(Y, Wide))
                   : B.CreateSub(B.CreateZExt(X, Wide), B.CreateZExt(Y, Wide));
    V = Add ? B.CreateAdd(V, B.CreateZExt(Carry, Wide)) : B.CreateSub(V, B.CreateZExt(Carry, Wide));
    if (S.has("cc") && !write("%cc", B.CreateTrunc(B.CreateLShr(V, T->getIntegerBitWidth()), B.getInt1Ty()), false))
      return false;
    return write(S.Operands[0], B.CreateTrunc(V, T), false);
  }
  if (S.has("wide") || S.has("hi") || Op == "mad" || Op == "mad24" || S.has("sat"))
    return false;
  Value *X = read(S.Operands[1], T);
  bool Shift = Op == "shl" || Op == "shr";
  Value *Y = S.Operands.size() == 3 ? read(S.Operands[2], Shift ? B.getInt32Ty() : T) : nullptr;
  if (!X || (S.Operands.size() == 3 && !Y) || S.Operands.size() > 3)
    return false;
  if (!Y) {
    Value *V = nullptr;
    if (Op == "mov")
      V = X;
    else if (Op == "not")
      V = B.CreateNot(X);
    else if (Op == "neg")
      V = B.CreateNeg(X);
    else if (Op == "abs")
      V = B.CreateIntrinsic(Intrinsic::abs, {T}, {X, B.getFalse()});
    else if (Op == "cnot")
      V = B.CreateZExt(B.CreateICmpEQ(X, ConstantInt::get(T, 0)), T);
    return V && write(S.Operands[0], V, Signed);
  }
  if (Shift) { // amounts beyond the width clamp
    unsigned W = T->getIntegerBitWidth();
    Value *Wide = B.CreateZExtOrTrunc(B.CreateBinaryIntrinsic(Intrinsic::umin, Y, B.getInt32(W - 1)), T);
    Value *Over = B.CreateICmpUGE(Y, B.getInt32(W));
    Value *V = Op == "shl" ? B.CreateShl(X, Wide) : Signed ? B.CreateAShr(X, Wide) : B.CreateLShr(X, Wide);
    if (Op == "shl" || !Signed)
      V = B.CreateSelect(Over, ConstantInt::get(T, 0), V);
    return write(S.Operands[0], V, Signed);
  }
  if (Op == "min" || Op == "max") {
    Intrinsic::ID ID = Op == "min" ? (Signed ? Intrinsic::smin : Intrinsic::umin)
                                   : (Signed ? Intrinsic::smax : Intrinsic::umax);
    return write(S.Operands[0], B.CreateBinaryIntrinsic(ID, X, Y), Signed);
  }
  auto Code = StringSwitch<unsigned>(Op)
                  .Case("add", Instruction::Add)
                  .Case("sub", Instruction::Sub)
                  .Case("mul", Instruction::Mul)
                  .Case("div", Signed ? Instruction::SDiv : Instruction::UDiv)
                  .Case("rem", Signed ? Instruction::SRem : Instruction::URem)
                  .Case("and", Instruction::And)
                  .Case("or", Instruction::Or)
                  .Case("xor", Instruction::Xor)
                  .Default(0);
  return Code && write(S.Operands[0], B.CreateBinOp(Instruction::BinaryOps(Code), X, Y), Signed);
}

/// mul and mad with .wide, .hi or .lo.
bool AsmLowering::wideMultiply(const PtxStatement &S, Type *T, bool Signed) {
  StringRef Op = S.Parts[0];
  if ((Op != "mul" && Op != "mad") || S.has("sat") || S.Operands.size() != (Op == "mad" ? 4u : 3u))
    return false;
  unsigned W = T->getIntegerBitWidth();
  Type *Wide = B.getIntNTy(2 * W);
  Value *X = read(S.Operands[1], T), *Y = read(S.Operands[2], T);
  if (!X || !Y)
    return false;
  auto Ext = [&](Value *V) { return Signed ? B.CreateSExt(V, Wide) : B.CreateZExt(V, Wide); };
  Value *V = B.CreateMul(Ext(X), Ext(Y));
  if (S.has("hi"))
    V = B.CreateTrunc(B.CreateLShr(V, W), T);
  else if (!S.has("wide"))
    V = B.CreateTrunc(V, T);
  if (Op == "mad") {
    Value *Z = read(S.Operands[3], V->getType());
    if (!Z)
      return false;
    V = B.CreateAdd(V, Z);
  }
  return write(S.Operands[0], V, Signed);
}

bool AsmLowering::bits(const PtxStatement &S, Type *T, bool Signed) {
  StringRef Op = S.Parts[0];
  auto In = [&](unsigned I, Type *Ty) -> Value * { return I < S.Operands.size() ? read(S.Operands[I], Ty) : nullptr; };
  Type *I32 = B.getInt32Ty();
  Value *X = In(1, T);
  if (!X)
    return false;
  unsigned W = T->getIntegerBitWidth();
  if (Op == "popc")
    return write(S.Operands[0], B.CreateZExtOrTrunc(B.CreateUnaryIntrinsic(Intrinsic::ctpop, X), I32), false);
  if (Op == "clz")
    return write(S.Operands[0],
                 B.CreateZExtOrTrunc(B.CreateIntrinsic(Intrinsic::ctlz, {T}, {X, B.getFalse()}), I32), false);
  if (Op == "brev")
    return write(S.Operands[0], B.CreateUnaryIntrinsic(Intrinsic::bitreverse, X), false);
  if (Op == "bfind") {
    Value *V = Signed ? B.CreateXor(X, B.CreateAShr(X, W - 1)) : X;
    Value *Z = B.CreateZExtOrTrunc(B.CreateIntrinsic(Intrinsic::ctlz, {T}, {V, B.getFalse()}), I32);
    Value *R = S.has("shiftamt") ? Z : B.CreateSub(B.getInt32(W - 1), Z);
    return write(S.Operands[0],
                 B.CreateSelect(B.CreateICmpEQ(V, ConstantInt::get(T, 0)), B.getInt32(~0u), R), false);
  }
  Value *Y = In(2, Op == "bfe" ? I32 : T), *Z = In(3, Op == "bfe" || Op == "bfi" ? I32 : T);
  if (!Y || !Z)
    return false;
  if (Op == "bfe") {
    Type *Wide = B.getIntNTy(2 * W);
    auto Amount = [&](Value *V) { // 8 bits count; beyond the width is the width
      V = B.CreateAnd(V, 0xff);
      return B.CreateZExt(B.CreateBinaryIntrinsic(Intrinsic::umin, V, B.getInt32(W)), Wide);
    };
    Value *V = B.CreateLShr(Signed ? B.CreateSExt(X, Wide) : B.CreateZExt(X, Wide), Amount(Y));
    Value *Up = B.CreateSub(ConstantInt::get(Wide, 2 * W), Amount(Z));
    Value *Safe = B.CreateBinaryIntrinsic(Intrinsic::umin, Up, ConstantInt::get(Wide, 2 * W - 1));
    V = B.CreateShl(V, Safe);
    V = Signed ? B.CreateAShr(V, Safe) : B.CreateLShr(V, Safe);
    V = B.CreateSelect(B.CreateICmpEQ(Amount(Z), ConstantInt::get(Wide, 0)), ConstantInt::get(Wide, 0), V);
    return write(S.Operands[0], B.CreateTrunc(V, T), Signed);
  }
  if (Op == "bfi") {
    Value *Length = In(4, I32);
    if (!Length)
      return false;
    Type *Wide = B.getIntNTy(2 * W);
    auto Amount = [&](Value *V) {
      return B.CreateZExt(B.CreateBinaryIntrinsic(Intrinsic::umin, B.CreateAnd(V, 0xff), B.getInt32(W)), Wide);
    };
    Value *Ones = B.CreateSub(B.CreateShl(ConstantInt::get(Wide, 1), Amount(Length)), ConstantInt::get(Wide, 1));
    Value *Mask = B.CreateTrunc(B.CreateShl(Ones, Amount(Z)), T);
    Value *Field = B.CreateTrunc(B.CreateShl(B.CreateZExt(X, Wide), Amount(Z)), T);
    return write(S.Operands[0], B.CreateOr(B.CreateAnd(Y, B.CreateNot(Mask)), B.CreateAnd(Field, Mask)), false);
  }
  if (Op == "sad") {
    Value *Less = Signed ? B.CreateICmpSLT(X, Y) : B.CreateICmpULT(X, Y);
    Value *V = B.CreateSelect(Less, B.CreateSub(Y, X), B.CreateSub(X, Y));
    return write(S.Operands[0], B.CreateAdd(V, Z), Signed);
  }
  if (Op == "prmt") {
    int Mode = StringSwitch<int>(S.last()).Case("f4e", 1).Case("b4e", 2).Case("rc8", 3).Case("ecl", 4).Case("ecr", 5)
                   .Case("rc16", 6).Default(0);
    FunctionCallee C = service(*F.getParent(), "__cordon_cpu_prmt", I32, {I32, I32, I32, I32});
    return write(S.Operands[0], B.CreateCall(C, {B.getInt32(Mode), X, Y, Z}), false);
  }
  if (Op == "lop3") {
    Value *Table = In(4, I32);
    auto *C = dyn_cast_or_null<ConstantInt>(Table);
    if (!C)
      return false;
    Value *V = ConstantInt::get(T, 0);
    for (unsigned I = 0; I < 8; ++I)
      if (C->getZExtValue() >> I & 1)
        V = B.CreateOr(V, B.CreateAnd(B.CreateAnd(I & 4 ? X : B.CreateNot(X), I & 2 ? Y : B.CreateNot(Y)),
                                      I & 1 ? Z : B.CreateNot(Z)));
    return write(S.Operands[0], V, false);
  }
  if (Op == "shf") {
    Value *Amount = S.has("clamp") ? B.CreateBinaryIntrinsic(Intrinsic::umin, Z, B.getInt32(32)) : B.CreateAnd(Z, 31);
    Type *I64 = B.getInt64Ty();
    Value *Pair = B.CreateOr(B.CreateShl(B.CreateZExt(Y, I64), 32), B.CreateZExt(X, I64));
    Amount = B.CreateZExt(Amount, I64);
    Value *V = S.has("l") ? B.CreateLShr(B.CreateShl(Pair, Amount), 32) : B.CreateLShr(Pair, Amount);
    return write(S.Operands[0], B.CreateTrunc(V, I32), false);
  }
  if (Op == "dp4a") {
    Value *Sum = Z;
    bool SignedA = S.Parts.size() > 1 && S.Parts[1] == "s32";
    for (unsigned I = 0; I < 4; ++I) {
      auto Field = [&](Value *V, bool Sign) {
        V = B.CreateTrunc(B.CreateLShr(V, 8 * I), B.getInt8Ty());
        return Sign ? B.CreateSExt(V, I32) : B.CreateZExt(V, I32);
      };
      Sum = B.CreateAdd(Sum, B.CreateMul(Field(X, SignedA), Field(Y, Signed)));
    }
    return write(S.Operands[0], Sum, true);
  }
  return false;
}

bool AsmLowering::compare(const PtxStatement &S, Type *T, bool Signed) {
  StringRef Op = S.Parts[0];
  if (Op == "selp" || Op == "slct") {
    Value *X = read(S.Operands[1], T), *Y = read(S.Operands[2], T);
    Value *C = Op == "selp" && S.Operands.size() == 4 ? read(S.Operands[3], B.getInt1Ty()) : nullptr;
    return X && Y && C && write(S.Operands[0], B.CreateSelect(C, X, Y), false);
  }
  if ((Op != "setp" && Op != "set") || S.Operands.size() < 3 || S.Parts.size() < 3)
    return false;
  Value *X = read(S.Operands[1], T), *Y = read(S.Operands[2], T);
  if (!X || !Y)
    return false;
  StringRef Cmp = S.Parts[1];
  CmpInst::Predicate Pred;
  if (T->isFPOrFPVectorTy())
    Pred = StringSwitch<CmpInst::Predicate>(Cmp)
               .Case("eq", CmpInst::FCMP_OEQ).Case("ne", CmpInst::FCMP_ONE).Case("lt", CmpInst::FCMP_OLT)
               .Case("le", CmpInst::FCMP_OLE).Case("gt", CmpInst::FCMP_OGT).Case("ge", CmpInst::FCMP_OGE)
               .Case("equ", CmpInst::FCMP_UEQ).Case("neu", CmpInst::FCMP_UNE).Case("ltu", CmpInst::FCMP_ULT)
               .Case("leu", CmpInst::FCMP_ULE).Case("gtu", CmpInst::FCMP_UGT).Case("geu", CmpInst::FCMP_UGE)
               .Case("num", CmpInst::FCMP_ORD).Case("nan", CmpInst::FCMP_UNO)
               .Default(CmpInst::BAD_FCMP_PREDICATE);
  else
    Pred = StringSwitch<CmpInst::Predicate>(Cmp)
               .Case("eq", CmpInst::ICMP_EQ).Case("ne", CmpInst::ICMP_NE)
               .Cases({"lt", "lo"}, Signed ? CmpInst::ICMP_SLT : CmpInst::ICMP_ULT)
               .Cases({"le", "ls"}, Signed ? CmpInst::ICMP_SLE : CmpInst::ICMP_ULE)
               .Cases({"gt", "hi"}, Signed ? CmpInst::ICMP_SGT : CmpInst::ICMP_UGT)
               .Cases({"ge", "hs"}, Signed ? CmpInst::ICMP_SGE : CmpInst::ICMP_UGE)
               .Default(CmpInst::BAD_ICMP_PREDICATE);
  if (Pred == CmpInst::BAD_FCMP_PREDICATE || Pred == CmpInst::BAD_ICMP_PREDICATE || T->isVectorTy())
    return false;
  Value *V = B.CreateCmp(Pred, X, Y);
  if (S.Operands.size() == 4) { // combined with a predicate
    Value *C = read(S.Operands[3], B.getInt1Ty());
    if (!C)
      return false;
    V = S.has("and") ? B.CreateAnd(V, C) : S.has("or") ? B.CreateOr(V, C) : B.CreateXor(V, C);
  }
  if (Op == "set")
    return write(S.Operands[0], B.CreateSExt(V, B.getInt32Ty()), true);
  auto [First, Second] = StringRef(S.Operands[0]).split('|');
  return write(First, V, false) && (Second.empty() || write(Second, B.CreateNot(V), false));
}

/// cvt[.rounding][.ftz][.sat].to.from
bool AsmLowering::convert(const PtxStatement &S) {
  if (S.Parts.size() < 3 || S.Operands.size() != 2)
    return false;
  StringRef ToName = S.Parts[S.Parts.size() - 2], FromName = S.last();
  Type *To = typeOf(ToName), *From = typeOf(FromName);
  Value *V = To && From && !To->isVectorTy() && !From->isVectorTy() ? read(S.Operands[1], From) : nullptr;
  if (!V)
    return false;
  bool ToSigned = ToName.starts_with("s"), FromSigned = FromName.starts_with("s");
  if (From->isIntegerTy() && To->isIntegerTy()) {
    if (S.has("sat"))
      return false;
    V = FromSigned ? B.CreateSExtOrTrunc(V, To) : B.CreateZExtOrTrunc(V, To);
    return write(S.Operands[0], V, ToSigned);
  }
  if (From->isFloatingPointTy()) {
    auto Round = StringSwitch<Intrinsic::ID>(S.Parts[1])
                     .Case("rni", Intrinsic::roundeven).Case("rzi", Intrinsic::trunc).Case("rmi", Intrinsic::floor)
                     .Case("rpi", Intrinsic::ceil).Default(Intrinsic::not_intrinsic);
    if (Round != Intrinsic::not_intrinsic)
      V = B.CreateUnaryIntrinsic(Round, V);
    if (To->isIntegerTy()) {
      if (Round == Intrinsic::not_intrinsic)
        return false;
      V = B.CreateIntrinsic(ToSigned ? Intrinsic::fptosi_sat : Intrinsic::fptoui_sat, {To, From}, {V});
      return write(S.Operands[0], V, ToSigned);
    }
  }
  bool Directed = S.has("rz") || S.has("rm") || S.has("rp") || S.has("rna");
  if (Directed || S.has("relu") || S.has("satfinite"))
    return false;
  if (From->isIntegerTy())
    V = FromSigned ? B.CreateSIToFP(V, To) : B.CreateUIToFP(V, To);
  else
    V = B.CreateFPCast(V, To);
  if (S.has("sat"))
    V = B.CreateBinaryIntrinsic(Intrinsic::minnum,
                                B.CreateBinaryIntrinsic(Intrinsic::maxnum, V, Constant::getNullValue(To)),
                                ConstantFP::get(To, 1.0));
  return write(S.Operands[0], V, false);
}

bool AsmLowering::floating(const PtxStatement &S, Type *T) {
  StringRef Op = S.Parts[0];
  if (S.has("rz") || S.has("rm") || S.has("rp") || S.has("relu"))
    return false;
  auto Flush = [&](Value *V) {
    if (!S.has("ftz") || !T->isFloatTy())
      return V;
    Value *Tiny = B.CreateFCmpOLT(B.CreateUnaryIntrinsic(Intrinsic::fabs, V), ConstantFP::get(T, 0x1p-126));
    return B.CreateSelect(Tiny, B.CreateBinaryIntrinsic(Intrinsic::copysign, Constant::getNullValue(T), V), V);
  };
  SmallVector<Value *, 3> In;
  for (unsigned I = 1; I < S.Operands.size(); ++I) {
    Value *V = read(S.Operands[I], T);
    if (!V)
      return false;
    In.push_back(Op == "mov" ? V : Flush(V));
  }
  Value *V = nullptr;
  Value *One = ConstantFP::get(T, 1.0);
  if (In.size() == 1) {
    auto ID = StringSwitch<Intrinsic::ID>(Op)
                  .Case("abs", Intrinsic::fabs).Case("sqrt", Intrinsic::sqrt).Case("sin", Intrinsic::sin)
                  .Case("cos", Intrinsic::cos).Case("ex2", Intrinsic::exp2).Case("lg2", Intrinsic::log2)
                  .Case("tanh", Intrinsic::tanh).Default(Intrinsic::not_intrinsic);
    if (ID != Intrinsic::not_intrinsic)
      V = B.CreateUnaryIntrinsic(ID, In[0]);
    else if (Op == "mov")
      V = In[0];
    else if (Op == "neg")
      V = B.CreateFNeg(In[0]);
    else if (Op == "rcp")
      V = B.CreateFDiv(One, In[0]);
    else if (Op == "rsqrt")
      V = B.CreateFDiv(One, B.CreateUnaryIntrinsic(Intrinsic::sqrt, In[0]));
  } else if (In.size() == 2) {
    bool NaN = S.has("NaN");
    if (Op == "add")
      V = B.CreateFAdd(In[0], In[1]);
    else if (Op == "sub")
      V = B.CreateFSub(In[0], In[1]);
    else if (Op == "mul")
      V = B.CreateFMul(In[0], In[1]);
    else if (Op == "div")
      V = B.CreateFDiv(In[0], In[1]);
    else if (Op == "min")
      V = B.CreateBinaryIntrinsic(NaN ? Intrinsic::minimum : Intrinsic::minimumnum, In[0], In[1]);
    else if (Op == "max")
      V = B.CreateBinaryIntrinsic(NaN ? Intrinsic::maximum : Intrinsic::maximumnum, In[0], In[1]);
    else if (Op == "copysign")
      V = B.CreateBinaryIntrinsic(Intrinsic::copysign, In[1], In[0]);
  } else if (In.size() == 3 && (Op == "fma" || Op == "mad")) {
    V = B.CreateIntrinsic(Intrinsic::fma, {T}, {In[0], In[1], In[2]});
  }
  if (!V)
    return false;
  V = Op == "mov" ? V : Flush(V);
  if (S.has("sat"))
    V = B.CreateBinaryIntrinsic(Intrinsic::minnum,
                                B.CreateBinaryIntrinsic(Intrinsic::maxnum, V, Constant::getNullValue(T)), One);
  return write(S.Operands[0], V, false);
}

} // namespace cordon::smoke::cpu
