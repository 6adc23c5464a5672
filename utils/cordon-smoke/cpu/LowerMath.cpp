//===- cpu/LowerMath.cpp - arithmetic intrinsics of NVVM ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names are read as the PTX ISA builds them: operation, rounding, .ftz, .sat, type. Where IEEE 754 fixes the result it
// is computed exactly, directed rounding included; the approximate functions use the host's, which are more accurate.
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/Intrinsics.h"
#include <cstddef>

using namespace llvm;

namespace cordon::smoke::cpu {
namespace {

/// An intrinsic's name taken apart: "fma.rz.ftz.sat.f" has the operation "fma" and the words rz, ftz, sat, f.
struct MathName {
  StringRef Op;
  SmallVector<StringRef, 6> Words;
  bool has(StringRef W) const { return is_contained(Words, W); }
  /// Rounding as the services take it: nearest, zero, minus, plus; -1 where none is named.
  int rounding() const {
    for (StringRef W : Words) {
      int R = StringSwitch<int>(W).Case("rn", 0).Case("rz", 1).Case("rm", 2).Case("rp", 3).Default(-1);
      if (R >= 0)
        return R;
    }
    return -1;
  }
};

MathName parse(StringRef Name) {
  MathName N;
  SmallVector<StringRef, 8> Parts;
  Name.split(Parts, '.');
  N.Op = Parts.front();
  N.Words.append(Parts.begin() + 1, Parts.end());
  return N;
}

class MathLowering {
public:
  MathLowering(CallBase &C, const MathName &N) : Call(C), N(N), B(&C) {}

  Value *arg(unsigned I) {
    Value *V = Call.getArgOperand(I);
    return N.has("ftz") ? flush(V) : V;
  }

  Value *flush(Value *V) {
    Type *T = V->getType();
    if (!T->getScalarType()->isFloatTy())
      return V;
    Value *Tiny = B.CreateFCmpOLT(B.CreateUnaryIntrinsic(Intrinsic::fabs, V), ConstantFP::get(T, 0x1p-126));
    Value *Zero = B.CreateBinaryIntrinsic(Intrinsic::copysign, Constant::getNullValue(T), V);
    return B.CreateSelect(Tiny, Zero, V);
  }

  Value *saturate(Value *V) {
    Type *T = V->getType();
    V = B.CreateBinaryIntrinsic(Intrinsic::maxnum, V, Constant::getNullValue(T)); // NaN becomes 0
    return B.CreateBinaryIntrinsic(Intrinsic::minnum, V, ConstantFP::get(T, 1.0));
  }

  Value *finish(Value *V) {
    if (N.has("ftz"))
      V = flush(V);
    if (N.has("sat"))
      V = saturate(V);
    if (N.has("relu")) {
      Value *NaN = B.CreateFCmpUNO(V, V);
      V = B.CreateSelect(NaN, ConstantFP::getQNaN(V->getType()),
                         B.CreateBinaryIntrinsic(Intrinsic::maxnum, V, Constant::getNullValue(V->getType())));
    }
    return V;
  }

  /// Directed rounding of +, *, /, sqrt and fma by the host's rounding mode.
  Value *rounded(unsigned Op, Value *X, Value *Y, Value *Z) {
    Type *T = X->getType();
    bool Double = T->isDoubleTy();
    FunctionCallee S = service(*Call.getModule(), Double ? "__cordon_cpu_round_f64" : "__cordon_cpu_round_f32", T,
                               {B.getInt32Ty(), B.getInt32Ty(), T, T, T});
    Value *Zero = Constant::getNullValue(T);
    return B.CreateCall(S, {B.getInt32(Op), B.getInt32(N.rounding()), X, Y ? Y : Zero, Z ? Z : Zero});
  }

  Value *arithmetic() {
    bool Directed = N.rounding() > 0;
    auto Op = StringSwitch<int>(N.Op).Case("add", 0).Case("mul", 1).Case("div", 2).Case("sqrt", 3).Case("fma", 4)
                  .Case("rcp", 5).Default(-1);
    if (Op < 0 || !Call.getType()->isFPOrFPVectorTy())
      return nullptr;
    if (Directed && !Call.getType()->isFloatTy() && !Call.getType()->isDoubleTy())
      return nullptr;
    Value *X = arg(0);
    Value *One = ConstantFP::get(X->getType(), 1.0);
    switch (Op) {
    case 0:
      return finish(Directed ? rounded(0, X, arg(1), nullptr) : B.CreateFAdd(X, arg(1)));
    case 1:
      return finish(Directed ? rounded(1, X, arg(1), nullptr) : B.CreateFMul(X, arg(1)));
    case 2:
      return finish(Directed ? rounded(2, X, arg(1), nullptr) : B.CreateFDiv(X, arg(1)));
    case 3:
      return finish(Directed ? rounded(3, X, nullptr, nullptr) : B.CreateUnaryIntrinsic(Intrinsic::sqrt, X));
    case 4:
      if (Directed)
        return finish(rounded(4, X, arg(1), arg(2)));
      return finish(B.CreateIntrinsic(Intrinsic::fma, {X->getType()}, {X, arg(1), arg(2)}));
    default:
      return finish(Directed ? rounded(2, One, X, nullptr) : B.CreateFDiv(One, X));
    }
  }

  Value *minMax() {
    if (N.Op != "fmin" && N.Op != "fmax")
      return nullptr;
    bool Min = N.Op == "fmin", NaN = N.has("nan");
    Intrinsic::ID ID = NaN ? (Min ? Intrinsic::minimum : Intrinsic::maximum)
                           : (Min ? Intrinsic::minimumnum : Intrinsic::maximumnum);
    Value *X = arg(0), *Y = arg(1);
    if (!N.has("xorsign"))
      return finish(B.CreateBinaryIntrinsic(ID, X, Y));
    Value *R = B.CreateBinaryIntrinsic(ID, B.CreateUnaryIntrinsic(Intrinsic::fabs, X),
                                       B.CreateUnaryIntrinsic(Intrinsic::fabs, Y));
    Type *IT = X->getType()->getWithNewType(B.getIntNTy(X->getType()->getScalarSizeInBits()));
    Value *Sign = B.CreateXor(B.CreateBitCast(X, IT), B.CreateBitCast(Y, IT));
    return finish(B.CreateBinaryIntrinsic(Intrinsic::copysign, R, B.CreateBitCast(Sign, X->getType())));
  }

  Value *unary() {
    auto ID = StringSwitch<Intrinsic::ID>(N.Op)
                  .Case("floor", Intrinsic::floor)
                  .Case("ceil", Intrinsic::ceil)
                  .Case("trunc", Intrinsic::trunc)
                  .Case("round", Intrinsic::roundeven)
                  .Case("fabs", Intrinsic::fabs)
                  .Case("ex2", Intrinsic::exp2)
                  .Case("lg2", Intrinsic::log2)
                  .Case("sin", Intrinsic::sin)
                  .Case("cos", Intrinsic::cos)
                  .Default(Intrinsic::not_intrinsic);
    if (ID != Intrinsic::not_intrinsic)
      return finish(B.CreateUnaryIntrinsic(ID, arg(0)));
    if (N.Op == "saturate")
      return saturate(arg(0));
    if (N.Op == "neg")
      return B.CreateFNeg(Call.getArgOperand(0));
    if (N.Op == "rsqrt") {
      Value *X = arg(0);
      return finish(B.CreateFDiv(ConstantFP::get(X->getType(), 1.0), B.CreateUnaryIntrinsic(Intrinsic::sqrt, X)));
    }
    return nullptr;
  }

  Value *mulHigh(Value *X, Value *Y, bool Signed) {
    unsigned W = X->getType()->getScalarSizeInBits();
    Type *Wide = B.getIntNTy(2 * W);
    auto Ext = [&](Value *V) { return Signed ? B.CreateSExt(V, Wide) : B.CreateZExt(V, Wide); };
    return B.CreateTrunc(B.CreateLShr(B.CreateMul(Ext(X), Ext(Y)), W), X->getType());
  }

  Value *integer() {
    auto A = [&](unsigned I) { return Call.getArgOperand(I); };
    StringRef Word = N.Words.empty() ? "" : N.Words[0];
    bool Unsigned = Word.starts_with("u");
    if (N.Op == "mulhi")
      return mulHigh(A(0), A(1), !Unsigned);
    if (N.Op == "mul24") {
      auto Cut = [&](Value *V) {
        V = B.CreateShl(V, 8);
        return Unsigned ? B.CreateLShr(V, 8) : B.CreateAShr(V, 8);
      };
      return B.CreateMul(Cut(A(0)), Cut(A(1)));
    }
    if (N.Op == "sad") {
      Value *X = A(0), *Y = A(1);
      Value *Less = Unsigned ? B.CreateICmpULT(X, Y) : B.CreateICmpSLT(X, Y);
      return B.CreateAdd(B.CreateSelect(Less, B.CreateSub(Y, X), B.CreateSub(X, Y)), A(2));
    }
    if (N.Op == "prmt")
      return permute(Word);
    if (N.Op == "idp4a" || N.Op == "idp2a")
      return dotProduct();
    if (N.Op == "flo")
      return findLeading(Word.starts_with("s"));
    if (N.Op == "fns" || N.Op == "bmsk" || N.Op == "sext" || N.Op == "zext")
      return bitServices(Word);
    if (N.Op == "fshl" || N.Op == "fshr") {
      Value *Amount = B.CreateBinaryIntrinsic(Intrinsic::umin, A(2), B.getInt32(32));
      Type *I64 = B.getInt64Ty();
      Value *Pair = B.CreateOr(B.CreateShl(B.CreateZExt(A(0), I64), 32), B.CreateZExt(A(1), I64));
      Amount = B.CreateZExt(Amount, I64);
      Value *R = N.Op == "fshl" ? B.CreateLShr(B.CreateShl(Pair, Amount), 32) : B.CreateLShr(Pair, Amount);
      return B.CreateTrunc(R, B.getInt32Ty());
    }
    if (N.Op == "lohi") {
      Value *V = B.CreateOr(B.CreateZExt(A(0), B.getInt64Ty()), B.CreateShl(B.CreateZExt(A(1), B.getInt64Ty()), 32));
      return B.CreateBitCast(V, B.getDoubleTy());
    }
    if (N.Op == "d2i" && (Word == "lo" || Word == "hi"))
      return B.CreateTrunc(B.CreateLShr(B.CreateBitCast(A(0), B.getInt64Ty()), Word == "hi" ? 32 : 0), B.getInt32Ty());
    return nullptr;
  }

  Value *permute(StringRef Mode) {
    auto A = [&](unsigned I) { return Call.getArgOperand(I); };
    Type *I32 = B.getInt32Ty();
    int M = StringSwitch<int>(Mode).Case("", 0).Case("f4e", 1).Case("b4e", 2).Case("rc8", 3).Case("ecl", 4)
                .Case("ecr", 5).Case("rc16", 6).Default(-1);
    if (M < 0)
      return nullptr;
    bool Two = Call.arg_size() == 2;
    FunctionCallee S = service(*Call.getModule(), "__cordon_cpu_prmt", I32, {I32, I32, I32, I32});
    return B.CreateCall(S, {B.getInt32(M), A(0), Two ? B.getInt32(0) : A(1), Two ? A(1) : A(2)});
  }

  Value *dotProduct() {
    // idp4a.{s,u}.{s,u}(a, b, c); idp2a has is_hi in front of c.
    if (N.Words.size() < 2)
      return nullptr;
    auto A = [&](unsigned I) { return Call.getArgOperand(I); };
    bool Four = N.Op == "idp4a", SignedA = N.Words[0] == "s", SignedB = N.Words[1] == "s";
    Type *I32 = B.getInt32Ty();
    Value *Sum = A(Four ? 2 : 3);
    Value *High = Four ? nullptr : A(2);
    auto Field = [&](Value *V, Value *Shift, unsigned Bits, bool Signed) {
      Value *T = B.CreateTrunc(B.CreateLShr(V, Shift), B.getIntNTy(Bits));
      return Signed ? B.CreateSExt(T, I32) : B.CreateZExt(T, I32);
    };
    for (unsigned I = 0; I != (Four ? 4u : 2u); ++I) {
      Value *X = Field(A(0), B.getInt32(Four ? 8 * I : 16 * I), Four ? 8 : 16, SignedA);
      Value *ShiftB = Four ? B.getInt32(8 * I) : B.CreateSelect(High, B.getInt32(16 + 8 * I), B.getInt32(8 * I));
      Sum = B.CreateAdd(Sum, B.CreateMul(X, Field(A(1), ShiftB, 8, SignedB)));
    }
    return Sum;
  }

  /// Bit number of the most significant bit that differs from the sign; ~0 if there is none. With the flag: how far to
  /// shift it up.
  Value *findLeading(bool Signed) {
    Value *V = Call.getArgOperand(0);
    Type *T = V->getType();
    unsigned W = T->getScalarSizeInBits();
    if (Signed)
      V = B.CreateXor(V, B.CreateAShr(V, W - 1));
    Value *Zeros = B.CreateTrunc(B.CreateIntrinsic(Intrinsic::ctlz, {T}, {V, B.getFalse()}),
                                 W > 32 ? B.getInt32Ty() : T);
    Value *Index = B.CreateSub(B.getInt32(W - 1), Zeros);
    Value *R = B.CreateSelect(Call.getArgOperand(1), Zeros, Index);
    return B.CreateSelect(B.CreateICmpEQ(V, Constant::getNullValue(T)), B.getInt32(~0u), R);
  }

  Value *bitServices(StringRef Mode) {
    Type *I32 = B.getInt32Ty();
    auto A = [&](unsigned I) { return Call.getArgOperand(I); };
    if (N.Op == "fns")
      return B.CreateCall(service(*Call.getModule(), "__cordon_cpu_fns", I32, {I32, I32, I32}), {A(0), A(1), A(2)});
    bool Clamp = Mode == "clamp";
    auto Limit = [&](Value *V) {
      return Clamp ? B.CreateBinaryIntrinsic(Intrinsic::umin, V, B.getInt32(32)) : B.CreateAnd(V, 31);
    };
    Type *I64 = B.getInt64Ty();
    if (N.Op == "bmsk") { // width bits from a position on
      Value *Ones = B.CreateSub(B.CreateShl(B.getInt64(1), B.CreateZExt(Limit(A(1)), I64)), B.getInt64(1));
      return B.CreateTrunc(B.CreateShl(Ones, B.CreateZExt(Limit(A(0)), I64)), I32);
    }
    Value *Width = Limit(A(1));
    Value *Shift = B.CreateZExt(B.CreateSub(B.getInt32(32), Width), I64);
    Value *Up = B.CreateTrunc(B.CreateShl(B.CreateZExt(A(0), I64), Shift), I32);
    Value *Shift32 = B.CreateTrunc(Shift, I32);
    Value *Safe = B.CreateBinaryIntrinsic(Intrinsic::umin, Shift32, B.getInt32(31));
    Value *R = N.Op == "sext" ? B.CreateAShr(Up, Safe) : B.CreateLShr(Up, Safe);
    return B.CreateSelect(B.CreateICmpEQ(Width, B.getInt32(0)), B.getInt32(0), R);
  }

  /// {i,ui,ll,ull}2{f,d}, {f,d}2{i,ui,ll,ull}, d2f, and the narrow floats.
  Value *convert() {
    StringRef To = N.Op;
    StringRef From = To.take_until([](char C) { return C == '2'; });
    if (From.size() == To.size())
      return nullptr;
    To = To.drop_front(From.size() + 1);
    Type *T = Call.getType();
    Module &M = *Call.getModule();
    int R = N.rounding();
    Value *X = Call.arg_size() ? arg(0) : nullptr;
    if ((To == "f" || To == "d") && X && X->getType()->isIntegerTy()) {
      bool Unsigned = From.starts_with("u");
      if (R <= 0)
        return Unsigned ? B.CreateUIToFP(X, T) : B.CreateSIToFP(X, T);
      X = Unsigned ? B.CreateZExt(X, B.getInt64Ty()) : B.CreateSExt(X, B.getInt64Ty());
      std::string Name = (Twine("__cordon_cpu_") + (Unsigned ? "u64" : "s64") + (To == "f" ? "_f32" : "_f64")).str();
      return B.CreateCall(service(M, Name, T, {B.getInt32Ty(), B.getInt64Ty()}), {B.getInt32(R), X});
    }
    if ((From == "f" || From == "d") && T->isIntegerTy() && X->getType()->isFloatingPointTy() &&
        (To == "i" || To == "ui" || To == "ll" || To == "ull")) {
      static const Intrinsic::ID Rounders[] = {Intrinsic::roundeven, Intrinsic::trunc, Intrinsic::floor,
                                               Intrinsic::ceil};
      if (R >= 0)
        X = B.CreateUnaryIntrinsic(Rounders[R], X);
      Intrinsic::ID ID = To.starts_with("u") ? Intrinsic::fptoui_sat : Intrinsic::fptosi_sat;
      return B.CreateIntrinsic(ID, {T, X->getType()}, {X});
    }
    if (N.Op == "d2f") {
      if (R <= 0)
        return finish(B.CreateFPTrunc(Call.getArgOperand(0), T));
      return finish(B.CreateCall(service(M, "__cordon_cpu_f64_f32", T, {B.getInt32Ty(), B.getDoubleTy()}),
                                 {B.getInt32(R), Call.getArgOperand(0)}));
    }
    if (N.Op == "f2h")
      return B.CreateBitCast(B.CreateFPTrunc(X, B.getHalfTy()), T);
    if (R != 0 || N.has("satfinite"))
      return nullptr;
    if (N.Op == "f2bf16" || N.Op == "f2f16") {
      Type *Narrow = N.Op == "f2f16" ? B.getHalfTy() : B.getBFloatTy();
      return B.CreateBitCast(finish(B.CreateFPTrunc(X, Narrow)), T);
    }
    if (N.Op == "ff2bf16x2" || N.Op == "ff2f16x2") {
      // The first operand goes to the upper half.
      Type *Narrow = N.Op == "ff2f16x2" ? B.getHalfTy() : B.getBFloatTy();
      Value *V = PoisonValue::get(FixedVectorType::get(Narrow, 2));
      V = B.CreateInsertElement(V, finish(B.CreateFPTrunc(arg(1), Narrow)), uint64_t(0));
      V = B.CreateInsertElement(V, finish(B.CreateFPTrunc(arg(0), Narrow)), uint64_t(1));
      return B.CreateBitCast(V, T);
    }
    return nullptr;
  }

  /// Loads, address spaces and the questions about them.
  Value *memory() {
    if ((N.Op == "ldg" || N.Op == "ldu") && N.has("global"))
      return B.CreateAlignedLoad(Call.getType(), Call.getArgOperand(0),
                                 cast<ConstantInt>(Call.getArgOperand(1))->getMaybeAlignValue());
    if (N.Op == "ptr" || N.Op == "internal")
      return Call.getType()->isPointerTy() ? Call.getArgOperand(0) : nullptr;
    if (N.Op == "isspacep" && !N.Words.empty()) {
      FunctionCallee S = service(*Call.getModule(), "__cordon_cpu_isspacep", B.getInt32Ty(),
                                 {B.getPtrTy(), B.getInt32Ty(), B.getPtrTy()});
      int Space = StringSwitch<int>(N.Words[0]).Case("global", 1).Case("shared", 3).Case("const", 4).Case("local", 5)
                      .Default(0);
      Value *V = B.CreateCall(S, {contextOf(*Call.getFunction()), B.getInt32(Space), Call.getArgOperand(0)});
      return B.CreateICmpNE(V, B.getInt32(0));
    }
    if (N.Op == "mapa" || (N.Op == "getctarank"))
      return N.Op == "mapa" ? Call.getArgOperand(0) : B.getInt32(0);
    return nullptr;
  }

  /// cp.async copies at once; what waits for it then has nothing to wait for.
  Value *asyncCopy(bool &Done) {
    if (N.Op != "cp" || !N.has("async") || N.has("bulk") || N.has("mbarrier"))
      return nullptr;
    Done = true;
    if (N.has("commit") || N.has("wait"))
      return nullptr;
    unsigned Bytes = N.has("16") ? 16 : N.has("8") ? 8 : 4;
    Value *Source = Bytes ? Call.getArgOperand(1) : nullptr;
    if (Call.arg_size() < 3) {
      B.CreateMemCpy(Call.getArgOperand(0), Align(Bytes), Source, Align(Bytes), Bytes);
      return nullptr;
    }
    B.CreateMemSet(Call.getArgOperand(0), B.getInt8(0), Bytes, Align(Bytes));
    B.CreateMemCpy(Call.getArgOperand(0), Align(1), Source, Align(1),
                   B.CreateZExt(Call.getArgOperand(2), B.getInt64Ty()));
    return nullptr;
  }

private:
  CallBase &Call;
  const MathName &N;
  IRBuilder<> B;
};

} // namespace

bool lowerMathIntrinsic(Program &, CallBase &Call, StringRef Name, Value *&Result) {
  // "xorsign.abs", "wait.group" and their like are words of their own here.
  MathName N = parse(Name);
  if (N.Op == "reflect") {
    Result = ConstantInt::get(Call.getType(), 0);
    return true;
  }
  if (N.Op == "sqrt" && N.rounding() < 0)
    N.Words.push_back("rn"); // sqrt.f and sqrt.approx
  MathLowering L(Call, N);
  bool Done = false;
  Result = L.asyncCopy(Done);
  if (Done)
    return true;
  for (auto Step : {&MathLowering::arithmetic, &MathLowering::minMax, &MathLowering::unary, &MathLowering::integer,
                    &MathLowering::convert, &MathLowering::memory}) {
    Result = (L.*Step)();
    if (Result && Result->getType() == Call.getType())
      return true;
  }
  Result = nullptr;
  return false;
}

} // namespace cordon::smoke::cpu
