//===- device/LowerMatrices.cpp - LLVM's matrix operations ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-lower-matrices`: clang lowers its matrix types late in the host's pipeline, after the split, and the back end has
// no way of its own: it does not end. LLVM's pass makes loads, stores and vector arithmetic of them.

#include "device/FunctionPasses.h"
#include "device/Repairs.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Scalar/LowerMatrixIntrinsics.h"

using namespace llvm;

namespace cordon {

static bool hasMatrices(const Function &F) {
  return any_of(instructions(F), [](const Instruction &I) {
    const auto *II = dyn_cast<IntrinsicInst>(&I);
    return II && Intrinsic::getBaseName(II->getIntrinsicID()).starts_with("llvm.matrix.");
  });
}

bool lowerMatrices(Module &M, FindingSet &) {
  bool Changed = false;
  for (Function &F : M)
    if (hasMatrices(F)) {
      runFunctionPass(F, LowerMatrixIntrinsicsPass(/*Minimal=*/true));
      Changed = true;
    }
  return Changed;
}

} // namespace cordon
