//===- detect/Startup.cpp - processes started before main -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A global constructor or a Julia `__init__` from which a process can be started: a program image with such a module
// does not relocate, because the tools that it starts were found on the machine that built it.
//===----------------------------------------------------------------------===//

#include "analysis/CallGraph.h"
#include "detect/Detect.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"
#include <deque>

using namespace llvm;

namespace cordon {

/// The C symbol behind Julia's lazy binding stub `jlplt_NAME_123`.
static StringRef withoutJuliaPLT(StringRef Name) {
  if (Name.consume_front("jlplt_")) {
    Name.consume_back("_got");
    Name = Name.rtrim("0123456789");
    Name.consume_back("_");
  }
  return Name;
}

static bool startsProcess(StringRef Name) {
  return StringSwitch<bool>(withoutJuliaPLT(Name))
      .Cases({"fork", "vfork", "posix_spawn", "posix_spawnp", "system", "popen", "uv_spawn", "jl_spawn", "ijl_spawn"}, true)
      .Cases({"execve", "execv", "execvp", "execvpe", "execl", "execlp", "execle", "fexecve"}, true)
      .Default(false);
}

/// `__init__` as Julia spells it: julia___init___123, japi1___init___123, jfptr___init___123.
static bool isJuliaInit(StringRef Name) {
  for (StringRef Prefix : {"julia_", "japi1_", "jfptr_", "jlsys_"})
    if (Name.consume_front(Prefix))
      break;
  return Name == "__init__" || (Name.consume_front("__init___") && !Name.empty() && all_of(Name, isDigit));
}

/// Constructors and `__init__`s of one module.
static void addInitial(const Module &M, SmallVectorImpl<const Function *> &Initial) {
  DenseSet<const Function *> Constructors;
  if (const GlobalVariable *Ctors = M.getGlobalVariable("llvm.global_ctors"); Ctors && Ctors->hasInitializer())
    for (const Use &U : Ctors->getInitializer()->operands())
      if (auto *Entry = dyn_cast<ConstantStruct>(U.get()))
        if (auto *F = dyn_cast<Function>(Entry->getOperand(1)->stripPointerCastsAndAliases()))
          Constructors.insert(F);
  for (const Function &F : M)
    if (!F.isDeclaration() && (Constructors.contains(&F) || isJuliaInit(F.getName())))
      Initial.push_back(&F);
}

/// Breadth first, backwards: for each function that comes to one of \p Targets the step towards it.
static DenseMap<const GlobalValue *, const GlobalValue *> stepsTo(ArrayRef<const GlobalValue *> Targets,
                                                                  ReverseCalls &Calls) {
  DenseMap<const GlobalValue *, const GlobalValue *> Next;
  std::deque<const GlobalValue *> Work;
  for (const GlobalValue *G : Targets)
    if (Next.try_emplace(G, nullptr).second)
      Work.push_back(G);
  while (!Work.empty()) {
    const GlobalValue *To = Work.front();
    Work.pop_front();
    for (const ReverseCalls::Edge &E : Calls.into(*To))
      if (auto *From = dyn_cast<Function>(E.From); From && Next.try_emplace(From, To).second)
        Work.push_back(From);
  }
  return Next;
}

std::vector<FindingSet> findStartups(ArrayRef<const Module *> Program) {
  std::vector<FindingSet> Findings(Program.size());
  StringMap<SmallVector<const GlobalValue *, 2>> Spawners; // every module may declare the same function
  SmallVector<const Function *, 16> Initial;
  SmallVector<const GlobalValue *, 16> All;
  std::vector<StringRef> Names;
  for (const Module *M : Program) {
    addInitial(*M, Initial);
    for (const GlobalValue &G : M->global_values())
      // Julia's binding stubs have bodies, and calls load their address from a variable.
      if ((G.isDeclaration() || G.getName().starts_with("jlplt_")) && !G.use_empty() && startsProcess(G.getName())) {
        auto &Group = Spawners[withoutJuliaPLT(G.getName())];
        if (Group.empty())
          Names.push_back(withoutJuliaPLT(G.getName()));
        Group.push_back(&G);
        All.push_back(&G);
      }
  }
  if (All.empty() || Initial.empty())
    return Findings;
  ReverseCalls Calls(Program);
  // Most programs have none: one look says so.
  DenseMap<const GlobalValue *, const GlobalValue *> Any = stepsTo(All, Calls);
  erase_if(Initial, [&](const Function *F) { return !Any.contains(F); });
  if (Initial.empty())
    return Findings;
  for (StringRef What : Names) {
    DenseMap<const GlobalValue *, const GlobalValue *> Next = stepsTo(Spawners[What], Calls);
    for (const Function *F : Initial) {
      if (!Next.contains(F))
        continue;
      std::vector<ChainStep> Chain;
      const Function *Last = F;
      const GlobalValue *Spawner = F;
      for (; Next.lookup(Spawner); Spawner = Next.lookup(Spawner)) {
        Chain.push_back({Spawner->getName().str(), "", false});
        Last = cast<Function>(Spawner);
      }
      const Instruction *Site = nullptr;
      for (const BasicBlock &BB : *Last)
        for (const Instruction &I : BB)
          if (!Site && any_of(I.operand_values(), [&](const Value *V) { return V->stripPointerCastsAndAliases() == Spawner; }))
            Site = &I;
      FindingSet &Mine = Findings[find(Program, Last->getParent()) - Program.begin()];
      Finding &New = Mine.add(Rule::SpawnsProcessAtStartup, What,
                              Twine("'") + What + "' can be reached from '" + F->getName() +
                                  "', which runs when the program starts: such an image does not relocate",
                              Site, Last);
      New.Chain = std::move(Chain);
    }
  }
  return Findings;
}

} // namespace cordon
