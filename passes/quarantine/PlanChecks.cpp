//===- quarantine/PlanChecks.cpp - what forbids a split -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A variable has one place to live. Where both sides write one, or a constructor fills on the host what only the device
// reads, no split is right and the author must say which side is meant.
//===----------------------------------------------------------------------===//

#include "quarantine/PlanChecks.h"
#include "quarantine/BuiltinVariables.h"
#include "quarantine/MendedBodies.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Analysis/PostDominators.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

static bool names(const Instruction &I, const GlobalValue &V) {
  SmallPtrSet<const Constant *, 8> Seen;
  bool Found = false;
  for (const Use &U : I.operands())
    if (auto *C = dyn_cast<Constant>(U))
      visitGlobals(C, Seen, [&](GlobalValue &G) { Found |= &G == &V; });
  return Found;
}

/// Device code that was inlined into \p F: who uses \p V there ends at the stub's message, before or after.
static bool isOnDevicePaths(Function &F, const GlobalValue &V, const SplitPlan &Plan) {
  SetVector<Instruction *> Arrivals = deviceArrivals(F, Plan.MendedEvidence);
  if (Arrivals.empty())
    return false;
  DominatorTree DT(F);
  PostDominatorTree PDT(F);
  for (Instruction &I : instructions(F))
    if (names(I, V) && none_of(Arrivals, [&](const Instruction *A) {
          return A == &I || DT.dominates(A, &I) || PDT.dominates(A, &I);
        }))
      return false;
  return true;
}

static GlobalValue *hostUser(GlobalValue &V, const SplitPlan &Plan, SmallPtrSetImpl<const GlobalValue *> &Seen) {
  if (!Seen.insert(&V).second)
    return nullptr;
  GlobalValue *Hidden = nullptr;
  SetVector<GlobalValue *> Users = usersOf(V);
  for (GlobalValue *U : Users)
    if (auto *F = dyn_cast<Function>(U); F && !Plan.DeviceOnly.contains(F) && !F->isDiscardableIfUnused())
      if (!Plan.Mended.contains(F) || !isOnDevicePaths(*F, V, Plan))
        return F;
  for (GlobalValue *U : Users) {
    auto *F = dyn_cast<Function>(U);
    if ((F && (Plan.DeviceOnly.contains(F) || !F->isDiscardableIfUnused())) || (isCompilerTable(*U) && !U->getName().starts_with("llvm.global_")))
      continue;
    // What others cannot name counts if somebody here does; a visible table may be read elsewhere.
    if (!F && !U->isDiscardableIfUnused()) {
      Hidden = Hidden ? Hidden : U;
      continue;
    }
    if (GlobalValue *Reader = hostUser(*U, Plan, Seen))
      return F ? U : Reader;
  }
  return Hidden;
}

GlobalValue *hostUserOf(GlobalValue &V, const SplitPlan &Plan) {
  SmallPtrSet<const GlobalValue *, 8> Seen;
  return hostUser(V, Plan, Seen);
}

bool isNamedByHost(GlobalValue &V, const SplitPlan &Plan) {
  return any_of(usersOf(V), [&](GlobalValue *U) {
    auto *F = dyn_cast<Function>(U);
    return F ? !Plan.DeviceOnly.contains(F) : !isCompilerTable(*U);
  });
}

bool isNeverWritten(const GlobalVariable &V) {
  if (!V.hasLocalLinkage())
    return false;
  SmallVector<const User *, 16> Work(V.user_begin(), V.user_end());
  SmallPtrSet<const User *, 16> Seen;
  while (!Work.empty()) {
    const User *U = Work.pop_back_val();
    if (!Seen.insert(U).second || isa<ICmpInst>(U))
      continue;
    if (auto *L = dyn_cast<LoadInst>(U)) {
      if (L->isVolatile())
        return false;
      continue;
    }
    if (!isa<GEPOperator, AddrSpaceCastOperator, BitCastOperator>(U))
      return false;
    Work.append(U->user_begin(), U->user_end());
  }
  return true;
}

namespace {

class Checker {
public:
  Checker(Module &M, const SplitPlan &Plan, FindingSet &Findings) : M(M), Plan(Plan), Findings(Findings) {}

  void run() {
    checkConstructors("llvm.global_ctors");
    for (const Function *K : Plan.Kernels)
      if (K->isVarArg())
        Findings.add(Rule::KernelSignature, K->getName(),
                     "kernel '" + K->getName() + "' is variadic, and a launch passes no variable arguments; give it a "
                     "fixed list of parameters",
                     nullptr, K);
    for (GlobalValue *V : Plan.Closure) {
      if (auto *GV = dyn_cast<GlobalVariable>(V))
        checkVariable(*GV);
      else if (isa<GlobalIFunc>(V))
        report(Rule::UnsupportedFunction, *V,
               "ifunc '" + V->getName() + "' is used by device code, which has no load-time resolvers; call the "
               "implementation that the device needs directly");
    }
  }

private:
  /// \p V is a member of the closure; the finding goes to the function that names it.
  void report(Rule R, const GlobalValue &V, const Twine &Message) {
    std::vector<ChainStep> Chain = Plan.chainTo(V);
    const Function *F = Chain.empty() ? nullptr : M.getFunction(Chain.back().Function);
    Findings.add(R, V.getName(), Message, firstUse(F, V), F).Chain = Chain;
  }

  /// The instruction of \p F that names \p V itself, for its location.
  static const Instruction *firstUse(const Function *F, const GlobalValue &V) {
    if (!F)
      return nullptr;
    for (const Instruction &I : instructions(*F))
      if (names(I, V))
        return &I;
    return nullptr;
  }

  /// What UBSan's handlers are told: the device has no such handlers, which is what there is to say.
  static bool isSanitizerRecord(const GlobalVariable &V) {
    return V.hasLocalLinkage() && !V.use_empty() && all_of(V.users(), [](const User *U) {
      auto *CB = dyn_cast<CallBase>(U);
      return CB && CB->getCalledFunction() && CB->getCalledFunction()->getName().starts_with("__ubsan_handle_");
    });
  }

  void checkVariable(GlobalVariable &V) {
    if (isBuiltinVariable(V.getName()) || FilledByConstructor.contains(&V) || isSanitizerRecord(V))
      return;
    if (V.isThreadLocal())
      return report(Rule::ThreadLocal, V,
                    "thread-local variable '" + V.getName() + "' is used by device code, where it would be one for all "
                    "threads; pass the value as an argument, or make it a local variable");
    if (isManaged(V, Plan.Marks))
      return checkManaged(V);
    if (V.isDeclaration() || V.isConstant() || deviceAddressSpace(V, Plan.Marks) || isNeverWritten(V))
      return;
    GlobalValue *Host = hostUserOf(V, Plan);
    if (!Host)
      return;
    std::vector<ChainStep> Chain = Plan.chainTo(V);
    std::string Device = Chain.empty() ? "device code" : "'" + Chain.back().Function + "'";
    report(Rule::SharedMutableGlobal, V,
           "mutable variable " + (V.hasName() ? "'" + V.getName().str() + "'" : "without a name") + " is used by " + Device + " on the device and by '" +
               Host->getName() + "' on the host, which would each see a variable of their own; mark it "
               "cordon.device-variable, pass a pointer to it, or make it constant");
  }

  /// The runtime decides where a managed variable lies, when the program runs.
  void checkManaged(GlobalVariable &V) {
    if (deviceAddressSpace(V, Plan.Marks) != 1)
      return report(Rule::SharedMutableGlobal, V,
                    "managed variable '" + V.getName() + "' is also marked constant or shared; both sides write managed "
                    "memory: leave the other mark away");
    for (GlobalValue *U : usersOf(V))
      if (!isa<Function>(U) && !isCompilerTable(*U) && (!isa<GlobalVariable>(U) || U->isThreadLocal()))
        report(Rule::SharedMutableGlobal, V,
               "'" + U->getName() + "' is an alias or a thread's own variable and holds the address of managed variable '" + V.getName() +
                   "', which is known when the program runs; assign it in code");
  }

  /// The device variable that a store through \p Pointer fills, if any.
  const GlobalVariable *deviceVariable(const Value *Pointer) const {
    auto *V = dyn_cast<GlobalVariable>(getUnderlyingObject(Pointer, 0));
    if (!V || V->isThreadLocal() || V->hasAttribute("cordon.shadow") || isManaged(*V, Plan.Marks))
      return nullptr;
    unsigned AS = deviceAddressSpace(*V, Plan.Marks);
    return AS == 1 || AS == 4 || (AS == 0 && Plan.Closure.contains(V)) ? V : nullptr;
  }

  void checkWrite(const Instruction &I, const Value *Pointer) {
    const GlobalVariable *V = deviceVariable(Pointer);
    if (!V || !FilledByConstructor.insert(V).second)
      return;
    Findings.add(Rule::GlobalConstructor, V->getName(),
                 "a constructor fills the device variable '" + V->getName() +
                     "' at program start on the host, and nobody would on the device; give it a constant initializer, "
                     "or fill it from a kernel or with cudaMemcpyToSymbol",
                 &I);
  }

  void checkConstructors(StringRef Table) {
    GlobalVariable *Ctors = M.getGlobalVariable(Table);
    if (!Ctors || !Ctors->hasInitializer() || Plan.Closure.empty())
      return;
    SetVector<const Function *> Work;
    SmallPtrSet<const Constant *, 16> Seen;
    visitGlobals(Ctors->getInitializer(), Seen, [&](GlobalValue &V) {
      if (auto *F = dyn_cast<Function>(&V))
        Work.insert(F);
    });
    for (size_t At = 0; At != Work.size(); ++At)
      for (const Instruction &I : instructions(*Work[At])) {
        if (auto *S = dyn_cast<StoreInst>(&I))
          checkWrite(I, S->getPointerOperand());
        else if (auto *MI = dyn_cast<MemIntrinsic>(&I))
          checkWrite(I, MI->getRawDest());
        else if (auto *CB = dyn_cast<CallBase>(&I)) {
          auto *Callee = dyn_cast<Function>(CB->getCalledOperand()->stripPointerCastsAndAliases());
          if (!Callee || Callee->isDeclaration())
            continue;
          Work.insert(Callee);
          for (unsigned A = 0; A != CB->arg_size(); ++A)
            if (CB->getArgOperand(A)->getType()->isPointerTy() && !CB->onlyReadsMemory(A))
              checkWrite(I, CB->getArgOperand(A));
        }
      }
  }

  Module &M;
  const SplitPlan &Plan;
  FindingSet &Findings;
  SmallPtrSet<const GlobalVariable *, 4> FilledByConstructor;
};

} // namespace

void checkPlan(Module &M, const SplitPlan &Plan, FindingSet &Findings) { Checker(M, Plan, Findings).run(); }

} // namespace cordon
