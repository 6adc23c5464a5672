//===- quarantine/FrontEndShadows.cpp - clang's shadows of device variables ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host side of a CUDA compilation has a variable without a value for each device variable: its address is what host
// code hands to the runtime. Where the two sides were linked as they were, linking has renamed one of the two,
//
//   @v.3 = internal global [4 x i32] undef
//   @v = addrspace(1) externally_initialized global [4 x i32] ...
//
// and nobody would register the shadow. It gives way to the device variable, which gets a shadow that is registered. C++
// has no variables whose initial value is undefined, so that nothing else looks like this; a name that fits several is
// left alone.
//===----------------------------------------------------------------------===//

#include "quarantine/HostStubs.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

/// The name before a linker made it unique.
static StringRef stem(const GlobalVariable &V) {
  auto [Name, Number] = V.getName().rsplit('.');
  return !Number.empty() && all_of(Number, isDigit) ? Name : V.getName();
}

static bool isFrontEndShadow(const GlobalVariable &V) {
  return !V.getAddressSpace() && V.hasLocalLinkage() && V.hasInitializer() && isa<UndefValue>(V.getInitializer()) &&
         !V.isConstant() && !V.isThreadLocal() && V.hasName();
}

bool joinFrontEndShadows(Module &Host) {
  struct Pair {
    SmallVector<GlobalVariable *, 1> Shadows, Variables;
  };
  StringMap<Pair> ByName;
  for (GlobalVariable &V : Host.globals())
    if (isFrontEndShadow(V))
      ByName[stem(V)].Shadows.push_back(&V);
  if (ByName.empty())
    return false;
  for (GlobalVariable &V : Host.globals())
    if ((V.getAddressSpace() == 1 || V.getAddressSpace() == 4) && !V.isDeclaration())
      if (auto It = ByName.find(stem(V)); It != ByName.end())
        It->second.Variables.push_back(&V);
  const DataLayout &DL = Host.getDataLayout();
  bool Changed = false;
  for (auto &[Name, P] : ByName) {
    if (P.Shadows.size() != 1 || P.Variables.size() != 1)
      continue;
    GlobalVariable *Shadow = P.Shadows.front(), *V = P.Variables.front();
    if (DL.getTypeAllocSize(Shadow->getValueType()) != DL.getTypeAllocSize(V->getValueType()))
      continue;
    Shadow->replaceAllUsesWith(ConstantExpr::getAddrSpaceCast(V, Shadow->getType()));
    Shadow->eraseFromParent();
    Changed = true;
  }
  return Changed;
}

} // namespace cordon
