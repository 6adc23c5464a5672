//===- device/Closure.cpp - symbols that nothing on the device defines ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ptxas names the first undefined function only, and takes an undefined variable for a definition. After linking and
// optimization everything that is still undefined is named here, with all callers and the nearest known name.

#include "analysis/CudaDeviceRuntime.h"
#include "cordon/DevicePasses.h"
#include "device/Checks.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

/// CUDA's driver provides these, and nvlink the device runtime library's.
bool isProvided(StringRef Name) {
  return StringSwitch<bool>(Name).Cases({"vprintf", "malloc", "free", "__assertfail"}, true).Default(false) ||
         findCudaDeviceFunction(Name);
}

/// The defined or provided name that is most like \p Name; "" if none is close.
std::string nearestName(const Module &M, StringRef Name) {
  std::string Best;
  unsigned Limit = std::max<size_t>(1, Name.size() / 4);
  unsigned BestDistance = Limit + 1;
  auto Consider = [&](StringRef Known) {
    unsigned D = Name.edit_distance(Known, true, Limit);
    if (D && (D < BestDistance || (D == BestDistance && Known < Best))) {
      BestDistance = D;
      Best = Known.str();
    }
  };
  for (const GlobalObject &G : M.global_objects())
    if (!G.isDeclaration() && G.hasName())
      Consider(G.getName());
  for (StringRef Known : {"vprintf", "malloc", "free", "__assertfail"})
    Consider(Known);
  return BestDistance <= Limit ? Best : "";
}

/// The instructions that use \p G, through constants too, in module order.
SmallVector<const Instruction *, 8> usesOf(const Checker &C, const GlobalValue &G) {
  SmallPtrSet<const Value *, 8> Names = {&G};
  SmallVector<const Value *, 8> Work = {&G};
  while (!Work.empty())
    for (const User *U : Work.pop_back_val()->users())
      if (isa<Constant>(U) && !isa<GlobalValue>(U) && Names.insert(U).second)
        Work.push_back(U);
  SmallVector<const Instruction *, 8> Uses;
  for (const Function &F : C.M)
    if (C.Reached.functions().contains(&F))
      for (const Instruction &I : instructions(F))
        if (any_of(I.operands(), [&](const Use &U) { return Names.contains(U); }))
          Uses.push_back(&I);
  return Uses;
}

void reportUndefined(Checker &C, const GlobalObject &G) {
  std::string Near = nearestName(C.M, G.getName());
  std::string Message = std::string(isa<Function>(G) ? "function '" : "variable '") + demangle(G.getName()) +
                        "' is defined nowhere on the device" +
                        (Near.empty() ? "; define it in device code, or keep it out of kernels"
                                      : "; did you mean '" + demangle(Near) + "'?");
  SmallVector<const Instruction *, 8> Uses = usesOf(C, G);
  for (const Instruction *At : Uses)
    C.report(Rule::UnresolvedDeviceSymbol, G.getName(), Message, At);
  if (Uses.empty())
    C.report(Rule::UnresolvedDeviceSymbol, G, Message);
}

} // namespace

void checkClosure(Module &Device, FindingSet &Findings) {
  Checker C(Device, Findings);
  for (const Function *F : C.Reached.functions()) {
    if (F->isDeclaration() && !F->isIntrinsic() && !isProvided(F->getName()))
      reportUndefined(C, *F);
    if (!F->isDeclaration())
      for (const Instruction &I : instructions(*F))
        if (const auto *CB = dyn_cast<CallBase>(&I))
          if (const auto *Callee = dyn_cast<Function>(CB->getCalledOperand());
              Callee && Callee->getFunctionType() != CB->getFunctionType())
            C.report(Rule::RuntimeSignature, Callee->getName(),
                     "'" + demangle(Callee->getName()) + "' is called with another type than it has; declare it as it is "
                     "defined",
                     CB);
  }
  for (const GlobalVariable *G : C.Reached.variables())
    if (G->isDeclaration() && G->getAddressSpace() != 3) // extern __shared__: sized by the launch
      reportUndefined(C, *G);
}

} // namespace cordon
