//===- device/MathTable.cpp - which libdevice function does what ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Source: NVIDIA's libdevice user guide and the signatures in libdevice.10.bc of CUDA 13.0; libm's names from ISO C 7.12
// and glibc's math.h.

#include "device/MathTable.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/DerivedTypes.h"

using namespace llvm;

namespace cordon {

const char *libdeviceFor(Intrinsic::ID ID) {
  switch (ID) {
  case Intrinsic::sin:
    return "sin";
  case Intrinsic::cos:
    return "cos";
  case Intrinsic::tan:
    return "tan";
  case Intrinsic::asin:
    return "asin";
  case Intrinsic::acos:
    return "acos";
  case Intrinsic::atan:
    return "atan";
  case Intrinsic::atan2:
    return "atan2";
  case Intrinsic::sinh:
    return "sinh";
  case Intrinsic::cosh:
    return "cosh";
  case Intrinsic::tanh:
    return "tanh";
  case Intrinsic::pow:
    return "pow";
  case Intrinsic::exp:
    return "exp";
  case Intrinsic::exp2:
    return "exp2";
  case Intrinsic::exp10:
    return "exp10";
  case Intrinsic::log:
    return "log";
  case Intrinsic::log2:
    return "log2";
  case Intrinsic::log10:
    return "log10";
  default:
    return nullptr;
  }
}

namespace {

/// A signature, a letter for the result and each operand: d the floating type, i i32, l i64, p pointer, v void.
struct LibmEntry {
  StringLiteral Name;      ///< double's name; float's has an 'f' behind it
  StringLiteral Signature;
  StringLiteral Libdevice; ///< after "__nv_"; empty: the same name
};

constexpr LibmEntry Table[] = {
    {"acos", "dd", ""},       {"acosh", "dd", ""},      {"asin", "dd", ""},        {"asinh", "dd", ""},
    {"atan", "dd", ""},       {"atan2", "ddd", ""},     {"atanh", "dd", ""},       {"cbrt", "dd", ""},
    {"ceil", "dd", ""},       {"copysign", "ddd", ""},  {"cos", "dd", ""},         {"cosh", "dd", ""},
    {"cospi", "dd", ""},      {"erf", "dd", ""},        {"erfc", "dd", ""},        {"exp", "dd", ""},
    {"exp10", "dd", ""},      {"pow10", "dd", "exp10"}, {"exp2", "dd", ""},        {"expm1", "dd", ""},
    {"fabs", "dd", ""},       {"fdim", "ddd", ""},      {"floor", "dd", ""},       {"fma", "dddd", ""},
    {"fmax", "ddd", ""},      {"fmin", "ddd", ""},      {"fmod", "ddd", ""},       {"frexp", "ddp", ""},
    {"hypot", "ddd", ""},     {"ilogb", "id", ""},      {"j0", "dd", ""},          {"j1", "dd", ""},
    {"jn", "did", ""},        {"ldexp", "ddi", ""},     {"lgamma", "dd", ""},      {"gamma", "dd", "lgamma"},
    {"llrint", "ld", ""},     {"llround", "ld", ""},    {"log", "dd", ""},         {"log10", "dd", ""},
    {"log1p", "dd", ""},      {"log2", "dd", ""},       {"logb", "dd", ""},        {"lrint", "ld", "llrint"},
    {"lround", "ld", "llround"}, {"modf", "ddp", ""},   {"nan", "dp", ""},         {"nearbyint", "dd", ""},
    {"nextafter", "ddd", ""}, {"pow", "ddd", ""},       {"remainder", "ddd", ""},  {"drem", "ddd", "remainder"},
    {"remquo", "dddp", ""},   {"rint", "dd", ""},       {"round", "dd", ""},       {"roundeven", "dd", "rint"},
    {"scalbn", "ddi", ""},    {"sin", "dd", ""},        {"sincos", "vdpp", ""},    {"sincospi", "vdpp", ""},
    {"sinh", "dd", ""},       {"sinpi", "dd", ""},      {"sqrt", "dd", ""},        {"tan", "dd", ""},
    {"tanh", "dd", ""},       {"tgamma", "dd", ""},     {"trunc", "dd", ""},       {"y0", "dd", ""},
    {"y1", "dd", ""},         {"yn", "did", ""},        {"rsqrt", "dd", ""},       {"rcbrt", "dd", ""},
    {"rhypot", "ddd", ""},    {"__powidf2", "ddi", "powi"}};

/// Tests with an int result; libdevice's names for them follow no rule.
struct TestEntry {
  StringLiteral Name, Libdevice;
  bool Float;
};
constexpr TestEntry Tests[] = {
    {"isnan", "isnand", false},       {"__isnan", "isnand", false},     {"isnanf", "isnanf", true},
    {"__isnanf", "isnanf", true},     {"isinf", "isinfd", false},       {"__isinf", "isinfd", false},
    {"isinff", "isinff", true},       {"__isinff", "isinff", true},     {"finite", "isfinited", false},
    {"__finite", "isfinited", false}, {"finitef", "finitef", true},     {"__finitef", "finitef", true},
    {"__signbit", "signbitd", false}, {"__signbitf", "signbitf", true}};

bool matches(char Letter, Type *Ty, bool Float) {
  switch (Letter) {
  case 'd':
    return Float ? Ty->isFloatTy() : Ty->isDoubleTy();
  case 'i':
    return Ty->isIntegerTy(32);
  case 'l':
    return Ty->isIntegerTy(64);
  case 'p':
    return Ty->isPointerTy() && Ty->getPointerAddressSpace() == 0;
  default:
    return Ty->isVoidTy();
  }
}

bool matches(StringRef Signature, const FunctionType &Ty, bool Float) {
  if (Ty.isVarArg() || Ty.getNumParams() + 1 != Signature.size() || !matches(Signature[0], Ty.getReturnType(), Float))
    return false;
  for (unsigned I = 0; I < Ty.getNumParams(); ++I)
    if (!matches(Signature[I + 1], Ty.getParamType(I), Float))
      return false;
  return true;
}

std::string lookUp(StringRef Name, const FunctionType &Ty, bool Float) {
  for (const LibmEntry &E : Table)
    if (E.Name == Name && matches(E.Signature, Ty, Float))
      return "__nv_" + (E.Libdevice.empty() ? Name : StringRef(E.Libdevice)).str() + (Float ? "f" : "");
  return "";
}

} // namespace

std::string libdeviceFor(StringRef Name, const FunctionType &Ty) {
  for (const TestEntry &E : Tests)
    if (E.Name == Name && matches("id", Ty, E.Float))
      return "__nv_" + E.Libdevice.str();
  // clang's CUDA headers declare overloads that they do not define: nan(const char *) is _ZL3nanPKc.
  if (Name.consume_front("_Z")) {
    unsigned Length = 0;
    Name.consume_front("L");
    if (Name.consumeInteger(10, Length) || Length > Name.size())
      return "";
    Name = Name.take_front(Length);
    std::string Found = libdeviceFor(Name, Ty);
    return Found.empty() ? lookUp(Name, Ty, true) : Found;
  }
  if (Name == "__powisf2" && matches("ddi", Ty, true))
    return "__nv_powif";
  // glibc's entry points of -ffinite-math-only: __exp_finite, __expf_finite.
  if (Name.starts_with("__") && Name.ends_with("_finite"))
    Name = Name.drop_front(2).drop_back(7);
  // "erf", "modf": an 'f' at the end is not always float's.
  if (std::string Found = lookUp(Name, Ty, false); !Found.empty())
    return Found;
  return Name.consume_back("f") ? lookUp(Name, Ty, true) : "";
}

} // namespace cordon
