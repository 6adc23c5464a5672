//===- cordon-smoke/ExprTables.cpp - functions and casts ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions that expressions may call. Those on integers (min, max, abs, popcount, clz, ctz) keep integers integers;
// all others compute in double.
//===----------------------------------------------------------------------===//
#include "ExprTables.h"

#include <cmath>

using namespace cordon::smoke;

namespace {
struct Function {
  const char *Name;
  unsigned Arity;
  double (*One)(double);
  double (*Two)(double, double);
  Number (*Any)(const Number *);
};

bool anyDouble(const Number *A) { return A[0].K == Number::Double || A[1].K == Number::Double; }
bool anyUnsigned(const Number *A) { return A[0].K == Number::Unsigned || A[1].K == Number::Unsigned; }
bool less(const Number *A) {
  if (anyDouble(A))
    return A[0].asDouble() < A[1].asDouble();
  return anyUnsigned(A) ? static_cast<uint64_t>(A[0].I) < static_cast<uint64_t>(A[1].I) : A[0].I < A[1].I;
}
Number pick(const Number *A, bool Smaller) {
  if (anyDouble(A))
    return Number::fromDouble(Smaller ? std::fmin(A[0].asDouble(), A[1].asDouble())
                                      : std::fmax(A[0].asDouble(), A[1].asDouble()));
  return less(A) == Smaller ? A[0] : A[1];
}
Number absolute(const Number *A) {
  if (A[0].K == Number::Double)
    return Number::fromDouble(std::fabs(A[0].D));
  return A[0].K == Number::Signed && A[0].I < 0
             ? Number::fromInt(static_cast<int64_t>(0 - static_cast<uint64_t>(A[0].I)))
             : A[0];
}
Number fromBits(uint64_t V) { return Number::fromInt(static_cast<int64_t>(V)); }

const Function Functions[] = {
    {"sqrt", 1, std::sqrt, nullptr, nullptr},
    {"rsqrt", 1, [](double X) { return 1 / std::sqrt(X); }, nullptr, nullptr},
    {"cbrt", 1, std::cbrt, nullptr, nullptr},
    {"fabs", 1, std::fabs, nullptr, nullptr},
    {"sin", 1, std::sin, nullptr, nullptr},
    {"cos", 1, std::cos, nullptr, nullptr},
    {"tan", 1, std::tan, nullptr, nullptr},
    {"asin", 1, std::asin, nullptr, nullptr},
    {"acos", 1, std::acos, nullptr, nullptr},
    {"atan", 1, std::atan, nullptr, nullptr},
    {"sinh", 1, std::sinh, nullptr, nullptr},
    {"cosh", 1, std::cosh, nullptr, nullptr},
    {"tanh", 1, std::tanh, nullptr, nullptr},
    {"exp", 1, std::exp, nullptr, nullptr},
    {"exp2", 1, std::exp2, nullptr, nullptr},
    {"exp10", 1, [](double X) { return std::pow(10, X); }, nullptr, nullptr},
    {"expm1", 1, std::expm1, nullptr, nullptr},
    {"log", 1, std::log, nullptr, nullptr},
    {"log2", 1, std::log2, nullptr, nullptr},
    {"log10", 1, std::log10, nullptr, nullptr},
    {"log1p", 1, std::log1p, nullptr, nullptr},
    {"erf", 1, std::erf, nullptr, nullptr},
    {"erfc", 1, std::erfc, nullptr, nullptr},
    {"tgamma", 1, std::tgamma, nullptr, nullptr},
    {"lgamma", 1, std::lgamma, nullptr, nullptr},
    {"floor", 1, std::floor, nullptr, nullptr},
    {"ceil", 1, std::ceil, nullptr, nullptr},
    {"trunc", 1, std::trunc, nullptr, nullptr},
    {"round", 1, std::round, nullptr, nullptr},
    {"rint", 1, std::nearbyint, nullptr, nullptr},
    {"isnan", 1, [](double X) { return std::isnan(X) ? 1.0 : 0.0; }, nullptr, nullptr},
    {"isinf", 1, [](double X) { return std::isinf(X) ? 1.0 : 0.0; }, nullptr, nullptr},
    {"pow", 2, nullptr, std::pow, nullptr},
    {"fmod", 2, nullptr, std::fmod, nullptr},
    {"atan2", 2, nullptr, std::atan2, nullptr},
    {"hypot", 2, nullptr, std::hypot, nullptr},
    {"copysign", 2, nullptr, std::copysign, nullptr},
    {"ldexp", 2, nullptr, [](double X, double E) { return std::scalbln(X, std::fabs(E) < 1e6 ? long(E) : 0); }, nullptr},
    {"fmin", 2, nullptr, std::fmin, nullptr},
    {"fmax", 2, nullptr, std::fmax, nullptr},
    {"fma", 3, nullptr, nullptr,
     [](const Number *A) { return Number::fromDouble(std::fma(A[0].asDouble(), A[1].asDouble(), A[2].asDouble())); }},
    {"min", 2, nullptr, nullptr, [](const Number *A) { return pick(A, true); }},
    {"max", 2, nullptr, nullptr, [](const Number *A) { return pick(A, false); }},
    {"abs", 1, nullptr, nullptr, absolute},
    {"popcount", 1, nullptr, nullptr, [](const Number *A) { return fromBits(__builtin_popcountll(A[0].asInt())); }},
    {"clz", 1, nullptr, nullptr,
     [](const Number *A) { return fromBits(A[0].asInt() ? __builtin_clzll(A[0].asInt()) : 64); }},
    {"ctz", 1, nullptr, nullptr,
     [](const Number *A) { return fromBits(A[0].asInt() ? __builtin_ctzll(A[0].asInt()) : 64); }},
};
constexpr unsigned NumFunctions = sizeof(Functions) / sizeof(Functions[0]);
} // namespace

bool cordon::smoke::findFunction(const std::string &Name, unsigned &Which) {
  // C's names for the float versions compute the same here.
  for (std::string_view Wanted : {std::string_view(Name), std::string_view(Name).substr(0, Name.size() - 1)}) {
    if (Wanted.size() < Name.size() && Name.back() != 'f')
      break;
    for (unsigned I = 0; I < NumFunctions; ++I)
      if (Wanted == Functions[I].Name) {
        Which = I;
        return true;
      }
  }
  return false;
}

unsigned cordon::smoke::functionArity(unsigned Which) { return Functions[Which].Arity; }
const char *cordon::smoke::functionName(unsigned Which) { return Functions[Which].Name; }

std::string cordon::smoke::functionNames() {
  std::string Out;
  for (const Function &F : Functions)
    Out += std::string(F.Name) + ", ";
  return Out + "sum, minof, maxof";
}

Number cordon::smoke::callFunction(unsigned Which, const Number *Args) {
  const Function &F = Functions[Which];
  if (F.One)
    return Number::fromDouble(F.One(Args[0].asDouble()));
  if (F.Two)
    return Number::fromDouble(F.Two(Args[0].asDouble(), Args[1].asDouble()));
  return F.Any(Args);
}

bool cordon::smoke::findReduction(const std::string &Name, unsigned &Which) {
  Which = Name == "sum" ? ReduceSum : Name == "minof" ? ReduceMin : ReduceMax;
  return Name == "sum" || Name == "minof" || Name == "maxof";
}

bool cordon::smoke::findCast(const std::string &Words, unsigned &Target) {
  static const struct {
    const char *Name;
    ScalarType T;
  } Casts[] = {
      {"char", ScalarType::I8},          {"signed char", ScalarType::I8},  {"unsigned char", ScalarType::U8},
      {"short", ScalarType::I16},        {"unsigned short", ScalarType::U16}, {"int", ScalarType::I32},
      {"unsigned", ScalarType::U32},     {"unsigned int", ScalarType::U32}, {"long", ScalarType::I64},
      {"long long", ScalarType::I64},    {"unsigned long", ScalarType::U64}, {"unsigned long long", ScalarType::U64},
      {"size_t", ScalarType::U64},       {"int8_t", ScalarType::I8},       {"int16_t", ScalarType::I16},
      {"int32_t", ScalarType::I32},      {"int64_t", ScalarType::I64},     {"uint8_t", ScalarType::U8},
      {"uint16_t", ScalarType::U16},     {"uint32_t", ScalarType::U32},    {"uint64_t", ScalarType::U64},
      {"float", ScalarType::F32},        {"double", ScalarType::F64},      {"half", ScalarType::F16},
  };
  for (const auto &C : Casts)
    if (Words == C.Name) {
      Target = static_cast<unsigned>(C.T);
      return true;
    }
  ScalarType T;
  if (!parseType(Words, T))
    return false;
  Target = static_cast<unsigned>(T);
  return true;
}
