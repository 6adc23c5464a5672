//===- device/CheckAddressSpaces.cpp - address spaces that PTX does not have ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NVPTX treats an address space that it does not know (fs, gs, x86's 32-bit pointers, collectors' spaces) as plain memory
// or as an uninitialised register, in silence.

#include "device/Checks.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

/// NVPTX: generic, global, shared, constant, local, tensor, shared of the cluster, parameters.
bool isDeviceSpace(unsigned AS) { return AS <= 1 || (AS >= 3 && AS <= 7) || AS == 101; }

std::optional<unsigned> badSpace(const Type *Ty) {
  if (const auto *P = dyn_cast<PointerType>(Ty))
    return isDeviceSpace(P->getAddressSpace()) ? std::nullopt : std::optional(P->getAddressSpace());
  if (isa<FunctionType>(Ty))
    return std::nullopt;
  for (const Type *Part : Ty->subtypes())
    if (std::optional<unsigned> AS = badSpace(Part))
      return AS;
  return std::nullopt;
}

std::string advice(unsigned AS) {
  if (AS == 256 || AS == 257 || AS == 258)
    return "it is a segment register of x86";
  if (AS >= 270 && AS <= 272)
    return "it is a pointer size of x86";
  return "NVPTX has 0, 1, 3 to 7 and 101";
}

/// The first bad space that \p I touches.
std::optional<unsigned> badSpaceOf(const Instruction &I) {
  if (std::optional<unsigned> AS = badSpace(I.getType()))
    return AS;
  if (const auto *A = dyn_cast<AllocaInst>(&I))
    if (std::optional<unsigned> AS = badSpace(A->getAllocatedType()))
      return AS;
  for (const Use &U : I.operands())
    if (!U->getType()->isMetadataTy() && !U->getType()->isLabelTy())
      if (std::optional<unsigned> AS = badSpace(U->getType()))
        return AS;
  return std::nullopt;
}

} // namespace

void checkAddressSpaces(Checker &C) {
  for (const Function *F : C.Reached.functions()) {
    for (const Argument &A : F->args())
      if (std::optional<unsigned> AS = badSpace(A.getType()); AS && !F->isDeclaration())
        C.report(Rule::DeviceAddressSpaceInvalid, std::to_string(*AS),
                 "parameter " + Twine(A.getArgNo()) + " is in address space " + Twine(*AS) +
                     ", which the GPU does not have: " + advice(*AS),
                 nullptr, F);
    for (const Instruction &I : instructions(*F))
      if (std::optional<unsigned> AS = badSpaceOf(I))
        C.report(Rule::DeviceAddressSpaceInvalid, std::to_string(*AS),
                 "pointer in address space " + Twine(*AS) + ", which the GPU does not have: " + advice(*AS), &I);
  }
  for (const GlobalVariable *G : C.Reached.variables()) {
    unsigned AS = G->getAddressSpace();
    if (AS == 5)
      C.report(Rule::DeviceAddressSpaceInvalid, *G,
               "variable '" + G->getName() + "' is in local memory (address space 5), which is a thread's own; make it "
               "a local variable or put it in address space 1");
    else if (!isDeviceSpace(AS))
      C.report(Rule::DeviceAddressSpaceInvalid, *G,
               "variable '" + G->getName() + "' is in address space " + Twine(AS) +
                   ", which the GPU does not have: " + advice(AS));
    else if (std::optional<unsigned> Inner = badSpace(G->getValueType()))
      C.report(Rule::DeviceAddressSpaceInvalid, *G,
               "variable '" + G->getName() + "' holds a pointer in address space " + Twine(*Inner) +
                   ", which the GPU does not have: " + advice(*Inner));
  }
}

} // namespace cordon
