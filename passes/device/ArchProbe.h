//===- device/ArchProbe.h - one operation through the back end --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CORDON_DEVICE_ARCHPROBE_H
#define CORDON_DEVICE_ARCHPROBE_H

#include "cordon/Toolchain.h"
#include "llvm/ADT/ArrayRef.h"
#include <string>
#include <vector>

namespace llvm {
class Instruction;
} // namespace llvm

namespace cordon {

/// Equal for instructions that the back end treats alike: operation, types, immediate operands.
std::string probeKey(const llvm::Instruction &I);

/// Why LLVM cannot select \p I for \p Arch and \p PTX (major * 10 + minor); empty if it can.
std::string probe(const llvm::Instruction &I, const GPUArch &Arch, unsigned PTX);

/// Those of \p Questions that LLVM cannot select, in order. One child if all is well.
std::vector<const llvm::Instruction *> probeAll(llvm::ArrayRef<const llvm::Instruction *> Questions,
                                                const GPUArch &Arch, unsigned PTX);

} // namespace cordon

#endif // CORDON_DEVICE_ARCHPROBE_H
