//===- cordon-smoke/Spec.h - argument specs ---------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one --arg, --var or --buffer says: scalars, buffers, arrays, structs as C lays them out, and named buffers. A
// Spec is parsed text; the bytes are made by Memory.h.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_SPEC_H
#define CORDON_SMOKE_SPEC_H

#include "Expr.h"
#include "Text.h"
#include "Types.h"
#include <memory>

namespace cordon::smoke {

/// What a buffer holds before the launch.
struct Fill {
  enum Kind : uint8_t { Zero, Value, Iota, Random, File, Expression, Keep } K = Zero;
  uint8_t Bytes[8] = {}; ///< of one element, for Value
  uint64_t Seed = 0;
  std::string Path;           ///< for File
  std::shared_ptr<Expr> Made; ///< for Expression
};

struct Spec {
  enum Kind : uint8_t { Scalar, Buffer, Array, Struct, Named, Null } K = Scalar;
  ScalarType Type = ScalarType::I32;
  uint8_t Value[8] = {}; ///< of a scalar
  uint64_t Count = 0;    ///< elements of a buffer or an array
  Fill How;
  std::vector<Spec> Fields;
  std::string Name;  ///< of a named buffer
  size_t Offset = 0; ///< in the text, for messages

  /// Bytes and alignment as a parameter; pointers are 8 bytes.
  uint64_t size() const;
  uint64_t alignment() const;
};

/// Offset of field \p Index of a struct.
uint64_t fieldOffset(const Spec &Struct, size_t Index);

/// Parses a whole text. \p Error names the offset of what is wrong.
bool parseSpec(const std::string &Text, Spec &Out, TextError &Error);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_SPEC_H
