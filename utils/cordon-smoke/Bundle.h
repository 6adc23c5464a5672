//===- cordon-smoke/Bundle.h - --bundle -------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packs this program, spec files and all that they name into a folder that runs on another machine.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_BUNDLE_H
#define CORDON_SMOKE_BUNDLE_H

#include <string>
#include <vector>

namespace cordon::smoke {

/// Writes DIR/run, DIR/cordon-smoke and DIR/tests/NAME/test.spec with the files beside it. DIR may exist; a test of the
/// same name in it is replaced. Returns an error text, or an empty one.
std::string makeBundle(const std::string &Dir, const std::vector<std::string> &Specs);

} // namespace cordon::smoke

#endif // CORDON_SMOKE_BUNDLE_H
