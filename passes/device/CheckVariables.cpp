//===- device/CheckVariables.cpp - variables that PTX cannot express ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Thread-local variables, initializers of shared variables, addresses of shared variables in initializers, initializers
// that name each other in a circle or hold differences of addresses, constructors.

#include "device/Checks.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

constexpr unsigned Shared = 3;

/// Calls \p Visit for every constant below \p C, which is not a variable itself.
void walk(const Constant *C, function_ref<void(const Constant *)> Visit) {
  SmallVector<const Constant *, 8> Work = {C};
  SmallPtrSet<const Constant *, 16> Seen;
  while (!Work.empty()) {
    const Constant *At = Work.pop_back_val();
    if (isa<ConstantData>(At) || !Seen.insert(At).second)
      continue;
    Visit(At);
    if (isa<GlobalValue>(At))
      continue;
    for (const Use &U : At->operands())
      if (const auto *Op = dyn_cast<Constant>(U))
        Work.push_back(Op);
  }
}

void checkShared(Checker &C, const GlobalVariable &G) {
  if (G.getAddressSpace() != Shared || !G.hasInitializer() || isa<UndefValue>(G.getInitializer()))
    return;
  if (G.getInitializer()->isNullValue()) {
    C.report(Rule::UnsupportedInitializer, G,
             "shared variable '" + G.getName() + "' is initialized with zero, which the GPU ignores: it starts with "
             "whatever the memory holds; store the zero in the kernel")
        .L = Level::Warning;
    return;
  }
  C.report(Rule::UnsupportedInitializer, G,
           "shared variable '" + G.getName() + "' has an initializer, which shared memory cannot have; store the value "
           "in the kernel");
}

void checkInitializer(Checker &C, const GlobalVariable &G) {
  if (!G.hasInitializer())
    return;
  walk(G.getInitializer(), [&](const Constant *At) {
    if (const auto *Named = dyn_cast<GlobalVariable>(At); Named && Named->getAddressSpace() == Shared)
      C.report(Rule::UnsupportedInitializer, G,
               "initializer of '" + G.getName() + "' holds the address of shared variable '" + Named->getName() +
                   "', which differs from block to block; store it in the kernel");
    const auto *E = dyn_cast<ConstantExpr>(At);
    if (E && (E->getOpcode() == Instruction::Sub || E->getOpcode() == Instruction::Trunc))
      C.report(Rule::UnsupportedInitializer, G,
               "initializer of '" + G.getName() + "' holds a difference of addresses, which PTX cannot express; build "
               "without position-independent tables (-fno-pic, or plain vtables)");
    if (isa<BlockAddress>(At))
      C.report(Rule::IndirectBranch, G,
               "initializer of '" + G.getName() + "' holds the address of a label, which PTX does not have; use a "
               "switch");
  });
}

using Edges = DenseMap<const GlobalVariable *, SmallSetVector<const GlobalVariable *, 4>>;

/// True if \p To is reached from \p From's initializer.
bool reaches(const Edges &Graph, const GlobalVariable *From, const GlobalVariable *To) {
  SmallVector<const GlobalVariable *, 8> Work = {From};
  SmallPtrSet<const GlobalVariable *, 16> Seen;
  while (!Work.empty()) {
    auto Found = Graph.find(Work.pop_back_val());
    if (Found == Graph.end())
      continue;
    for (const GlobalVariable *Next : Found->second) {
      if (Next == To)
        return true;
      if (Seen.insert(Next).second)
        Work.push_back(Next);
    }
  }
  return false;
}

void checkCycles(Checker &C) {
  Edges Graph;
  for (const GlobalVariable *G : C.Reached.variables())
    if (G->hasInitializer())
      walk(G->getInitializer(), [&](const Constant *At) {
        if (const auto *Named = dyn_cast<GlobalVariable>(At))
          Graph[G].insert(Named);
      });
  for (const GlobalVariable *G : C.Reached.variables())
    if (reaches(Graph, G, G))
      C.report(Rule::UnsupportedInitializer, *G,
               "initializer of '" + G->getName() + "' refers to itself, directly or through others, which PTX cannot "
               "express; set the pointer in the kernel or from the host");
}

void checkConstructors(Checker &C) {
  for (StringRef Name : {"llvm.global_ctors", "llvm.global_dtors"}) {
    const GlobalVariable *List = C.M.getNamedGlobal(Name);
    const auto *Entries = List && List->hasInitializer() ? dyn_cast<ConstantArray>(List->getInitializer()) : nullptr;
    if (!Entries)
      continue;
    for (const Use &U : Entries->operands()) {
      const auto *S = dyn_cast<ConstantStruct>(U);
      const auto *F = S ? dyn_cast<Function>(S->getOperand(1)->stripPointerCasts()) : nullptr;
      if (F)
        C.report(Rule::GlobalConstructor, F->getName(),
                 "'" + F->getName() + "' would have to run when the module is loaded, which nobody does on the GPU; "
                 "initialize with a constant, or from a kernel",
                 nullptr, F);
    }
  }
}

} // namespace

void checkVariables(Checker &C) {
  for (const GlobalVariable *G : C.Reached.variables()) {
    if (G->isThreadLocal()) {
      C.report(Rule::ThreadLocal, *G,
               "'" + G->getName() + "' is thread-local; the GPU would have one for all threads: make it a local variable "
               "or an array indexed by thread");
      continue;
    }
    checkShared(C, *G);
    checkInitializer(C, *G);
  }
  checkCycles(C);
  checkConstructors(C);
}

} // namespace cordon
