//===- cordon-smoke/ExprTables.h - functions and casts ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which functions, reductions and cast targets expressions know; shared by the expression's parser and its evaluator.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_EXPRTABLES_H
#define CORDON_SMOKE_EXPRTABLES_H

#include "Types.h"
#include <string>

namespace cordon::smoke {

enum Reduction : unsigned { ReduceSum, ReduceMin, ReduceMax };

bool findFunction(const std::string &Name, unsigned &Which);
unsigned functionArity(unsigned Which);
const char *functionName(unsigned Which);
std::string functionNames();
Number callFunction(unsigned Which, const Number *Args);
bool findReduction(const std::string &Name, unsigned &Which);
/// C's type names and this program's own; \p Target is a ScalarType.
bool findCast(const std::string &Words, unsigned &Target);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_EXPRTABLES_H
