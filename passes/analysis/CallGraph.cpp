//===- analysis/CallGraph.cpp - who can come to a function? ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Edges come from use lists, whose order differs between bitcode and text: every choice below is made by kind of edge and
// by the order of functions in the module.
//===----------------------------------------------------------------------===//

#include "analysis/CallGraph.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"
#include <algorithm>

using namespace llvm;

namespace cordon {

ReverseCalls::ReverseCalls(ArrayRef<const Module *> Program) {
  if (Program.size() < 2)
    return;
  for (const Module *M : Program)
    for (const GlobalValue &G : M->global_values())
      if (G.isDeclarationForLinker() && !G.use_empty() && !G.getName().starts_with("llvm."))
        Declarations[G.getName()].push_back(&G);
}

const std::vector<ReverseCalls::Edge> &ReverseCalls::into(const GlobalValue &To) {
  auto [It, New] = Known.try_emplace(&To);
  if (!New)
    return It->second;
  std::vector<Edge> Edges;
  DenseSet<std::pair<const GlobalValue *, unsigned>> Seen;
  auto Add = [&](const GlobalValue *From, KindTy Kind) {
    if (Seen.insert({From, Kind}).second)
      Edges.push_back({From, Kind});
  };
  const bool IsFunction = isa<Function>(To);
  SmallVector<const Value *, 8> Work{&To};
  SmallPtrSet<const Value *, 8> Visited;
  if (!To.hasLocalLinkage() && !To.isDeclarationForLinker())
    if (auto Twins = Declarations.find(To.getName()); Twins != Declarations.end())
      append_range(Work, Twins->second);
  while (!Work.empty())
    for (const Use &U : Work.pop_back_val()->uses()) {
      const User *By = U.getUser();
      if (auto *I = dyn_cast<Instruction>(By)) {
        auto *CB = dyn_cast<CallBase>(I);
        bool Called = CB && CB->isCallee(&U);
        Add(I->getFunction(), !IsFunction ? Table : Called ? Call : Address);
      } else if (auto *G = dyn_cast<GlobalVariable>(By)) {
        // llvm.used, llvm.global.annotations and kin call nothing; the constructors' table makes its members roots.
        if (!G->getName().starts_with("llvm."))
          Add(G, Table);
      } else if (!isa<Function, BlockAddress>(By) && Visited.insert(By).second)
        Work.push_back(By); // aliases, ifuncs, constant expressions and aggregates
    }
  return Known[&To] = std::move(Edges);
}

namespace {

class ChainFinder {
public:
  ChainFinder(ArrayRef<const Module *> Program, ReverseCalls &Calls) : Program(Program), Calls(Calls) {}

  ChainMap run(ArrayRef<const Function *> Targets) {
    collect(Targets);
    // What another member of the program uses is no way into the program.
    std::vector<const Function *> Visible, Linked, Taken, Rest;
    for (const Module *M : Program) {
      for (const Function &F : *M) {
        if (!Nodes.contains(&F))
          continue;
        Order[&F] = Order.size();
        if (!F.hasLocalLinkage())
          (Calls.isUsedElsewhere(F) ? Linked : Visible).push_back(&F);
        else if (any_of(Calls.into(F), [](const ReverseCalls::Edge &E) { return E.Kind != ReverseCalls::Call; }))
          Taken.push_back(&F);
        else
          Rest.push_back(&F);
      }
      for (const GlobalVariable &G : M->globals())
        if (Nodes.contains(&G))
          Order[&G] = Order.size();
    }
    spread(Visible);
    spread(Linked);
    spread(Taken);
    // Constructors and dead code: those that nothing calls first, then cycles.
    std::stable_partition(Rest.begin(), Rest.end(), [&](const Function *F) { return Calls.into(*F).empty(); });
    for (const Function *F : Rest)
      spread(F);
    return std::move(Chains);
  }

private:
  /// Everything that can come to the targets, and the edges turned round.
  void collect(ArrayRef<const Function *> Targets) {
    std::vector<const GlobalValue *> Work;
    for (const Function *F : Targets)
      if (Nodes.insert(F).second)
        Work.push_back(F);
    while (!Work.empty()) {
      const GlobalValue *To = Work.back();
      Work.pop_back();
      for (const ReverseCalls::Edge &E : Calls.into(*To)) {
        Out[E.From].push_back({To, E.Kind});
        if (Nodes.insert(E.From).second)
          Work.push_back(E.From);
      }
    }
  }

  struct Candidate {
    ReverseCalls::KindTy Kind;
    const Function *From;
    const GlobalValue *Via;
  };

  /// Breadth first over functions; passing through a table costs nothing.
  void spread(ArrayRef<const Function *> Roots) {
    std::vector<const Function *> Level;
    for (const Function *F : Roots)
      if (Chains.try_emplace(F, DeviceUse::Predecessor{nullptr, tableOf(*F), false}).second)
        Level.push_back(F);
    while (!Level.empty()) {
      llvm::MapVector<const Function *, Candidate> Next;
      for (const Function *F : Level)
        expand(*F, F, nullptr, Next);
      Level.clear();
      for (auto &[F, C] : Next) {
        Chains[F] = {C.From, C.Via, C.Kind == ReverseCalls::Address};
        Level.push_back(F);
      }
      llvm::sort(Level, [&](const Function *A, const Function *B) { return Order[A] < Order[B]; });
    }
  }

  void expand(const Function &From, const GlobalValue *Node, const GlobalValue *Via,
              llvm::MapVector<const Function *, Candidate> &Next) {
    auto It = Out.find(Node);
    if (It == Out.end())
      return;
    for (const auto &[To, Kind] : It->second) {
      if (auto *F = dyn_cast<Function>(To)) {
        if (Chains.contains(F))
          continue;
        auto [At, New] = Next.try_emplace(F, Candidate{Kind, &From, Via});
        if (!New && better({Kind, &From, Via}, At->second))
          At->second = {Kind, &From, Via};
      } else if (TablesSeen.insert(To).second) // its first, nearest way in serves all
        expand(From, To, To, Next);
    }
  }

  bool better(const Candidate &A, const Candidate &B) {
    auto Key = [&](const Candidate &C) { return std::make_tuple(C.Kind, Order[C.From], C.Via ? Order[C.Via] : 0u); };
    return Key(A) < Key(B);
  }

  /// The first table that holds \p F, for roots.
  const GlobalValue *tableOf(const Function &F) {
    const GlobalValue *Best = nullptr;
    if (F.hasLocalLinkage())
      for (const ReverseCalls::Edge &E : Calls.into(F))
        if (isa<GlobalVariable>(E.From) && (!Best || Order[E.From] < Order[Best]))
          Best = E.From;
    return Best;
  }

  ArrayRef<const Module *> Program;
  ReverseCalls &Calls;
  DenseSet<const GlobalValue *> Nodes, TablesSeen;
  DenseMap<const GlobalValue *, std::vector<std::pair<const GlobalValue *, ReverseCalls::KindTy>>> Out;
  DenseMap<const GlobalValue *, unsigned> Order;
  ChainMap Chains;
};

} // namespace

ChainMap findChains(ArrayRef<const Module *> Program, ReverseCalls &Calls, ArrayRef<const Function *> Targets) {
  return ChainFinder(Program, Calls).run(Targets);
}

std::vector<ChainStep> chainFrom(const ChainMap &Chains, const Function &F) {
  std::vector<ChainStep> Chain;
  for (const Function *At = &F; At;) {
    auto It = Chains.find(At);
    DeviceUse::Predecessor P = It == Chains.end() ? DeviceUse::Predecessor() : It->second;
    Chain.push_back({At->getName().str(), P.Via ? ("@" + P.Via->getName()).str() : "", P.Address});
    At = P.From;
  }
  std::reverse(Chain.begin(), Chain.end());
  return Chain;
}

} // namespace cordon
