//===- device/ReplaceAliases.cpp - aliases become what they stand for -----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-replace-aliases`: PTX has aliases of functions only, and none of kernels. Uses of an alias become uses of its
// target; an alias that others may name from outside becomes a copy of its target under its own name.

#include "device/Repairs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;

namespace cordon {
namespace {

bool isKernel(const Function &F) { return F.getCallingConv() == CallingConv::PTX_Kernel; }

/// A kernel is found by its name; in a library every visible function may be.
bool isNamedFromOutside(const GlobalAlias &A, const Function &Target, bool HasKernels) {
  return isKernel(Target) || (!HasKernels && !A.hasLocalLinkage());
}

void cloneUnderName(GlobalAlias &A, Function &Target) {
  ValueToValueMapTy Map;
  Function *Copy = CloneFunction(&Target, Map);
  Copy->setLinkage(A.hasLocalLinkage() && isKernel(Target) ? GlobalValue::ExternalLinkage : A.getLinkage());
  Copy->setVisibility(A.getVisibility());
  Copy->takeName(&A);
  A.replaceAllUsesWith(Copy);
}

} // namespace

bool replaceAliases(Module &M, FindingSet &) {
  bool HasKernels = any_of(M, isKernel);
  bool Changed = false;
  for (GlobalAlias &A : make_early_inc_range(M.aliases())) {
    auto *Target = dyn_cast<Function>(A.getAliasee()->stripPointerCasts());
    if (Target && !Target->isDeclaration() && isNamedFromOutside(A, *Target, HasKernels))
      cloneUnderName(A, *Target);
    else
      A.replaceAllUsesWith(A.getAliasee());
    A.eraseFromParent();
    Changed = true;
  }
  return Changed;
}

} // namespace cordon
