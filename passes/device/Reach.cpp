//===- device/Reach.cpp - what the kernels reach, and by which way --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A breadth-first walk from the kernels over calls, function addresses in instructions, and initializers of the
// variables that are named. The first way found is the shortest chain.

#include "device/Checks.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

Reach::Reach(const Module &M) {
  auto IsKernel = [](const Function &F) {
    return F.getCallingConv() == CallingConv::PTX_Kernel && !F.isDeclaration();
  };
  bool HasKernels = any_of(M, IsKernel);
  for (const Function &F : M)
    if (HasKernels ? IsKernel(F) : (!F.isDeclaration() && !F.hasLocalLinkage()))
      reachValue(F, nullptr, nullptr, nullptr);
  for (const GlobalVariable &G : M.globals())
    if (G.isExternallyInitialized() && !G.isDeclaration())
      reachValue(G, nullptr, nullptr, nullptr);
  for (size_t I = 0; I < Functions.size(); ++I) // grows on the way
    visit(*Functions[I]);
}

void Reach::reachValue(const GlobalValue &G, const Instruction *At, const Function *From, const GlobalVariable *Via) {
  if (const auto *F = dyn_cast<Function>(&G)) {
    if (Functions.insert(F)) {
      Before[F] = {From, Via};
      FirstUse[F] = At;
    }
    return;
  }
  if (const auto *A = dyn_cast<GlobalAlias>(&G)) {
    if (const GlobalObject *Target = A->getAliaseeObject())
      reachValue(*Target, At, From, Via);
    return;
  }
  if (isa<GlobalIFunc>(&G)) {
    FirstUse.try_emplace(&G, At);
    return;
  }
  const auto *V = dyn_cast<GlobalVariable>(&G);
  if (!V || V->getName().starts_with("llvm.") || !Variables.insert(V))
    return;
  FirstUse[V] = At;
  if (!V->hasInitializer())
    return;
  SmallVector<const Constant *, 8> Work = {V->getInitializer()};
  SmallPtrSet<const Constant *, 16> Seen;
  while (!Work.empty()) {
    const Constant *C = Work.pop_back_val();
    if (!Seen.insert(C).second)
      continue;
    if (const auto *Inner = dyn_cast<GlobalValue>(C)) {
      reachValue(*Inner, At, From, V);
      continue;
    }
    for (const Use &U : C->operands())
      if (const auto *Op = dyn_cast<Constant>(U))
        Work.push_back(Op);
  }
}

void Reach::visit(const Function &F) {
  SmallPtrSet<const Constant *, 16> Seen;
  for (const Instruction &I : instructions(F)) {
    SmallVector<const Constant *, 8> Work;
    for (const Use &U : I.operands())
      if (const auto *C = dyn_cast<Constant>(U))
        Work.push_back(C);
    while (!Work.empty()) {
      const Constant *C = Work.pop_back_val();
      if (isa<ConstantData>(C) || !Seen.insert(C).second)
        continue;
      if (const auto *G = dyn_cast<GlobalValue>(C)) {
        reachValue(*G, &I, &F, nullptr);
        continue;
      }
      for (const Use &U : C->operands())
        if (const auto *Op = dyn_cast<Constant>(U))
          Work.push_back(Op);
    }
  }
}

std::vector<ChainStep> Reach::chainTo(const Function &F) const {
  std::vector<ChainStep> Chain;
  for (const Function *At = &F; At;) {
    auto Found = Before.find(At);
    const GlobalVariable *Via = Found == Before.end() ? nullptr : Found->second.Via;
    Chain.push_back({At->getName().str(), Via ? "@" + Via->getName().str() : ""});
    At = Found == Before.end() ? nullptr : Found->second.From;
  }
  std::reverse(Chain.begin(), Chain.end());
  return Chain;
}

Finding &Checker::report(Rule R, StringRef Symbol, const Twine &Message, const Instruction *At, const Function *F) {
  if (At) {
    F = At->getFunction();
    Reported.insert(At);
  }
  Finding &New = Findings.add(R, Symbol, Message, At, F);
  if (F)
    New.Chain = Reached.chainTo(*F);
  return New;
}

Finding &Checker::report(Rule R, const GlobalValue &G, const Twine &Message) {
  const Instruction *At = Reached.firstUse(G);
  if (At)
    return report(R, G.getName(), Message, At);
  Finding &New = Findings.add(R, G.getName(), Message, nullptr, dyn_cast<Function>(&G));
  if (New.Function.empty())
    New.Function = G.getName().str();
  if (const auto *F = dyn_cast<Function>(&G))
    New.Chain = Reached.chainTo(*F);
  return New;
}

} // namespace cordon
