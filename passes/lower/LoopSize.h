//===- lower/LoopSize.h - what unrolling a loop costs -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef CORDON_LOWER_LOOPSIZE_H
#define CORDON_LOWER_LOOPSIZE_H

#include <optional>

namespace llvm {
class Loop;
class ScalarEvolution;
} // namespace llvm

namespace cordon {

/// The instructions of one round of \p L, divisions counting as several; none above \p Limit, and none where the body may not
/// stand there several times: calls, and what synchronizes threads.
std::optional<unsigned> roundSize(const llvm::Loop &L, unsigned Limit);

/// The same without what is constant in each round of a loop whose rounds all stand one after another: what is made of its
/// counter, and its end.
std::optional<unsigned> roundSizeWhenWhole(const llvm::Loop &L, unsigned Limit, llvm::ScalarEvolution &SE);

} // namespace cordon

#endif // CORDON_LOWER_LOOPSIZE_H
