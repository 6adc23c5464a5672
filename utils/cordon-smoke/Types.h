//===- cordon-smoke/Types.h - element types of specs ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The scalar types that a spec can name, how their values are read from text, stored in memory, and written back in the
// fewest digits that read back the same. Half and bfloat have no host type, so their conversions are here.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_TYPES_H
#define CORDON_SMOKE_TYPES_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cordon::smoke {

enum class ScalarType : uint8_t { I8, I16, I32, I64, U8, U16, U32, U64, F16, BF16, F32, F64 };

unsigned sizeOf(ScalarType T);
const char *nameOf(ScalarType T);
bool isFloating(ScalarType T);
bool isSigned(ScalarType T);
/// False for a name that is no type.
bool parseType(std::string_view Name, ScalarType &Out);
/// "i8, i16, ...", for messages.
const char *typeNames();

/// A value as C has it: a 64-bit integer of either sign, or a double.
struct Number {
  enum Kind : uint8_t { Signed, Unsigned, Double } K = Signed;
  int64_t I = 0; ///< the bits of an integer of either sign
  double D = 0;

  static Number fromInt(int64_t V) { return {Signed, V, 0}; }
  static Number fromUnsigned(uint64_t V) { return {Unsigned, static_cast<int64_t>(V), 0}; }
  static Number fromDouble(double V) { return {Double, 0, V}; }
  double asDouble() const;
  /// As C converts; values that do not fit, for which C has no answer, saturate and NaN is 0.
  int64_t asInt() const;
  bool isTrue() const { return K == Double ? D != 0 : I != 0; }
};

/// Reads one element.
Number loadElement(ScalarType T, const uint8_t *At);
/// Writes one element, converted as C's assignment does.
void storeElement(ScalarType T, uint8_t *At, const Number &N);
/// \p N as it would read back after being stored as a \p T.
Number roundTo(ScalarType T, const Number &N);

/// Parses a literal of type \p T into its bytes (sizeOf(T) of them). Returns an error text, or an empty one.
std::string parseLiteral(ScalarType T, std::string_view Text, uint8_t *Out);
/// The shortest text that reads back the same.
std::string formatElement(ScalarType T, const uint8_t *At);
std::string formatDouble(double V);
/// How many representable values lie between two elements of a floating type; UINT64_MAX if one is NaN and one is not.
uint64_t ulpDistance(ScalarType T, const uint8_t *A, const uint8_t *B);

/// Reads an unsigned number in decimal or hexadecimal; false if the text is anything else.
bool parseUnsigned(std::string_view Text, uint64_t &Out);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_TYPES_H
