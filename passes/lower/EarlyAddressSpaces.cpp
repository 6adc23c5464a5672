//===- lower/EarlyAddressSpaces.cpp - memory is told apart from the start -===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `in_tile ? tile[i] : input[j]` loads from shared memory on one path and from global memory on the other. Host-shaped IR has
// generic pointers for both, and LLVM joins the two loads to one from either address, whose space nobody can tell any more: it
// is looked up at run time (a tiled convolution had 17 such loads where nvcc has 3 and 6 of known memory). So address spaces are
// inferred before anything is joined; LLVM infers them only at the end.

#include "lower/Pipeline.h"
#include "llvm/Transforms/Scalar/InferAddressSpaces.h"

using namespace llvm;

namespace cordon {

PreservedAnalyses EarlyAddressSpacesPass::run(Function &F, FunctionAnalysisManager &AM) {
  return InferAddressSpacesPass().run(F, AM);
}

} // namespace cordon
