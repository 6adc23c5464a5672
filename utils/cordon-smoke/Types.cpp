//===- cordon-smoke/Types.cpp - element types of specs --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversions between text, memory and numbers. Half and bfloat go through one routine that rounds a double to any small
// binary format, to nearest with ties to even, as IEEE 754 has it.
//===----------------------------------------------------------------------===//
#include "Types.h"

#include <charconv>
#include <cmath>
#include <cstring>

using namespace cordon::smoke;

namespace {
struct TypeInfo {
  const char *Name;
  unsigned Size;
  bool Floating, Signed;
};
const TypeInfo Infos[] = {
    {"i8", 1, false, true},   {"i16", 2, false, true},  {"i32", 4, false, true},  {"i64", 8, false, true},
    {"u8", 1, false, false},  {"u16", 2, false, false}, {"u32", 4, false, false}, {"u64", 8, false, false},
    {"f16", 2, true, true},   {"bf16", 2, true, true},  {"f32", 4, true, true},   {"f64", 8, true, true},
};
const TypeInfo &infoOf(ScalarType T) { return Infos[static_cast<unsigned>(T)]; }

/// Rounds to a format of 16 bits with \p MantissaBits stored bits.
uint16_t encodeSmall(double V, unsigned MantissaBits) {
  const unsigned ExponentBits = 15 - MantissaBits;
  const int Bias = (1 << (ExponentBits - 1)) - 1;
  const unsigned MaxExponent = (1u << ExponentBits) - 1;
  uint16_t Sign = std::signbit(V) ? 0x8000 : 0;
  if (std::isnan(V))
    return Sign | (MaxExponent << MantissaBits) | (1u << (MantissaBits - 1));
  double A = std::fabs(V);
  if (A == 0)
    return Sign;
  int E = 0;
  if (std::isinf(V))
    return Sign | (MaxExponent << MantissaBits);
  std::frexp(A, &E); // A = F * 2^E with F in [0.5, 1)
  int Exponent = E - 1;
  if (Exponent < 1 - Bias)
    Exponent = 1 - Bias; // subnormal: fixed scale
  // The scaled value is below 2^(MantissaBits+1), so that adding and rounding are exact in a double.
  double Scaled = std::ldexp(A, static_cast<int>(MantissaBits) - Exponent);
  uint64_t Rounded = static_cast<uint64_t>(std::nearbyint(Scaled));
  // A carry out of the mantissa moves into the exponent by itself.
  uint64_t Bits = Rounded >= (1u << MantissaBits)
                      ? (static_cast<uint64_t>(Exponent + Bias) << MantissaBits) + (Rounded - (1u << MantissaBits))
                      : Rounded;
  if (Bits >= (static_cast<uint64_t>(MaxExponent) << MantissaBits))
    Bits = static_cast<uint64_t>(MaxExponent) << MantissaBits;
  return Sign | static_cast<uint16_t>(Bits);
}

double decodeSmall(uint16_t Bits, unsigned MantissaBits) {
  const unsigned ExponentBits = 15 - MantissaBits;
  const int Bias = (1 << (ExponentBits - 1)) - 1;
  const int MaxExponent = (1 << ExponentBits) - 1;
  int Exponent = (Bits & 0x7fff) >> MantissaBits;
  int Mantissa = Bits & ((1 << MantissaBits) - 1);
  double V;
  if (Exponent == MaxExponent)
    V = Mantissa ? NAN : INFINITY;
  else if (Exponent == 0)
    V = std::ldexp(Mantissa, 1 - Bias - static_cast<int>(MantissaBits));
  else
    V = std::ldexp(Mantissa + (1 << MantissaBits), Exponent - Bias - static_cast<int>(MantissaBits));
  return Bits & 0x8000 ? -V : V;
}

unsigned mantissaOf(ScalarType T) { return T == ScalarType::F16 ? 10 : 7; }

template <typename U> U loadRaw(const uint8_t *At) {
  U V;
  std::memcpy(&V, At, sizeof(U));
  return V;
}
template <typename U> void storeRaw(uint8_t *At, U V) { std::memcpy(At, &V, sizeof(U)); }
} // namespace

unsigned cordon::smoke::sizeOf(ScalarType T) { return infoOf(T).Size; }
const char *cordon::smoke::nameOf(ScalarType T) { return infoOf(T).Name; }
bool cordon::smoke::isFloating(ScalarType T) { return infoOf(T).Floating; }
bool cordon::smoke::isSigned(ScalarType T) { return infoOf(T).Signed; }
const char *cordon::smoke::typeNames() { return "i8, i16, i32, i64, u8, u16, u32, u64, f16, bf16, f32, f64"; }

bool cordon::smoke::parseType(std::string_view Name, ScalarType &Out) {
  for (unsigned I = 0; I < sizeof(Infos) / sizeof(Infos[0]); ++I)
    if (Name == Infos[I].Name) {
      Out = static_cast<ScalarType>(I);
      return true;
    }
  return false;
}

double Number::asDouble() const {
  return K == Double ? D : K == Unsigned ? static_cast<double>(static_cast<uint64_t>(I)) : static_cast<double>(I);
}

int64_t Number::asInt() const {
  if (K != Double)
    return I;
  if (std::isnan(D))
    return 0;
  if (D <= -0x1p63)
    return INT64_MIN;
  if (D < 0x1p63)
    return static_cast<int64_t>(D);
  return D < 0x1p64 ? static_cast<int64_t>(static_cast<uint64_t>(D)) : INT64_MAX;
}

Number cordon::smoke::loadElement(ScalarType T, const uint8_t *At) {
  switch (T) {
  case ScalarType::I8:
    return Number::fromInt(loadRaw<int8_t>(At));
  case ScalarType::I16:
    return Number::fromInt(loadRaw<int16_t>(At));
  case ScalarType::I32:
    return Number::fromInt(loadRaw<int32_t>(At));
  case ScalarType::I64:
    return Number::fromInt(loadRaw<int64_t>(At));
  case ScalarType::U8:
    return Number::fromInt(loadRaw<uint8_t>(At));
  case ScalarType::U16:
    return Number::fromInt(loadRaw<uint16_t>(At));
  case ScalarType::U32:
    return Number::fromInt(loadRaw<uint32_t>(At));
  case ScalarType::U64:
    return Number::fromUnsigned(loadRaw<uint64_t>(At));
  case ScalarType::F16:
  case ScalarType::BF16:
    return Number::fromDouble(decodeSmall(loadRaw<uint16_t>(At), mantissaOf(T)));
  case ScalarType::F32:
    return Number::fromDouble(loadRaw<float>(At));
  case ScalarType::F64:
    return Number::fromDouble(loadRaw<double>(At));
  }
  return Number();
}

void cordon::smoke::storeElement(ScalarType T, uint8_t *At, const Number &N) {
  switch (T) {
  case ScalarType::F16:
  case ScalarType::BF16:
    return storeRaw(At, encodeSmall(N.asDouble(), mantissaOf(T)));
  case ScalarType::F32:
    return storeRaw(At, static_cast<float>(N.asDouble()));
  case ScalarType::F64:
    return storeRaw(At, N.asDouble());
  default:
    break;
  }
  int64_t V = N.asInt();
  std::memcpy(At, &V, sizeOf(T)); // little-endian hosts only, as the device is
}

Number cordon::smoke::roundTo(ScalarType T, const Number &N) {
  uint8_t Bytes[8];
  storeElement(T, Bytes, N);
  return loadElement(T, Bytes);
}

bool cordon::smoke::parseUnsigned(std::string_view Text, uint64_t &Out) {
  int Base = 10;
  if (Text.size() > 2 && Text[0] == '0' && (Text[1] == 'x' || Text[1] == 'X')) {
    Base = 16;
    Text.remove_prefix(2);
  }
  auto R = std::from_chars(Text.data(), Text.data() + Text.size(), Out, Base);
  return !Text.empty() && R.ec == std::errc() && R.ptr == Text.data() + Text.size();
}

template <typename F> static bool parseFloating(std::string_view Text, F &Out) {
  bool Negative = !Text.empty() && Text[0] == '-';
  if (!Text.empty() && (Text[0] == '-' || Text[0] == '+'))
    Text.remove_prefix(1);
  auto Format = std::chars_format::general;
  if (Text.size() > 2 && Text[0] == '0' && (Text[1] == 'x' || Text[1] == 'X')) {
    Format = std::chars_format::hex;
    Text.remove_prefix(2);
  }
  if (Text.empty() || Text[0] == '-')
    return false;
  auto R = std::from_chars(Text.data(), Text.data() + Text.size(), Out, Format);
  std::string_view Rest(R.ptr, Text.data() + Text.size() - R.ptr);
  if (R.ec == std::errc::result_out_of_range) {
    // Too large is infinite and too small is zero, as strtod has it.
    Out = static_cast<F>(std::strtod(std::string(Text).c_str(), nullptr));
  } else if (R.ec != std::errc()) {
    return false;
  }
  if (!Rest.empty() && Rest != "f" && Rest != "F")
    return false;
  if (Negative)
    Out = -Out;
  return true;
}

std::string cordon::smoke::parseLiteral(ScalarType T, std::string_view Text, uint8_t *Out) {
  std::string Shown(Text);
  if (T == ScalarType::F32) {
    float V;
    if (!parseFloating(Text, V))
      return "'" + Shown + "' is no f32 number";
    storeRaw(Out, V);
    return "";
  }
  if (isFloating(T)) {
    double V;
    if (!parseFloating(Text, V))
      return "'" + Shown + "' is no " + nameOf(T) + " number";
    storeElement(T, Out, Number::fromDouble(V));
    return "";
  }
  bool Negative = !Text.empty() && Text[0] == '-';
  std::string_view Digits = Text;
  if (!Digits.empty() && (Digits[0] == '-' || Digits[0] == '+'))
    Digits.remove_prefix(1);
  uint64_t V;
  if (!parseUnsigned(Digits, V))
    return "'" + Shown + "' is no " + nameOf(T) + " number";
  unsigned Bits = sizeOf(T) * 8;
  bool Hex = Digits.size() > 2 && (Digits[1] == 'x' || Digits[1] == 'X');
  uint64_t Max = Bits == 64 ? UINT64_MAX : (uint64_t(1) << Bits) - 1;
  // Hexadecimal gives the bits; decimal gives the value.
  uint64_t Limit = !isSigned(T) || (Hex && !Negative) ? Max : Negative ? Max / 2 + 1 : Max / 2;
  if (V > Limit || (Negative && !isSigned(T) && V))
    return "'" + Shown + "' does not fit into " + nameOf(T);
  V = Negative ? 0 - V : V;
  std::memcpy(Out, &V, sizeOf(T));
  return "";
}

template <typename F> static std::string shortest(F V) {
  if (std::isnan(V))
    return "nan";
  char Text[64];
  auto R = std::to_chars(Text, Text + sizeof(Text), V);
  return std::string(Text, R.ptr);
}

std::string cordon::smoke::formatDouble(double V) { return shortest(V); }

std::string cordon::smoke::formatElement(ScalarType T, const uint8_t *At) {
  if (T == ScalarType::F32)
    return shortest(loadRaw<float>(At));
  if (T == ScalarType::F64)
    return shortest(loadRaw<double>(At));
  Number N = loadElement(T, At);
  if (!isFloating(T))
    return N.K == Number::Unsigned ? std::to_string(static_cast<uint64_t>(N.I)) : std::to_string(N.I);
  if (!std::isfinite(N.D))
    return shortest(N.D);
  // The fewest significant digits that round back to the same 16 bits; five are always enough.
  for (int Digits = 1; Digits < 9; ++Digits) {
    char Text[64];
    auto R = std::to_chars(Text, Text + sizeof(Text), N.D, std::chars_format::scientific, Digits - 1);
    double Back = 0;
    std::from_chars(Text, R.ptr, Back);
    if (encodeSmall(Back, mantissaOf(T)) == loadRaw<uint16_t>(At))
      return shortest(Back);
  }
  return shortest(N.D);
}

uint64_t cordon::smoke::ulpDistance(ScalarType T, const uint8_t *A, const uint8_t *B) {
  bool NaNA = std::isnan(loadElement(T, A).asDouble()), NaNB = std::isnan(loadElement(T, B).asDouble());
  if (NaNA || NaNB)
    return NaNA && NaNB ? 0 : UINT64_MAX;
  unsigned Bits = sizeOf(T) * 8;
  // Maps the bits to integers in the order of the values, with both zeros at 0.
  auto Ordered = [&](const uint8_t *At) {
    uint64_t Raw = 0;
    std::memcpy(&Raw, At, sizeOf(T));
    uint64_t Sign = uint64_t(1) << (Bits - 1);
    return Raw & Sign ? -static_cast<int64_t>(Raw & (Sign - 1)) : static_cast<int64_t>(Raw);
  };
  int64_t X = Ordered(A), Y = Ordered(B);
  return X > Y ? static_cast<uint64_t>(X) - static_cast<uint64_t>(Y)
               : static_cast<uint64_t>(Y) - static_cast<uint64_t>(X);
}
