//===- cpu/Rounding.cpp - arithmetic that the host's IR cannot name --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Directed rounding by the host's rounding mode, and byte and bit selection as the PTX ISA defines it. Compiled with
// -frounding-math, so that the compiler moves nothing across a change of the mode.
//===----------------------------------------------------------------------===//

#include "Context.h"
#include <cfenv>
#include <cmath>
#include <cstring>

namespace {

class Rounding {
public:
  explicit Rounding(uint32_t Mode) : Old(fegetround()) {
    static const int Modes[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};
    fesetround(Modes[Mode & 3]);
  }
  ~Rounding() { fesetround(Old); }

private:
  int Old;
};

template <typename T> T compute(uint32_t Op, uint32_t Mode, volatile T X, volatile T Y, volatile T Z) {
  Rounding R(Mode);
  volatile T V = 0;
  switch (Op) {
  case 0:
    V = X + Y;
    break;
  case 1:
    V = X * Y;
    break;
  case 2:
    V = X / Y;
    break;
  case 3:
    V = std::sqrt(X);
    break;
  default:
    V = std::fma(T(X), T(Y), T(Z));
    break;
  }
  return V;
}

template <typename To, typename From> To convert(uint32_t Mode, volatile From V) {
  Rounding R(Mode);
  volatile To Result = static_cast<To>(V);
  return Result;
}

float roundF32(uint32_t Op, uint32_t Mode, float X, float Y, float Z) { return compute<float>(Op, Mode, X, Y, Z); }
double roundF64(uint32_t Op, uint32_t Mode, double X, double Y, double Z) { return compute<double>(Op, Mode, X, Y, Z); }
float f64ToF32(uint32_t Mode, double V) { return convert<float, double>(Mode, V); }
float s64ToF32(uint32_t Mode, int64_t V) { return convert<float, int64_t>(Mode, V); }
float u64ToF32(uint32_t Mode, uint64_t V) { return convert<float, uint64_t>(Mode, V); }
double s64ToF64(uint32_t Mode, int64_t V) { return convert<double, int64_t>(Mode, V); }
double u64ToF64(uint32_t Mode, uint64_t V) { return convert<double, uint64_t>(Mode, V); }

/// prmt: modes default, f4e, b4e, rc8, ecl, ecr, rc16.
uint32_t prmt(uint32_t Mode, uint32_t A, uint32_t B, uint32_t C) {
  uint64_t Pool = uint64_t(B) << 32 | A;
  static const uint8_t Tables[7][4][4] = {
      {},
      {{0, 1, 2, 3}, {1, 2, 3, 4}, {2, 3, 4, 5}, {3, 4, 5, 6}},
      {{0, 7, 6, 5}, {1, 0, 7, 6}, {2, 1, 0, 7}, {3, 2, 1, 0}},
      {{0, 0, 0, 0}, {1, 1, 1, 1}, {2, 2, 2, 2}, {3, 3, 3, 3}},
      {{0, 1, 2, 3}, {1, 1, 2, 3}, {2, 2, 2, 3}, {3, 3, 3, 3}},
      {{0, 0, 0, 0}, {0, 1, 1, 1}, {0, 1, 2, 2}, {0, 1, 2, 3}},
      {{0, 1, 0, 1}, {2, 3, 2, 3}, {0, 1, 0, 1}, {2, 3, 2, 3}},
  };
  uint32_t R = 0;
  for (unsigned I = 0; I < 4; ++I) {
    uint32_t Selector = Mode ? Tables[Mode][C & 3][I] : C >> (4 * I) & 0xf;
    uint8_t Byte = uint8_t(Pool >> (8 * (Selector & 7)));
    if (!Mode && Selector & 8)
      Byte = Byte & 0x80 ? 0xff : 0;
    R |= uint32_t(Byte) << (8 * I);
  }
  return R;
}

/// fns: the position of the n-th set bit from a base on, upwards or downwards.
uint32_t fns(uint32_t Mask, uint32_t Base, uint32_t OffsetBits) {
  int32_t Offset = int32_t(OffsetBits);
  if (Offset == 0)
    return Mask >> (Base & 31) & 1 ? Base : ~0u;
  int32_t Position = int32_t(Base & 31), Step = Offset > 0 ? 1 : -1, Left = Offset > 0 ? Offset : -Offset;
  for (; Position >= 0 && Position < 32; Position += Step)
    if (Mask >> Position & 1 && --Left == 0)
      return uint32_t(Position);
  return ~0u;
}


} // namespace

namespace cordon::smoke::cpu {
std::vector<Service> mathServices() {
  auto P = [](auto *F) { return reinterpret_cast<void *>(F); };
  return {{"__cordon_cpu_round_f32", P(roundF32)}, {"__cordon_cpu_round_f64", P(roundF64)},
          {"__cordon_cpu_f64_f32", P(f64ToF32)},   {"__cordon_cpu_s64_f32", P(s64ToF32)},
          {"__cordon_cpu_u64_f32", P(u64ToF32)},   {"__cordon_cpu_s64_f64", P(s64ToF64)},
          {"__cordon_cpu_u64_f64", P(u64ToF64)},   {"__cordon_cpu_prmt", P(prmt)},
          {"__cordon_cpu_fns", P(fns)}};
}
} // namespace cordon::smoke::cpu
