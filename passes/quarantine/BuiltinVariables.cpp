//===- quarantine/BuiltinVariables.cpp - threadIdx and kin ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// In plain C and C++, and in flang's CUDA Fortran for the host, the indices are external variables that nobody defines.
// Each function that uses one gets a local copy that is filled from the special registers at its entry; SROA then leaves the
// register reads that are needed. That serves loads, copies of the whole struct and pointers into it alike. Loads cannot be
// rewritten one by one: at -O0 they are copies through memory.

#include "quarantine/BuiltinVariables.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ReplaceConstant.h"

using namespace llvm;

namespace cordon {
namespace {
struct Builtin {
  StringLiteral Name;
  Intrinsic::ID Registers[3];
  StringLiteral Fortran = ""; ///< flang's name for it
  unsigned FortranFirst = 0;  ///< CUDA Fortran counts indices from 1
};
constexpr Builtin Builtins[] = {
    {"threadIdx",
     {Intrinsic::nvvm_read_ptx_sreg_tid_x, Intrinsic::nvvm_read_ptx_sreg_tid_y, Intrinsic::nvvm_read_ptx_sreg_tid_z},
     "_QM__fortran_builtinsE__builtin_threadidx",
     1},
    {"blockIdx",
     {Intrinsic::nvvm_read_ptx_sreg_ctaid_x, Intrinsic::nvvm_read_ptx_sreg_ctaid_y,
      Intrinsic::nvvm_read_ptx_sreg_ctaid_z},
     "_QM__fortran_builtinsE__builtin_blockidx",
     1},
    {"blockDim",
     {Intrinsic::nvvm_read_ptx_sreg_ntid_x, Intrinsic::nvvm_read_ptx_sreg_ntid_y,
      Intrinsic::nvvm_read_ptx_sreg_ntid_z},
     "_QM__fortran_builtinsE__builtin_blockdim"},
    {"gridDim",
     {Intrinsic::nvvm_read_ptx_sreg_nctaid_x, Intrinsic::nvvm_read_ptx_sreg_nctaid_y,
      Intrinsic::nvvm_read_ptx_sreg_nctaid_z},
     "_QM__fortran_builtinsE__builtin_griddim"},
    {"warpSize", {Intrinsic::nvvm_read_ptx_sreg_warpsize, Intrinsic::not_intrinsic, Intrinsic::not_intrinsic}}};

Value *fillCopy(Function &F, const Builtin &B, unsigned First) {
  IRBuilder<> IRB(&F.getEntryBlock(), F.getEntryBlock().getFirstInsertionPt());
  Type *I32 = IRB.getInt32Ty();
  Value *Copy = IRB.CreateAlloca(ArrayType::get(I32, 3), nullptr, B.Name);
  for (unsigned I = 0; I < 3; ++I) {
    if (!B.Registers[I])
      continue;
    Value *Read = IRB.CreateIntrinsic(B.Registers[I], {});
    if (First)
      Read = IRB.CreateAdd(Read, IRB.getInt32(First));
    IRB.CreateStore(Read, IRB.CreateConstInBoundsGEP2_32(ArrayType::get(I32, 3), Copy, 0, I));
  }
  return Copy;
}

/// clang's CUDA headers declare the indices in address space 1, where no local copy can be: what is derived from the
/// address moves to address space 0 with it.
void setAddress(Use &U, Value *Copy) {
  auto *I = cast<Instruction>(U.getUser());
  if (U->getType() == Copy->getType() || isa<LoadInst>(I)) {
    U.set(Copy);
  } else if (isa<AddrSpaceCastInst>(I) && I->getType() == Copy->getType()) {
    I->replaceAllUsesWith(Copy);
    I->eraseFromParent();
  } else if (auto *GEP = dyn_cast<GetElementPtrInst>(I)) {
    IRBuilder<> IRB(GEP);
    SmallVector<Value *, 4> Indices(GEP->indices());
    Value *New = IRB.CreateGEP(GEP->getSourceElementType(), Copy, Indices, GEP->getName(), GEP->getNoWrapFlags());
    for (Use &Derived : make_early_inc_range(GEP->uses()))
      setAddress(Derived, New);
    GEP->eraseFromParent();
  } else {
    auto *Made = cast<Instruction>(Copy);
    IRBuilder<> IRB(Made->getParent(), std::next(Made->getIterator()));
    U.set(IRB.CreateAddrSpaceCast(Copy, U->getType()));
  }
}
} // namespace

bool isBuiltinVariable(StringRef Name) {
  return any_of(Builtins, [&](const Builtin &B) { return B.Name == Name || B.Fortran == Name; });
}

static void lowerVariable(GlobalVariable *GV, const Builtin &B, unsigned First) {
  if (!GV || !GV->isDeclaration())
    return;
  convertUsersOfConstantsToInstructions({GV});
  MapVector<Function *, SmallVector<Use *, 8>> Uses;
  for (Use &U : GV->uses())
    if (auto *I = dyn_cast<Instruction>(U.getUser()))
      Uses[I->getFunction()].push_back(&U);
  for (auto &[F, List] : Uses) {
    Value *Copy = fillCopy(*F, B, First);
    for (Use *U : List)
      setAddress(*U, Copy);
  }
  if (GV->use_empty())
    GV->eraseFromParent();
}

void lowerBuiltinVariables(Module &Device) {
  for (const Builtin &B : Builtins) {
    lowerVariable(Device.getGlobalVariable(B.Name), B, 0);
    if (!B.Fortran.empty())
      lowerVariable(Device.getGlobalVariable(B.Fortran), B, B.FortranFirst);
  }
}

} // namespace cordon
