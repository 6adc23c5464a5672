//===- quarantine/MendedBodies.cpp - host functions that hold device code -===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values that depend on a device read get a shadow, an i1 that is true where they do: `or` over operands, a phi for a
// phi, a select for a select. An instruction that cannot be undone (a store, a branch, a call, a return) of a shadowed
// value is guarded by the shadow. Rejected: sinking the reads back to their uses, which fails on loops and merges.
//===----------------------------------------------------------------------===//

#include "quarantine/MendedBodies.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Analysis/PostDominators.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace cordon {

static bool isDeviceIntrinsic(const CallBase &CB) {
  const Function *Callee = CB.getCalledFunction();
  return Callee && Callee->getName().starts_with("llvm.nvvm.");
}

bool isSpeculatableRead(const CallBase &CB) {
  if (!isDeviceIntrinsic(CB) || CB.getType()->isVoidTy() || !isa<CallInst>(CB))
    return false;
  return CB.getCalledFunction()->isSpeculatable() || CB.getCalledFunction()->getName().contains(".read.ptx.sreg.");
}

namespace {

/// True for what cannot run on the host: intrinsics, inline PTX, the device runtime, device memory.
bool isDevices(const Instruction &I, const DenseSet<const Instruction *> &Evidence) {
  auto *CB = dyn_cast<CallBase>(&I);
  return (CB && isDeviceIntrinsic(*CB)) || Evidence.contains(&I);
}

/// Results of pure instructions are shadowed rather than guarded.
bool isPure(const Instruction &I) {
  if (isa<UnaryOperator, BinaryOperator, CastInst, GetElementPtrInst, CmpInst, SelectInst, PHINode, FreezeInst,
          ExtractValueInst, InsertValueInst, ExtractElementInst, InsertElementInst, ShuffleVectorInst>(I))
    return true;
  auto *CB = dyn_cast<CallBase>(&I);
  return CB && CB->getCalledFunction() && CB->getCalledFunction()->isSpeculatable() && !CB->getType()->isVoidTy();
}

/// `and` and `or` of conditions: false, or true, of one operand decides whatever the other is.
bool isLogic(const Instruction &I) {
  return I.getType()->isIntegerTy(1) && (I.getOpcode() == Instruction::And || I.getOpcode() == Instruction::Or);
}

/// The instructions that depend on device reads, and those among them that cannot be undone.
struct Flow {
  SetVector<Instruction *> Reads, Pure, Sinks;

  explicit Flow(Function &F) {
    for (Instruction &I : instructions(F))
      if (auto *CB = dyn_cast<CallBase>(&I); CB && isSpeculatableRead(*CB))
        Reads.insert(CB);
    SmallVector<Instruction *, 16> Work(Reads.begin(), Reads.end());
    while (!Work.empty())
      for (User *U : Work.pop_back_val()->users()) {
        auto *I = cast<Instruction>(U);
        if (!isPure(*I))
          Sinks.insert(I);
        else if (!Reads.contains(I) && Pure.insert(I))
          Work.push_back(I);
      }
  }
  bool depends(const Value *V) const {
    auto *I = const_cast<Instruction *>(dyn_cast<Instruction>(V));
    return I && (Reads.contains(I) || Pure.contains(I));
  }
  /// True if no select or phi can have chosen another value on the way to \p V.
  bool alwaysDepends(const Value *V, unsigned Depth = 0) const {
    auto *I = dyn_cast<Instruction>(V);
    if (!I || !depends(I) || Depth > 32)
      return false;
    if (Reads.contains(const_cast<Instruction *>(I)))
      return true;
    if (auto *S = dyn_cast<SelectInst>(I))
      return alwaysDepends(S->getCondition(), Depth + 1) ||
             (alwaysDepends(S->getTrueValue(), Depth + 1) && alwaysDepends(S->getFalseValue(), Depth + 1));
    if (auto *P = dyn_cast<PHINode>(I))
      return all_of(P->incoming_values(), [&](const Use &U) { return alwaysDepends(U, Depth + 1); });
    if (isLogic(*I)) // the other operand may decide
      return all_of(I->operands(), [&](const Use &U) { return isa<Constant>(U) || alwaysDepends(U, Depth + 1); });
    return any_of(I->operands(), [&](const Use &U) { return alwaysDepends(U, Depth + 1); });
  }
};

class Mender {
public:
  Mender(Function &F, StringRef Name, StubCalls &Calls, const DenseSet<const Instruction *> &Evidence)
      : F(F), Name(Name), Calls(Calls), Values(F) {
    // Now: what is made from here on may get the address of what has been erased.
    for (Instruction &I : instructions(F))
      if (isDevices(I, Evidence) && !Values.Reads.contains(&I))
        Ends.insert(&I);
  }

  void run() {
    for (Instruction *Sink : Values.Sinks)
      guard(*Sink);
    for (auto [Phi, Shadow] : OpenPhis)
      for (unsigned I = 0; I != Phi->getNumIncomingValues(); ++I)
        Shadow->addIncoming(shadowOf(Phi->getIncomingValue(I)), Phi->getIncomingBlock(I));
    for (Instruction *Sink : Guards)
      insertGuard(*Sink);
    for (Instruction *Read : Values.Reads) {
      Read->replaceAllUsesWith(placeholder(Read->getType()));
      Read->eraseFromParent();
    }
    cut();
  }

private:
  Constant *bit(bool B) { return ConstantInt::getBool(F.getContext(), B); }

  /// One, so that divisors that the device promises not to be zero are not.
  static Constant *placeholder(Type *T) {
    return T->isIntOrIntVectorTy() ? ConstantInt::get(T, 1) : Constant::getNullValue(T);
  }

  Value *shadowOf(Value *V) {
    auto *I = dyn_cast<Instruction>(V);
    if (!I || !Values.depends(I))
      return bit(false);
    if (Values.Reads.contains(I))
      return bit(true);
    auto [It, New] = Shadows.try_emplace(I, nullptr);
    if (!New)
      return It->second;
    if (auto *P = dyn_cast<PHINode>(I)) {
      PHINode *S = PHINode::Create(Type::getInt1Ty(F.getContext()), P->getNumIncomingValues(), "", P->getIterator());
      Shadows[I] = S;
      OpenPhis.push_back({P, S});
      return S;
    }
    Value *Result;
    if (auto *S = dyn_cast<SelectInst>(I)) {
      Value *OfCondition = shadowOf(S->getCondition()), *OfTrue = shadowOf(S->getTrueValue()),
            *OfFalse = shadowOf(S->getFalseValue());
      IRBuilder<> IR(S);
      Value *Condition = OfTrue == OfFalse ? S->getCondition() : IR.CreateFreeze(S->getCondition());
      Value *Chosen;
      if (Condition->getType()->isVectorTy()) // some element of either
        Chosen = IR.CreateOr(IR.CreateAnd(OfTrue, IR.CreateOrReduce(Condition)),
                             IR.CreateAnd(OfFalse, IR.CreateOrReduce(IR.CreateNot(Condition))));
      else
        Chosen = IR.CreateSelect(Condition, OfTrue, OfFalse);
      Result = IR.CreateOr(OfCondition, Chosen);
    } else if (isLogic(*I)) {
      Value *Of[] = {shadowOf(I->getOperand(0)), shadowOf(I->getOperand(1))};
      IRBuilder<> IR(I);
      Value *Decides[2];
      for (unsigned K : {0, 1}) {
        Value *V = IR.CreateFreeze(I->getOperand(K));
        V = I->getOpcode() == Instruction::And ? IR.CreateNot(V) : V;
        Decides[K] = IR.CreateAnd(V, IR.CreateNot(Of[K]));
      }
      Result = IR.CreateAnd(IR.CreateOr(Of[0], Of[1]), IR.CreateNot(IR.CreateOr(Decides[0], Decides[1])));
    } else {
      SmallVector<Value *, 4> Operands;
      for (Use &U : I->operands())
        Operands.push_back(shadowOf(U));
      IRBuilder<> IR(I);
      Result = bit(false);
      for (Value *O : Operands)
        Result = IR.CreateOr(Result, O);
    }
    Shadows[I] = Result;
    return Result;
  }

  /// Computes all shadows first: inserting guards splits blocks.
  void guard(Instruction &Sink) {
    for (Use &U : Sink.operands())
      shadowOf(U);
    Guards.push_back(&Sink);
    // Phis may have led to others; their incoming values need shadows too.
    for (size_t I = 0; I != OpenPhis.size(); ++I)
      for (Value *V : OpenPhis[I].first->incoming_values())
        shadowOf(V);
  }

  void insertGuard(Instruction &Sink) {
    IRBuilder<> IR(&Sink);
    Value *Any = bit(false);
    for (Use &U : Sink.operands())
      Any = IR.CreateOr(Any, shadowOf(U));
    if (auto *Always = dyn_cast<ConstantInt>(Any)) {
      if (Always->isOne())
        Ends.insert(&Sink);
      return;
    }
    Instruction *Then = SplitBlockAndInsertIfThen(Any, Sink.getIterator(), /*Unreachable=*/true);
    IRBuilder<> InThen(Then);
    InThen.SetCurrentDebugLocation(Sink.getDebugLoc());
    Calls.emit(InThen, Name);
  }

  /// Barriers, inline PTX, shared memory: who arrives there has called the device, and goes no further.
  void cut() {
    SmallVector<Instruction *> First;
    for (BasicBlock &BB : F)
      for (Instruction &I : BB)
        if (Ends.contains(&I)) {
          First.push_back(isa<PHINode>(I) || I.isEHPad() ? &*BB.getFirstInsertionPt() : &I);
          break;
        }
    for (Instruction *I : First) {
      IRBuilder<> IR(I);
      Calls.emit(IR, Name);
      changeToUnreachable(I, /*PreserveLCSSA=*/true);
      for (PHINode &Phi : make_early_inc_range(IR.GetInsertBlock()->phis()))
        if (Ends.contains(&Phi)) { // of addresses in device memory
          Phi.replaceAllUsesWith(PoisonValue::get(Phi.getType()));
          Phi.eraseFromParent();
        }
    }
    if (!First.empty())
      removeUnreachableBlocks(F);
  }

  Function &F;
  std::string Name;
  StubCalls &Calls;
  Flow Values;
  MapVector<Instruction *, Value *> Shadows;
  SmallVector<std::pair<PHINode *, PHINode *>, 4> OpenPhis;
  SmallVector<Instruction *> Guards;
  SmallPtrSet<Instruction *, 8> Ends; ///< what is the device's, or is reached only with a value of it
};

} // namespace

bool keepsHostBody(Function &F, ArrayRef<const Evidence *> Evidence) {
  if (F.getName() == "main")
    return true;
  for (const auto *E : Evidence) {
    auto *CB = dyn_cast_or_null<CallBase>(E->At);
    if (E->R != Rule::NVVMIntrinsic || !CB || !isSpeculatableRead(*CB))
      return false;
  }
  Flow Values(F);
  if (Values.Reads.empty())
    return false;
  PostDominatorTree PDT(F);
  for (Instruction *Sink : Values.Sinks)
    if (any_of(Sink->operands(), [&](const Use &U) { return Values.alwaysDepends(U); }))
      for (Instruction *Read : Values.Reads)
        if (PDT.dominates(Sink->getParent(), Read->getParent()))
          return false;
  return true;
}

SetVector<Instruction *> deviceArrivals(Function &F, const DenseSet<const Instruction *> &Evidence) {
  SetVector<Instruction *> Result;
  for (Instruction &I : instructions(F))
    if (auto *CB = dyn_cast<CallBase>(&I); isDevices(I, Evidence) && !(CB && isSpeculatableRead(*CB)))
      Result.insert(&I);
  Flow Values(F);
  for (Instruction *Sink : Values.Sinks)
    if (any_of(Sink->operands(), [&](const Use &U) { return Values.alwaysDepends(U); }))
      Result.insert(Sink);
  return Result;
}

bool isGuarded(Function &F, ArrayRef<const Evidence *> Evidence) {
  DenseSet<const Instruction *> Places;
  for (const auto *E : Evidence) {
    if (!E->At || !is_contained({Rule::NVVMIntrinsic, Rule::PTXAsm, Rule::DeviceRuntimeCall, Rule::DeviceAddressSpace}, E->R))
      return false;
    // GPUCompiler's exceptions stand behind guards in device functions, and hosts have others.
    if (DeviceSymbols::isRuntimeFunction(E->Symbol) || StringRef(E->Symbol).starts_with("julia."))
      return false;
    Places.insert(E->At);
  }
  SmallPtrSet<const BasicBlock *, 8> Closed;
  for (const Instruction *I : deviceArrivals(F, Places))
    Closed.insert(I->getParent());
  SmallVector<const BasicBlock *> Work = {&F.getEntryBlock()};
  while (!Work.empty()) {
    const BasicBlock *BB = Work.pop_back_val();
    if (!Closed.insert(BB).second)
      continue;
    if (isa<ReturnInst>(BB->getTerminator()))
      return true;
    append_range(Work, successors(BB));
  }
  return false;
}

/// What the message calls the device function: the one that was inlined, where debug info knows it; the device call, in
/// a function that is the host's for certain; or the function itself.
static std::string nameFor(Function &F, const SplitPlan &Plan) {
  bool Host = F.getName() == "main" || F.hasFnAttribute("cordon.host") || Plan.Marks.has(F, "cordon.host");
  for (Instruction &I : instructions(F)) {
    if (!isDevices(I, Plan.MendedEvidence))
      continue;
    const DILocation *At = I.getDebugLoc();
    if (At && At->getInlinedAt()) {
      const DISubprogram *Inlined = At->getScope()->getSubprogram();
      return (Inlined->getLinkageName().empty() ? Inlined->getName() : Inlined->getLinkageName()).str();
    }
    if (auto *CB = dyn_cast<CallBase>(&I); CB && Host && CB->getCalledFunction())
      return CB->getCalledFunction()->getName().str();
  }
  return F.getName().str();
}

void mendHostBodies(const SplitPlan &Plan, StubCalls &Calls) {
  for (Function *F : Plan.Mended) {
    Mender(*F, nameFor(*F, Plan), Calls, Plan.MendedEvidence).run();
  }
}

} // namespace cordon
