//===- link/Reflect.cpp - __nvvm_reflect becomes a constant ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libdevice asks which architecture it runs on and whether denormals are flushed. LLVM answers in pipelines that have a
// target machine; here the answer is given as soon as the architecture is known, so that the optimizer sees it.
//===----------------------------------------------------------------------===//

#include "cordon/DevicePasses.h"
#include "link/Link.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

namespace cordon {

/// A module flag's number, or what holds without one.
static int64_t flagOr(const Module &M, StringRef Name, int64_t Default) {
  const auto *Flag = mdconst::extract_or_null<ConstantInt>(M.getModuleFlag(Name));
  return Flag ? Flag->getSExtValue() : Default;
}

void foldReflect(Module &Device, const GPUArch *Arch) {
  int64_t FlushDenormals = flagOr(Device, "nvvm-reflect-ftz", 0);
  // LLVM's NVVMReflect answers 0, and __nv_sqrtf becomes sqrt.approx: the host's sqrtf rounds, so does nvcc's by default.
  int64_t PreciseSqrt = flagOr(Device, "nvvm-reflect-prec-sqrt", 1);
  for (Function &F : make_early_inc_range(Device)) {
    if (!isReflect(F))
      continue;
    for (User *U : make_early_inc_range(F.users())) {
      auto *Call = dyn_cast<CallInst>(U);
      if (!Call || Call->getCalledOperand() != &F || Call->arg_size() != 1)
        continue;
      std::optional<StringRef> Question = reflectQuestion(*Call);
      if (!Question) // lowering refuses it
        continue;
      bool AsksSqrt = *Question == "__CUDA_PREC_SQRT";
      if (!Arch && !AsksSqrt)
        continue;
      // As LLVM's NVVMReflect: what it does not know is 0.
      int64_t Answer = AsksSqrt                      ? PreciseSqrt
                       : *Question == "__CUDA_ARCH" ? Arch->SM * 10
                       : *Question == "__CUDA_FTZ"  ? FlushDenormals
                                                    : 0;
      Call->replaceAllUsesWith(ConstantInt::getSigned(Call->getType(), Answer));
      Call->eraseFromParent();
    }
    if (F.use_empty())
      F.eraseFromParent();
  }
}

} // namespace cordon
