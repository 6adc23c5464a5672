//===- device/LowerAddressSpaces.cpp - Julia's collector spaces -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-lower-address-spaces`: Julia marks pointers for its collector with address spaces 10 to 13. There is no
// collector on the GPU, and NVPTX reads such pointers from uninitialised registers; they become plain pointers, in types,
// signatures, constants and intrinsic names.

#include "device/Repairs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

using namespace llvm;

namespace cordon {
namespace {

bool isCollectorSpace(unsigned AS) { return AS >= 10 && AS <= 13; }

/// Types without the collector's address spaces.
class Plain : public ValueMapTypeRemapper {
public:
  Type *remapType(Type *Ty) override {
    Type *&Known = Map[Ty];
    if (Known)
      return Known;
    Type *New = compute(Ty);
    return Map[Ty] = New; // the map may have grown
  }

private:
  Type *compute(Type *Ty) {
    if (auto *P = dyn_cast<PointerType>(Ty))
      return isCollectorSpace(P->getAddressSpace()) ? PointerType::get(Ty->getContext(), 0) : Ty;
    if (auto *A = dyn_cast<ArrayType>(Ty))
      return ArrayType::get(remapType(A->getElementType()), A->getNumElements());
    if (auto *V = dyn_cast<VectorType>(Ty))
      return VectorType::get(remapType(V->getElementType()), V->getElementCount());
    if (auto *F = dyn_cast<FunctionType>(Ty)) {
      SmallVector<Type *, 8> Params;
      for (Type *P : F->params())
        Params.push_back(remapType(P));
      return FunctionType::get(remapType(F->getReturnType()), Params, F->isVarArg());
    }
    auto *S = dyn_cast<StructType>(Ty);
    if (!S || S->isOpaque())
      return Ty;
    SmallVector<Type *, 8> Elements;
    for (Type *E : S->elements())
      Elements.push_back(remapType(E));
    if (ArrayRef<Type *>(Elements) == S->elements())
      return Ty;
    return StructType::get(Ty->getContext(), Elements, S->isPacked());
  }

  DenseMap<Type *, Type *> Map;
};

bool usesCollectorSpace(Type *Ty, Plain &Types) { return Types.remapType(Ty) != Ty; }

bool needsWork(Module &M, Plain &Types) {
  for (GlobalVariable &G : M.globals())
    if (isCollectorSpace(G.getAddressSpace()) || usesCollectorSpace(G.getValueType(), Types))
      return true;
  for (Function &F : M) {
    if (usesCollectorSpace(F.getFunctionType(), Types))
      return true;
    for (Instruction &I : instructions(F)) {
      if (usesCollectorSpace(I.getType(), Types))
        return true;
      for (Use &U : I.operands())
        if (!U->getType()->isMetadataTy() && !U->getType()->isLabelTy() && usesCollectorSpace(U->getType(), Types))
          return true;
    }
  }
  return false;
}

/// An empty function of the new type that takes over all but the body.
Function *declareAs(Function &F, FunctionType *Ty) {
  Function *New = Function::Create(Ty, F.getLinkage(), F.getAddressSpace(), "", F.getParent());
  New->copyAttributesFrom(&F);
  New->copyMetadata(&F, 0);
  // Not takeName: setName finds out which intrinsic it is.
  std::string Name = F.getName().str();
  F.setName("");
  New->setName(Name);
  return New;
}

GlobalVariable *variableAs(GlobalVariable &G, Plain &Types) {
  unsigned AS = isCollectorSpace(G.getAddressSpace()) ? 0 : G.getAddressSpace();
  auto *New = new GlobalVariable(*G.getParent(), Types.remapType(G.getValueType()), G.isConstant(), G.getLinkage(),
                                 nullptr, "", &G, G.getThreadLocalMode(), AS, G.isExternallyInitialized());
  New->copyAttributesFrom(&G);
  New->copyMetadata(&G, 0);
  New->takeName(&G);
  return New;
}

/// A cast between spaces that are now one is no cast.
void dropEmptyCasts(Function &F) {
  for (Instruction &I : make_early_inc_range(instructions(F)))
    if (isa<AddrSpaceCastInst, BitCastInst>(I) && I.getType() == I.getOperand(0)->getType()) {
      I.replaceAllUsesWith(I.getOperand(0));
      I.eraseFromParent();
    }
}

/// The same in constants, found from the symbols that they are made of.
void dropEmptyConstantCasts(Module &M) {
  SmallVector<Value *, 16> Work;
  for (GlobalValue &G : M.global_values())
    Work.push_back(&G);
  while (!Work.empty()) {
    Value *V = Work.pop_back_val();
    SmallVector<Constant *, 8> Users;
    for (User *U : V->users())
      if (auto *C = dyn_cast<Constant>(U); C && !isa<GlobalValue>(C))
        Users.push_back(C);
    for (Constant *C : Users) {
      auto *E = dyn_cast<ConstantExpr>(C);
      if (E && E->getOpcode() == Instruction::AddrSpaceCast && E->getType() == V->getType()) {
        E->replaceAllUsesWith(V);
        E->destroyConstant();
        Work.push_back(V);
        break; // the users have changed
      }
      Work.push_back(C);
    }
  }
}

} // namespace

bool lowerAddressSpaces(Module &M, FindingSet &) {
  Plain Types;
  if (!needsWork(M, Types))
    return false;
  ValueToValueMapTy Map;
  const RemapFlags Flags = RF_IgnoreMissingLocals | RF_ReuseAndMutateDistinctMDs;
  SmallVector<std::pair<GlobalVariable *, GlobalVariable *>, 8> Variables;
  for (GlobalVariable &G : make_early_inc_range(M.globals()))
    if (isCollectorSpace(G.getAddressSpace()) || usesCollectorSpace(G.getValueType(), Types)) {
      Variables.push_back({&G, variableAs(G, Types)});
      Map[&G] = Variables.back().second;
    }
  SmallVector<Function *, 16> OldFunctions, Intrinsics;
  for (Function &F : make_early_inc_range(M)) {
    auto *Ty = cast<FunctionType>(Types.remapType(F.getFunctionType()));
    if (Ty == F.getFunctionType())
      continue;
    Function *New = declareAs(F, Ty);
    New->splice(New->begin(), &F);
    for (auto [Old, Arg] : zip(F.args(), New->args())) {
      Arg.takeName(&Old);
      Map[&Old] = &Arg;
    }
    Map[&F] = New;
    OldFunctions.push_back(&F);
    if (New->getName().starts_with("llvm."))
      Intrinsics.push_back(New);
  }
  ValueMapper Mapper(Map, Flags, &Types);
  for (auto &[Old, New] : Variables)
    if (Old->hasInitializer())
      New->setInitializer(Mapper.mapConstant(*Old->getInitializer()));
  for (GlobalVariable &G : M.globals())
    if (G.hasInitializer() && !Map.count(&G))
      G.setInitializer(Mapper.mapConstant(*G.getInitializer()));
  for (Function &F : M)
    if (!F.isDeclaration()) {
      Mapper.remapFunction(F);
      dropEmptyCasts(F);
    }
  dropEmptyConstantCasts(M);
  for (auto &[Old, New] : Variables) {
    Old->setInitializer(nullptr);
    Old->removeDeadConstantUsers();
    if (Old->use_empty())
      Old->eraseFromParent();
  }
  for (Function *Old : OldFunctions) {
    Old->removeDeadConstantUsers();
    if (Old->use_empty())
      Old->eraseFromParent();
  }
  for (Function *F : Intrinsics)
    if (std::optional<Function *> Right = Intrinsic::remangleIntrinsicFunction(F)) {
      F->replaceAllUsesWith(*Right);
      F->eraseFromParent();
    }
  return true;
}

} // namespace cordon
