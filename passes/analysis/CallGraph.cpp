//===- analysis/CallGraph.cpp - who can come to a function? ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Edges come from use lists, whose order differs between bitcode and text: every choice below is made by kind of edge and
// by the order of functions in the module.
//===----------------------------------------------------------------------===//

#include "analysis/CallGraph.h"
#include "llvm/ADT/DenseSet.h"
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

ArrayRef<ReverseCalls::Edge> ReverseCalls::into(const GlobalValue &To) {
  auto [It, New] = Known.try_emplace(&To);
  if (!New)
    return It->second;
  SmallVector<Edge, 16> Edges;
  SmallDenseSet<std::pair<const GlobalValue *, unsigned>, 16> Seen;
  auto Add = [&](const GlobalValue *From, KindTy Kind) {
    // Most uses stand beside one another, or there is but one.
    if ((Edges.empty() || Edges.back().From != From || Edges.back().Kind != Kind) && Seen.insert({From, Kind}).second)
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
  return It->second = ArrayRef(Edges).copy(Memory);
}

namespace {

/// Works on numbers: what can come to a target may be most of a module of a million functions.
class ChainFinder {
public:
  ChainFinder(ArrayRef<const Module *> Program, ReverseCalls &Calls) : Program(Program), Calls(Calls) {}

  ChainMap run(ArrayRef<const Function *> Targets) {
    collect(Targets);
    turnEdges();
    // What another member of the program uses is no way into the program.
    std::vector<unsigned> Visible, Linked, Taken, Rest;
    unsigned Place = 0;
    Order.resize(Nodes.size());
    for (const Module *M : Program) {
      for (const Function &F : *M) {
        auto It = Number.find(&F);
        if (It == Number.end())
          continue;
        Order[It->second] = Place++;
        if (!F.hasLocalLinkage())
          (Calls.isUsedElsewhere(F) ? Linked : Visible).push_back(It->second);
        else if (any_of(Calls.into(F), [](const ReverseCalls::Edge &E) { return E.Kind != ReverseCalls::Call; }))
          Taken.push_back(It->second);
        else
          Rest.push_back(It->second);
      }
      for (const GlobalVariable &G : M->globals())
        if (auto It = Number.find(&G); It != Number.end())
          Order[It->second] = Place++;
    }
    Reached.resize(Nodes.size());
    Best.resize(Nodes.size());
    spread(Visible);
    spread(Linked);
    spread(Taken);
    // Constructors and dead code: those that nothing calls first, then cycles.
    std::stable_partition(Rest.begin(), Rest.end(), [&](unsigned F) { return Calls.into(*Nodes[F]).empty(); });
    for (unsigned F : Rest)
      spread(F);
    return paths(Targets);
  }

private:
  struct Edge {
    unsigned From, To;
    ReverseCalls::KindTy Kind;
  };
  struct Candidate {
    ReverseCalls::KindTy Kind;
    unsigned From;
    int Via; ///< -1: no table
    bool Set = false;
  };

  unsigned number(const GlobalValue &G) {
    auto [It, New] = Number.try_emplace(&G, Nodes.size());
    if (New)
      Nodes.push_back(&G);
    return It->second;
  }

  /// Everything that can come to the targets.
  void collect(ArrayRef<const Function *> Targets) {
    for (const Function *F : Targets)
      number(*F);
    for (unsigned To = 0; To != Nodes.size(); ++To)
      for (const ReverseCalls::Edge &E : Calls.into(*Nodes[To]))
        Backward.push_back({number(*E.From), To, E.Kind});
  }

  /// The edges by the node that they leave.
  void turnEdges() {
    First.assign(Nodes.size() + 1, 0);
    for (const Edge &E : Backward)
      ++First[E.From + 1];
    for (size_t I = 1; I != First.size(); ++I)
      First[I] += First[I - 1];
    Out.resize(Backward.size());
    std::vector<unsigned> Next(First.begin(), First.end() - 1);
    for (const Edge &E : Backward)
      Out[Next[E.From]++] = {E.To, E.Kind};
    Backward = {};
  }

  /// Breadth first over functions; passing through a table costs nothing.
  void spread(ArrayRef<unsigned> Roots) {
    std::vector<unsigned> Level, Next;
    for (unsigned F : Roots)
      if (!Reached[F]) {
        Reached[F] = true;
        Best[F] = {ReverseCalls::Call, F, tableOf(F), true};
        Level.push_back(F);
      }
    while (!Level.empty()) {
      Next.clear();
      for (unsigned F : Level)
        expand(F, Next);
      for (unsigned F : Next)
        Reached[F] = true;
      llvm::sort(Next, [&](unsigned A, unsigned B) { return Order[A] < Order[B]; });
      std::swap(Level, Next);
    }
  }

  void expand(unsigned From, std::vector<unsigned> &Next) {
    Tables.assign(1, From); // and the tables behind it, which may be a long list
    while (!Tables.empty()) {
      const unsigned Node = Tables.back();
      Tables.pop_back();
      for (unsigned I = First[Node], E = First[Node + 1]; I != E; ++I) {
        const auto [To, Kind] = Out[I];
        if (Reached[To])
          continue;
        if (!isa<Function>(Nodes[To])) { // its first, nearest way in serves all
          Reached[To] = true;
          Tables.push_back(To);
          continue;
        }
        Candidate New{Kind, From, Node == From ? -1 : int(Node), true};
        if (!Best[To].Set)
          Next.push_back(To);
        else if (!better(New, Best[To]))
          continue;
        Best[To] = New;
      }
    }
  }

  bool better(const Candidate &A, const Candidate &B) {
    auto Key = [&](const Candidate &C) { return std::make_tuple(C.Kind, Order[C.From], C.Via < 0 ? 0u : Order[C.Via]); };
    return Key(A) < Key(B);
  }

  /// The first table that holds the function, for roots.
  int tableOf(unsigned F) {
    int Found = -1;
    if (Nodes[F]->hasLocalLinkage())
      for (const ReverseCalls::Edge &E : Calls.into(*Nodes[F]))
        if (isa<GlobalVariable>(E.From)) {
          unsigned Table = Number.lookup(E.From);
          if (Found < 0 || Order[Table] < Order[Found])
            Found = int(Table);
        }
    return Found;
  }

  ChainMap paths(ArrayRef<const Function *> Targets) {
    ChainMap Chains;
    for (const Function *Target : Targets)
      for (unsigned F = Number.lookup(Target);;) {
        const bool Root = Best[F].From == F;
        DeviceUse::Predecessor Step;
        if (!Root)
          Step.From = cast<Function>(Nodes[Best[F].From]);
        if (Best[F].Via >= 0)
          Step.Via = Nodes[Best[F].Via];
        Step.Address = !Root && Best[F].Kind == ReverseCalls::Address;
        if (!Chains.try_emplace(cast<Function>(Nodes[F]), Step).second || Root)
          break;
        F = Best[F].From;
      }
    return Chains;
  }

  ArrayRef<const Module *> Program;
  ReverseCalls &Calls;
  DenseMap<const GlobalValue *, unsigned> Number;
  std::vector<const GlobalValue *> Nodes;
  std::vector<Edge> Backward;
  std::vector<unsigned> First, Order, Tables;
  std::vector<std::pair<unsigned, ReverseCalls::KindTy>> Out;
  std::vector<bool> Reached;
  std::vector<Candidate> Best;
};

} // namespace

ChainMap findChains(ArrayRef<const Module *> Program, ReverseCalls &Calls, ArrayRef<const Function *> Targets) {
  return ChainFinder(Program, Calls).run(Targets);
}

std::vector<ChainStep> chainFrom(const ChainMap &Chains, const Function &F, size_t Most) {
  std::vector<ChainStep> Chain;
  for (const Function *At = &F; At;) {
    if (Chain.size() == Most) {
      Chain.push_back({"...", "", false});
      break;
    }
    auto It = Chains.find(At);
    DeviceUse::Predecessor P = It == Chains.end() ? DeviceUse::Predecessor() : It->second;
    Chain.push_back({At->getName().str(), P.Via ? ("@" + P.Via->getName()).str() : "", P.Address});
    At = P.From;
  }
  std::reverse(Chain.begin(), Chain.end());
  return Chain;
}

} // namespace cordon
