//===- quarantine/SplitPlan.cpp - what goes where -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "quarantine/SplitPlan.h"
#include "quarantine/BuiltinVariables.h"
#include "quarantine/MendedBodies.h"
#include "quarantine/PlanChecks.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include <deque>

using namespace llvm;

namespace cordon {

std::vector<ChainStep> SplitPlan::chainTo(const GlobalValue &V) const {
  std::vector<ChainStep> Chain;
  std::string Via;
  for (const GlobalValue *At = &V; At; At = Parent.lookup(At)) {
    if (isa<Function>(At)) {
      Chain.push_back({At->getName().str(), ""});
      // The table stands between this function and the next one towards the leaf.
      if (!Via.empty() && Chain.size() > 1)
        Chain[Chain.size() - 2].Via = Via;
      Via.clear();
    } else
      Via = "@" + At->getName().str();
  }
  std::reverse(Chain.begin(), Chain.end());
  return Chain;
}

unsigned deviceAddressSpace(const GlobalVariable &V, const Annotations &Marks) {
  if (V.getAddressSpace())
    return V.getAddressSpace();
  if (Marks.has(V, "cordon.shared"))
    return 3;
  if (Marks.has(V, "cordon.constant"))
    return 4;
  if (Marks.has(V, "cordon.device") || Marks.has(V, "cordon.device-variable") ||
      V.hasAttribute("cordon.device-variable") || isManaged(V, Marks))
    return 1;
  return 0;
}

void visitGlobals(const Constant *C, SmallPtrSetImpl<const Constant *> &Seen, function_ref<void(GlobalValue &)> Visit) {
  SmallVector<const Constant *, 8> Work = {C};
  while (!Work.empty()) {
    const Constant *At = Work.pop_back_val();
    if (isa<ConstantData>(At) || !Seen.insert(At).second)
      continue;
    if (auto *GV = dyn_cast<GlobalValue>(At)) {
      Visit(*const_cast<GlobalValue *>(GV));
      continue;
    }
    // Reversed, so that operands are visited in order.
    for (const Use &U : reverse(At->operands()))
      if (auto *Operand = dyn_cast<Constant>(U)) // a block address also has its block
        Work.push_back(Operand);
  }
}

SetVector<GlobalValue *> usersOf(GlobalValue &V) {
  SetVector<GlobalValue *> Result;
  SmallPtrSet<const User *, 16> Seen;
  SmallVector<const User *, 16> Work(V.user_begin(), V.user_end());
  while (!Work.empty()) {
    const User *U = Work.pop_back_val();
    if (!Seen.insert(U).second)
      continue;
    if (auto *I = dyn_cast<Instruction>(U))
      Result.insert(const_cast<Function *>(I->getFunction()));
    else if (isa<GlobalObject>(U))
      Result.insert(const_cast<GlobalValue *>(cast<GlobalValue>(U)));
    else
      Work.append(U->user_begin(), U->user_end());
  }
  return Result;
}

/// Texture and surface handles are named by metadata operands.
static const Constant *namedByMetadata(const Instruction &I, const Value *Operand) {
  auto *MV = dyn_cast<MetadataAsValue>(Operand);
  auto *CM = MV ? dyn_cast<ConstantAsMetadata>(MV->getMetadata()) : nullptr;
  return CM && !isa<DbgInfoIntrinsic>(I) ? CM->getValue() : nullptr;
}

bool isCompilerTable(const GlobalValue &V) { return V.getName().starts_with("llvm."); }

namespace {

class Planner {
public:
  Planner(Module &M, const DeviceUse &Use, const QuarantineOptions &Opts, SplitPlan &Plan, FindingSet &Findings)
      : M(M), Use(Use), Opts(Opts), Plan(Plan), Findings(Findings) {}

  void run() {
    Plan.Marks.read(M);
    chooseDeviceOnly();
    keepCalledBodies();
    if (Plan.DeviceOnly.contains(M.getFunction(Opts.StubSymbol)))
      Findings.fail("stub=call:" + Opts.StubSymbol + ": this is a device function itself; name one that the host has");
    chooseRoots();
    walkClosure();
    keepUnreachedBodies();
    noteMendedEvidence();
    chooseShadowed();
    chooseHostMath();
    checkPlan(M, Plan, Findings);
  }

private:
  void chooseDeviceOnly() {
    auto Mutable = [](const Function *F) { return const_cast<Function *>(F); };
    for (const Evidence &E : Use.evidence()) {
      EvidenceOf[E.F].push_back(&E);
      if (E.R == Rule::WeakRuntimeStub)
        Plan.Placeholders.insert(Mutable(E.F));
    }
    for (const std::string &Name : Opts.Kernels)
      if (Function *F = M.getFunction(Name); F && !F->isDeclaration())
        NamedKernels.insert(F);
      else
        Findings.fail("kernels=" + Name + ": the module defines no function of that name");
    // In module order, whatever the order of the analysis' sets.
    for (Function &F : M) {
      bool Kernel = Use.isKernel(F) || NamedKernels.contains(&F);
      if (F.isDeclaration() || (!Kernel && !Use.isDeviceOnly(F)))
        continue;
      if (!Kernel && keepsHostBody(F, EvidenceOf[&F])) {
        Plan.Mended.insert(&F);
        continue;
      }
      Plan.DeviceOnly.insert(&F);
      // The object that holds the strong copy brings its own image.
      if (Kernel && !F.hasAvailableExternallyLinkage())
        Plan.Kernels.insert(&F);
    }
    for (const Evidence &E : Use.overriddenEvidence())
      if (E.At)
        Plan.Mended.insert(Mutable(E.F));
    Plan.HasDeviceData = !Use.DeviceVariables.empty();
  }

  void keepBody(Function &F) {
    Plan.DeviceOnly.remove(&F);
    Plan.Mended.insert(&F);
    Guarded.insert(&F);
  }

  /// True if main calls \p F, through functions of this module.
  static bool isCalledByMain(Function &F) {
    SetVector<GlobalValue *> Callers;
    Callers.insert(&F);
    for (size_t I = 0; I != Callers.size(); ++I)
      for (User *U : Callers[I]->users()) {
        if (auto *CB = dyn_cast<CallBase>(U); CB && CB->getCalledOperand() == Callers[I])
          Callers.insert(CB->getFunction());
        else if (auto *A = dyn_cast<GlobalAlias>(U))
          Callers.insert(A);
      }
    return any_of(Callers, [](const GlobalValue *V) { return V->getName() == "main"; });
  }

  /// Called by the program and by nothing of the device: a host function that guarded device code was inlined into.
  /// (Without main this may be a library of device functions.)
  void keepCalledBodies() {
    for (bool Changed = true; Changed;) {
      Changed = false;
      for (Function *F : to_vector(Plan.DeviceOnly)) {
        bool FromDevice = any_of(F->users(), [&](User *U) {
          auto *CB = dyn_cast<CallBase>(U);
          return CB && CB->getFunction() != F && Plan.DeviceOnly.contains(CB->getFunction());
        });
        if (Plan.Kernels.contains(F) || FromDevice || !isGuarded(*F, EvidenceOf[F]) || !isCalledByMain(*F))
          continue;
        keepBody(*F);
        Changed = true;
      }
    }
  }

  /// The same where the callers are in other files: no root arrives there, so that the device has no use for it.
  void keepUnreachedBodies() {
    for (Function *F : to_vector(Plan.DeviceOnly))
      if (!Plan.Kernels.contains(F) && !Plan.Closure.contains(F) && isGuarded(*F, EvidenceOf[F]))
        keepBody(*F);
  }

  void noteMendedEvidence() {
    for (ArrayRef<Evidence> All : {ArrayRef(Use.evidence()), ArrayRef(Use.overriddenEvidence())})
      for (const Evidence &E : All)
        if (auto *F = const_cast<Function *>(E.F); E.At && Plan.Mended.contains(F) && isForDevice(E, *F))
          Plan.MendedEvidence.insert(E.At);
  }

  bool isForDevice(const Evidence &E, const Function &F) const {
    if (Guarded.contains(&F))
      return true;
    // Hosts may read the shadow of a variable in 1 or 4, and what a mark calls the host's may use any memory.
    if (E.R == Rule::DeviceAddressSpace)
      return Use.isDeviceOnly(F) && E.Symbol != "1" && E.Symbol != "4";
    auto *CB = dyn_cast<CallBase>(E.At);
    return CB && (E.R == Rule::NVVMIntrinsic || E.R == Rule::PTXAsm ||
                  (CB->getCalledFunction() && CB->getCalledFunction()->getName() == E.Symbol));
  }

  bool isVisibleRoot(const Function &F) const {
    return !F.hasLocalLinkage() && !F.hasAvailableExternallyLinkage() && !Plan.Placeholders.contains(&F) &&
           F.getName() != "main";
  }

  void addVisibleRoots() {
    for (Function &F : M)
      if (Plan.DeviceOnly.contains(&F) || (Plan.Mended.contains(&F) && !Guarded.contains(&F) && Use.isDeviceOnly(F)))
        if (isVisibleRoot(F))
          Plan.Roots.insert(&F);
  }

  void chooseRoots() {
    using K = QuarantineOptions::RootsKind;
    switch (Opts.Roots) {
    case K::Kernels:
      Plan.Roots.insert(Plan.Kernels.begin(), Plan.Kernels.end());
      if (Plan.Roots.empty())
        addVisibleRoots();
      return;
    case K::Visible:
      Plan.Roots.insert(Plan.Kernels.begin(), Plan.Kernels.end());
      addVisibleRoots();
      return;
    case K::Names:
      for (const std::string &Name : Opts.RootNames)
        if (Function *F = M.getFunction(Name); F && !F->isDeclaration())
          Plan.Roots.insert(F);
        else
          Findings.fail("roots=" + Name + ": the module defines no function of that name");
      return;
    }
  }

  void reach(GlobalValue &V, const GlobalValue *From) {
    if (!Plan.Closure.insert(&V))
      return;
    if (From)
      Plan.Parent[&V] = From;
    Work.push_back(&V);
  }

  /// Breadth first, so that chains are shortest.
  void walkClosure() {
    for (Function *F : Plan.Roots)
      reach(*F, nullptr);
    while (!Work.empty()) {
      GlobalValue *At = Work.front();
      Work.pop_front();
      SmallPtrSet<const Constant *, 32> Seen;
      auto Visit = [&](GlobalValue &V) { reach(V, At); };
      if (auto *F = dyn_cast<Function>(At)) {
        if (F->isDeclaration() || Plan.Placeholders.contains(F))
          continue;
        if (F->hasPersonalityFn())
          visitGlobals(F->getPersonalityFn(), Seen, Visit);
        for (const Instruction &I : instructions(*F))
          for (const llvm::Use &U : I.operands())
            if (auto *C = dyn_cast<Constant>(U))
              visitGlobals(C, Seen, Visit);
            else if (const Constant *C = namedByMetadata(I, U))
              visitGlobals(C, Seen, Visit);
      } else if (auto *GV = dyn_cast<GlobalVariable>(At)) {
        if (GV->hasInitializer())
          visitGlobals(GV->getInitializer(), Seen, Visit);
      } else if (auto *GA = dyn_cast<GlobalAlias>(At))
        visitGlobals(GA->getAliasee(), Seen, Visit);
    }
  }

  /// A device variable that the host names, or that other objects may name, is registered under its host symbol.
  void chooseShadowed() {
    for (GlobalVariable &V : M.globals()) {
      if (V.isDeclaration() || isCompilerTable(V) || V.hasAvailableExternallyLinkage() ||
          V.hasAttribute("cordon.shadow"))
        continue;
      unsigned AS = deviceAddressSpace(V, Plan.Marks);
      bool InClosure = Plan.Closure.contains(&V);
      if (AS == 1 || AS == 4) {
        if (!V.hasLocalLinkage() || isNamedByHost(V, Plan))
          Plan.Shadowed.insert(&V);
      } else if (AS == 0 && InClosure && !V.isConstant() && !V.isThreadLocal() && !V.hasLocalLinkage())
        Plan.Shadowed.insert(&V);
    }
    for (GlobalVariable *V : Plan.Shadowed)
      reach(*V, nullptr);
    walkClosure();
  }

  void chooseHostMath() {
    for (Function &F : M)
      if (DeviceSymbols::isLibdevice(F.getName()) && (F.isDeclaration() || Plan.DeviceOnly.contains(&F)))
        if (isNamedByHost(F, Plan))
          Plan.HostMath.insert(&F);
  }

  Module &M;
  const DeviceUse &Use;
  const QuarantineOptions &Opts;
  SplitPlan &Plan;
  FindingSet &Findings;
  DenseMap<const Function *, SmallVector<const Evidence *, 2>> EvidenceOf;
  SmallPtrSet<const Function *, 4> NamedKernels;
  /// Those of Plan.Mended that guarded device code was inlined into.
  SmallPtrSet<const Function *, 4> Guarded;
  std::deque<GlobalValue *> Work;
};

} // namespace

void planSplit(Module &Host, const DeviceUse &Use, const QuarantineOptions &Opts, SplitPlan &Plan,
               FindingSet &Findings) {
  Planner(Host, Use, Opts, Plan, Findings).run();
}

} // namespace cordon
