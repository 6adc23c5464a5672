//===- device/UndoRelativeTables.cpp - tables of differences to tables of pointers ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-undo-relative-tables`: x86's position-independent code keeps tables as 32-bit differences of addresses
// (RelLookupTableConverter: @x.rel and llvm.load.relative). PTX cannot express such a difference, so the table becomes
// one of pointers again, and each llvm.load.relative a load.

#include "device/Repairs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

/// The pointer P of `trunc (sub (ptrtoint P, ptrtoint Table))`; null where \p C is something else.
Constant *targetOf(Constant *C, const GlobalVariable &Table) {
  auto *E = dyn_cast<ConstantExpr>(C);
  if (E && E->getOpcode() == Instruction::Trunc)
    E = dyn_cast<ConstantExpr>(E->getOperand(0));
  if (!E || E->getOpcode() != Instruction::Sub)
    return nullptr;
  auto *To = dyn_cast<ConstantExpr>(E->getOperand(0)), *From = dyn_cast<ConstantExpr>(E->getOperand(1));
  if (!To || !From || To->getOpcode() != Instruction::PtrToInt || From->getOpcode() != Instruction::PtrToInt ||
      From->getOperand(0)->stripPointerCasts() != &Table)
    return nullptr;
  return To->getOperand(0);
}

/// The calls through which \p Table is read; false if anything else uses it.
bool collectReads(GlobalVariable &Table, SmallVectorImpl<IntrinsicInst *> &Reads) {
  for (User *U : Table.users()) {
    if (auto *II = dyn_cast<IntrinsicInst>(U)) {
      if (II->getIntrinsicID() != Intrinsic::load_relative || II->getArgOperand(0) != &Table)
        return false;
      Reads.push_back(II);
      continue;
    }
    // The differences themselves.
    auto *E = dyn_cast<ConstantExpr>(U);
    if (!E || E->getOpcode() != Instruction::PtrToInt)
      return false;
  }
  return !Reads.empty();
}

bool undo(GlobalVariable &Table) {
  auto *Ty = dyn_cast<ArrayType>(Table.getValueType());
  if (!Table.hasInitializer() || !Ty || !Ty->getElementType()->isIntegerTy(32))
    return false;
  SmallVector<Constant *, 16> Targets;
  for (unsigned I = 0; I < Ty->getNumElements(); ++I) {
    Constant *Target = targetOf(Table.getInitializer()->getAggregateElement(I), Table);
    if (!Target)
      return false;
    Targets.push_back(Target);
  }
  SmallVector<IntrinsicInst *, 8> Reads;
  if (!collectReads(Table, Reads))
    return false;

  auto *Pointer = PointerType::get(Table.getContext(), 0);
  auto *NewTy = ArrayType::get(Pointer, Targets.size());
  auto *New = new GlobalVariable(*Table.getParent(), NewTy, Table.isConstant(), GlobalValue::InternalLinkage,
                                 ConstantArray::get(NewTy, Targets), "", &Table);
  New->setUnnamedAddr(Table.getUnnamedAddr());
  New->setAlignment(Align(8));
  for (IntrinsicInst *II : Reads) {
    IRBuilder<> B(II);
    // Offsets count 4 bytes an entry.
    Value *Offset = B.CreateShl(B.CreateSExtOrTrunc(II->getArgOperand(1), B.getInt64Ty()), 1);
    Value *Load = B.CreateAlignedLoad(Pointer, B.CreatePtrAdd(New, Offset), Align(8));
    II->replaceAllUsesWith(B.CreateAddrSpaceCast(Load, II->getType()));
    II->eraseFromParent();
  }
  New->takeName(&Table);
  Table.setInitializer(nullptr);
  Table.removeDeadConstantUsers();
  Table.eraseFromParent();
  return true;
}

} // namespace

bool undoRelativeTables(Module &M, FindingSet &) {
  bool Changed = false;
  for (GlobalVariable &G : make_early_inc_range(M.globals()))
    Changed |= undo(G);
  return Changed;
}

} // namespace cordon
