//===- cordon-smoke/List.h - --list -----------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says what images hold, as text or JSON.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_LIST_H
#define CORDON_SMOKE_LIST_H

#include <string>
#include <vector>

namespace cordon::smoke {

/// Prints to standard output. Returns an error text, or an empty one; on an error nothing is printed.
std::string listImages(const std::vector<std::string> &Paths, bool Json);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_LIST_H
