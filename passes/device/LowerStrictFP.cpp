//===- device/LowerStrictFP.cpp - constrained floating point --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-lower-strict-fp`: the GPU has no floating-point environment: no flags, no traps, and rounding to nearest unless
// an instruction says otherwise. Constrained operations become plain ones, which is what they ask for when they round to
// nearest or by the environment; those that ask for another direction are refused.

#include "device/Repairs.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

bool roundsToNearest(const ConstrainedFPIntrinsic &I) {
  std::optional<RoundingMode> Mode = I.getRoundingMode();
  return !Mode || *Mode == RoundingMode::NearestTiesToEven || *Mode == RoundingMode::Dynamic;
}

/// The instruction or intrinsic without constraints; null where LLVM has none.
Value *plainOf(IRBuilder<> &B, ConstrainedFPIntrinsic &I) {
  SmallVector<Value *, 3> Args(I.arg_begin(), I.arg_begin() + I.getNonMetadataArgCount());
  switch (I.getIntrinsicID()) {
  case Intrinsic::experimental_constrained_fadd:
    return B.CreateFAdd(Args[0], Args[1]);
  case Intrinsic::experimental_constrained_fsub:
    return B.CreateFSub(Args[0], Args[1]);
  case Intrinsic::experimental_constrained_fmul:
    return B.CreateFMul(Args[0], Args[1]);
  case Intrinsic::experimental_constrained_fdiv:
    return B.CreateFDiv(Args[0], Args[1]);
  case Intrinsic::experimental_constrained_frem:
    return B.CreateFRem(Args[0], Args[1]);
  case Intrinsic::experimental_constrained_fptosi:
    return B.CreateFPToSI(Args[0], I.getType());
  case Intrinsic::experimental_constrained_fptoui:
    return B.CreateFPToUI(Args[0], I.getType());
  case Intrinsic::experimental_constrained_sitofp:
    return B.CreateSIToFP(Args[0], I.getType());
  case Intrinsic::experimental_constrained_uitofp:
    return B.CreateUIToFP(Args[0], I.getType());
  case Intrinsic::experimental_constrained_fptrunc:
    return B.CreateFPTrunc(Args[0], I.getType());
  case Intrinsic::experimental_constrained_fpext:
    return B.CreateFPExt(Args[0], I.getType());
  case Intrinsic::experimental_constrained_fcmp:
  case Intrinsic::experimental_constrained_fcmps:
    return B.CreateFCmp(cast<ConstrainedFPCmpIntrinsic>(I).getPredicate(), Args[0], Args[1]);
  default:
    break;
  }
  StringRef Name = Intrinsic::getBaseName(I.getIntrinsicID());
  if (!Name.consume_front("llvm.experimental.constrained."))
    return nullptr;
  Intrinsic::ID ID = Intrinsic::lookupIntrinsicID(("llvm." + Name).str());
  return ID ? B.CreateIntrinsic(I.getType(), ID, Args) : nullptr;
}

bool lower(Instruction &I, FindingSet &Findings) {
  auto *C = dyn_cast<ConstrainedFPIntrinsic>(&I);
  if (!C)
    return false;
  if (!roundsToNearest(*C)) {
    Findings.add(Rule::HostIntrinsic, C->getCalledFunction()->getName(),
                 "operation that rounds in a fixed direction; only llvm.nvvm intrinsics (add.rz, fma.rp, ...) do that on "
                 "the GPU",
                 C);
    return false;
  }
  IRBuilder<> B(C);
  if (isa<FPMathOperator>(C))
    B.setFastMathFlags(C->getFastMathFlags());
  Value *New = plainOf(B, *C);
  if (!New)
    return false;
  New->takeName(C);
  C->replaceAllUsesWith(New);
  C->eraseFromParent();
  return true;
}

} // namespace

bool lowerStrictFP(Module &M, FindingSet &Findings) {
  bool Changed = false;
  for (Function &F : M) {
    bool Here = false;
    for (Instruction &I : make_early_inc_range(instructions(F)))
      Here |= lower(I, Findings);
    if (Here && F.hasFnAttribute(Attribute::StrictFP)) {
      F.removeFnAttr(Attribute::StrictFP);
      for (Instruction &I : instructions(F))
        if (auto *CB = dyn_cast<CallBase>(&I))
          CB->removeFnAttr(Attribute::StrictFP);
    }
    Changed |= Here;
  }
  return Changed;
}

} // namespace cordon
