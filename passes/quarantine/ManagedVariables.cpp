//===- quarantine/ManagedVariables.cpp - one variable for both sides ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The CUDA runtime decides where a managed variable lies and writes the address into a pointer of the host. The host's
// copy goes, every use of its address becomes a load of that pointer, and the pointer is what is registered:
//
//   int x = 5;  ... x += 1;     becomes     int *x_managed = 0;  ... *x_managed += 1;
//
// An initializer that holds the address becomes code that runs after the registration and before the program's own
// constructors, as with nvcc.
//
// The pointer has a name of its own: an object that takes the symbol for the variable itself must not link.
//===----------------------------------------------------------------------===//

#include "quarantine/HostStubs.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace cordon {

bool isManaged(const GlobalVariable &V, const Annotations &Marks) {
  return V.hasAttribute("cordon.managed") || Marks.has(V, "cordon.managed");
}

/// Where the pointer is loaded for \p U: a phi's value comes at the end of the block that it comes from.
static Instruction *loadPoint(const Use &U) {
  auto *I = cast<Instruction>(U.getUser());
  auto *Phi = dyn_cast<PHINode>(I);
  return Phi ? Phi->getIncomingBlock(U)->getTerminator() : I;
}

using Holders = SmallPtrSet<Constant *, 16>;

/// The constants that hold the address \p C, and the variables whose initializers do.
static void findHolders(Constant &C, Holders &Constants, SetVector<GlobalVariable *> &Variables) {
  Constants.insert(&C);
  for (User *U : C.users())
    if (auto *G = dyn_cast<GlobalVariable>(U)) {
      if (!G->getName().starts_with("llvm."))
        Variables.insert(G);
    } else if (auto *Part = dyn_cast<Constant>(U); Part && !isa<GlobalValue>(Part) && !Constants.contains(Part))
      findHolders(*Part, Constants, Variables);
}

/// \p C without the address; what holds it is stored through \p B to \p At, the place of \p C.
static Constant *storeAddresses(IRBuilder<> &B, Constant *C, const Holders &Hold, Constant *At) {
  if (!Hold.contains(C))
    return C;
  if (!C->getType()->isAggregateType()) {
    B.CreateStore(C, At);
    return Constant::getNullValue(C->getType());
  }
  SmallVector<Constant *, 16> Parts;
  for (unsigned I = 0; I < C->getNumOperands(); ++I) {
    auto *Part = cast<Constant>(C->getOperand(I));
    Constant *Index[] = {B.getInt32(0), B.getInt32(I)};
    Parts.push_back(Hold.contains(Part)
                        ? storeAddresses(B, Part, Hold, ConstantExpr::getInBoundsGetElementPtr(C->getType(), At, Index))
                        : Part);
  }
  if (auto *T = dyn_cast<StructType>(C->getType()))
    return ConstantStruct::get(T, Parts);
  return ConstantArray::get(cast<ArrayType>(C->getType()), Parts);
}

/// static void init(void) { table[1] = &x; ... }
static void initializeAtStart(Module &Host, GlobalVariable &V) {
  Holders Hold;
  SetVector<GlobalVariable *> Variables;
  findHolders(V, Hold, Variables);
  if (Variables.empty())
    return;
  Function *Init = Function::createWithDefaultAttr(FunctionType::get(Type::getVoidTy(Host.getContext()), false),
                                                   GlobalValue::InternalLinkage,
                                                   Host.getDataLayout().getProgramAddressSpace(), "cordon.managed.init", &Host);
  IRBuilder<> B(BasicBlock::Create(Host.getContext(), "", Init));
  for (GlobalVariable *G : Variables) {
    G->setInitializer(storeAddresses(B, G->getInitializer(), Hold, G));
    G->setConstant(false);
  }
  B.CreateRetVoid();
  appendToGlobalCtors(Host, Init, 102); // the registration's is 101
}

GlobalVariable *replaceManaged(Module &Host, GlobalVariable &V) {
  auto *Ptr = PointerType::getUnqual(Host.getContext());
  auto *Pointer = new GlobalVariable(Host, Ptr, /*isConstant=*/false, V.getLinkage(), ConstantPointerNull::get(Ptr),
                                     V.getName() + ".managed", &V, GlobalValue::NotThreadLocal, 0,
                                     /*isExternallyInitialized=*/true);
  Pointer->setVisibility(V.getVisibility());
  Pointer->setDSOLocal(V.isDSOLocal());
  Pointer->addAttribute("cordon.shadow");
  if (V.hasComdat())
    Pointer->setComdat(Host.getOrInsertComdat(Pointer->getName()));
  removeFromUsedLists(Host, [&](Constant *C) { return C->stripPointerCasts() == &V; });
  initializeAtStart(Host, V);
  convertUsersOfConstantsToInstructions({&V});
  // A phi needs the same value for a block that it names twice.
  DenseMap<std::pair<Instruction *, BasicBlock *>, Value *> OfEdge;
  for (Use &U : make_early_inc_range(V.uses())) {
    if (!isa<Instruction>(U.getUser()))
      continue;
    Instruction *At = loadPoint(U);
    Value **Known = isa<PHINode>(U.getUser()) ? &OfEdge[{cast<Instruction>(U.getUser()), At->getParent()}] : nullptr;
    if (Known && *Known) {
      U.set(*Known);
      continue;
    }
    IRBuilder<> B(At);
    Value *Address = B.CreateLoad(Ptr, Pointer);
    if (V.getType() != Ptr)
      Address = B.CreateAddrSpaceCast(Address, V.getType());
    U.set(Address);
    if (Known)
      *Known = Address;
  }
  // Dead constants and metadata.
  V.replaceAllUsesWith(PoisonValue::get(V.getType()));
  V.eraseFromParent();
  return Pointer;
}

} // namespace cordon
