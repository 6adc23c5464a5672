//===- detect/Startup.cpp - processes started before main -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A global constructor or a Julia `__init__` from which a process can be started: a program image with such a module
// does not relocate, because the tools that it starts were found on the machine that built it.
//===----------------------------------------------------------------------===//

#include "analysis/CallGraph.h"
#include "detect/Detect.h"
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

void addStartupFindings(Module &M, FindingSet &Findings) {
  std::vector<const Function *> Spawners;
  for (const Function &F : M)
    if (F.isDeclaration() && !F.use_empty() && startsProcess(F.getName()))
      Spawners.push_back(&F);
  if (Spawners.empty())
    return;
  DenseSet<const Function *> Initial;
  if (const GlobalVariable *Ctors = M.getGlobalVariable("llvm.global_ctors"); Ctors && Ctors->hasInitializer())
    for (const Use &U : Ctors->getInitializer()->operands())
      if (auto *Entry = dyn_cast<ConstantStruct>(U.get()))
        if (auto *F = dyn_cast<Function>(Entry->getOperand(1)->stripPointerCastsAndAliases()))
          Initial.insert(F);
  for (const Function &F : M)
    if (!F.isDeclaration() && isJuliaInit(F.getName()))
      Initial.insert(&F);
  if (Initial.empty())
    return;

  ReverseCalls Calls;
  for (const Function *Spawner : Spawners) {
    // Breadth first, backwards: Next[F] is the step from F towards the spawner.
    DenseMap<const Function *, const Function *> Next{{Spawner, nullptr}};
    std::deque<const Function *> Work{Spawner};
    while (!Work.empty()) {
      const Function *To = Work.front();
      Work.pop_front();
      for (const ReverseCalls::Edge &E : Calls.into(*To))
        if (auto *From = dyn_cast<Function>(E.From); From && Next.try_emplace(From, To).second)
          Work.push_back(From);
    }
    for (const Function &F : M) {
      if (!Initial.contains(&F) || !Next.contains(&F))
        continue;
      StringRef What = withoutJuliaPLT(Spawner->getName());
      std::vector<ChainStep> Chain;
      const Function *Last = &F;
      for (const Function *At = &F; At && At != Spawner; At = Next.lookup(At)) {
        Chain.push_back({At->getName().str(), "", false});
        Last = At;
      }
      const Instruction *Site = nullptr;
      for (const User *U : Spawner->users())
        if (auto *I = dyn_cast<Instruction>(U); I && I->getFunction() == Last && !Site)
          Site = I;
      Finding &New = Findings.add(Rule::SpawnsProcessAtStartup, What,
                                  Twine("'") + What + "' can be reached from '" + F.getName() +
                                      "', which runs when the program starts: such an image does not relocate",
                                  Site, Last);
      New.Chain = std::move(Chain);
    }
  }
}

} // namespace cordon
