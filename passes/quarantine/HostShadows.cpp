//===- quarantine/HostShadows.cpp - host symbols of device variables ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The CUDA runtime knows a device variable by a host address. The host keeps a variable of the same symbol, size and
// alignment in address space 0, and every host address of the device variable, however cast, becomes the shadow's.
//===----------------------------------------------------------------------===//

#include "quarantine/HostStubs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

namespace cordon {
namespace {

/// Rewrites the uses of a value in a device address space, given its address in address space 0.
class Rewriter {
public:
  void rewrite(Value *Old, Constant *Generic) {
    for (Use &U : make_early_inc_range(Old->uses())) {
      User *Owner = U.getUser();
      if (auto *Cast = dyn_cast<AddrSpaceCastOperator>(Owner); Cast && Cast->getDestAddressSpace() == 0) {
        replace(Owner, Generic);
      } else if (auto *GEP = dyn_cast<GEPOperator>(Owner); GEP && isa<ConstantExpr>(Owner) && U.getOperandNo() == 0) {
        SmallVector<Constant *, 4> Indices;
        for (Use &Index : GEP->indices())
          Indices.push_back(cast<Constant>(Index));
        rewrite(Owner, ConstantExpr::getGetElementPtr(GEP->getSourceElementType(), Generic, Indices,
                                                      GEP->getNoWrapFlags()));
      }
    }
    // Instructions, initializers and other constants that want a pointer in the device's space.
    Old->replaceAllUsesWith(ConstantExpr::getAddrSpaceCast(Generic, Old->getType()));
  }

  void eraseDead() {
    for (Instruction *I : Dead)
      I->eraseFromParent();
  }

private:
  void replace(User *Old, Constant *New) {
    Old->replaceAllUsesWith(New);
    if (auto *I = dyn_cast<Instruction>(Old))
      Dead.insert(I);
  }

  SmallPtrSet<Instruction *, 8> Dead;
};

bool namesGlobals(const Constant &C) {
  SmallPtrSet<const Constant *, 8> Seen;
  bool Found = false;
  visitGlobals(&C, Seen, [&](GlobalValue &) { Found = true; });
  return Found;
}

GlobalVariable *shadow(Module &Host, GlobalVariable &V) {
  if (V.getAddressSpace() == 0) {
    V.addAttribute("cordon.shadow");
    return &V;
  }
  // Constants that clang puts on both sides are read on the host, too.
  bool Value = V.isConstant() && V.hasInitializer() && !namesGlobals(*V.getInitializer());
  auto *New = new GlobalVariable(Host, V.getValueType(), false, V.getLinkage(),
                                 Value ? V.getInitializer() : Constant::getNullValue(V.getValueType()), "", &V);
  New->copyAttributesFrom(&V);
  New->setConstant(false);
  New->setExternallyInitialized(false);
  New->setUnnamedAddr(GlobalValue::UnnamedAddr::None); // the runtime looks the address up
  New->setAlignment(V.getAlign() ? *V.getAlign() : Host.getDataLayout().getPreferredAlign(&V));
  New->addAttribute("cordon.shadow");
  if (const Comdat *Group = V.getComdat())
    New->setComdat(const_cast<Comdat *>(Group));
  New->takeName(&V);
  V.removeDeadConstantUsers();
  Rewriter R;
  R.rewrite(&V, New);
  R.eraseDead();
  V.eraseFromParent();
  return New;
}

} // namespace

std::vector<GlobalVariable *> shadowVariables(Module &Host, const SplitPlan &Plan) {
  std::vector<GlobalVariable *> Result;
  for (GlobalVariable *V : Plan.Shadowed)
    Result.push_back(isManaged(*V, Plan.Marks) ? replaceManaged(Host, *V) : shadow(Host, *V));
  return Result;
}

} // namespace cordon
