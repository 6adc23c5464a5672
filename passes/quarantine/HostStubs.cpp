//===- quarantine/HostStubs.cpp - what the host keeps of device functions -===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A stub keeps symbol, linkage, comdat, section, type and address, so that tables and other objects still link. In C:
//
//   static char id;                                       // one per stub: no two stubs are equal, in IR or in code
//   __attribute__((noinline, cold)) T f(...) {
//     __asm__ volatile("" : : "r"(&id));
//     cordon_called_on_host("cordon: device function 'f' was called on the host\n", N);   // writes, aborts
//   }
//
// Rejected: a body of `unreachable`, from which optimizers conclude that callers' guards never hold; a shared body, or
// distinct constant strings alone, which --icf=all or string merging across objects would fold to one address.
//===----------------------------------------------------------------------===//

#include "quarantine/HostStubs.h"
#include "quarantine/LaunchStubs.h"
#include "llvm/IR/AttributeMask.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace cordon {
namespace {

bool isPTXConvention(CallingConv::ID CC) { return CC == CallingConv::PTX_Kernel || CC == CallingConv::PTX_Device; }

/// What decides where arguments and results are; the rest speaks of a body that is gone.
AttributeSet abiAttributes(LLVMContext &C, AttributeSet Old) {
  static constexpr Attribute::AttrKind Kept[] = {
      Attribute::ByVal,  Attribute::StructRet, Attribute::InAlloca,  Attribute::Preallocated, Attribute::ByRef,
      Attribute::InReg,  Attribute::SExt,      Attribute::ZExt,      Attribute::Nest,         Attribute::SwiftSelf,
      Attribute::SwiftError, Attribute::SwiftAsync, Attribute::StackAlignment, Attribute::ElementType};
  AttrBuilder B(C);
  for (Attribute::AttrKind Kind : Kept)
    if (Old.hasAttribute(Kind))
      B.addAttribute(Old.getAttribute(Kind));
  // An alignment counts where memory is passed.
  if (Old.hasAttribute(Attribute::Alignment) && (B.contains(Attribute::ByVal) || B.contains(Attribute::StructRet)))
    B.addAttribute(Old.getAttribute(Attribute::Alignment));
  return AttributeSet::get(C, B);
}

AttributeList abiAttributes(LLVMContext &C, AttributeList Old, unsigned Args, AttributeSet FnAttrs) {
  SmallVector<AttributeSet, 8> Params;
  for (unsigned I = 0; I != Args; ++I)
    Params.push_back(abiAttributes(C, Old.getParamAttrs(I)));
  return AttributeList::get(C, FnAttrs, abiAttributes(C, Old.getRetAttrs()), Params);
}

class Stubber {
public:
  Stubber(Module &M, const SplitPlan &Plan, const QuarantineOptions &Opts, StubCalls &Calls)
      : M(M), C(M.getContext()), Plan(Plan), Opts(Opts), Calls(Calls) {}

  void run() {
    dropMarks();
    dropDeviceProcessors();
    collectCandidates();
    for (Function *F : Plan.DeviceOnly)
      if (F->hasAvailableExternallyLinkage())
        declareOnly(*F);
      else
        stub(*F);
    forgetInCallers();
    for (Function *F : Plan.DeviceOnly)
      dropPTXConvention(*F);
    removeUnneeded();
    defineRuntimeReferences();
  }

private:
  bool onDeviceOnly(const GlobalObject &V) const {
    if (auto *F = dyn_cast<Function>(&V))
      return Plan.DeviceOnly.contains(const_cast<Function *>(F));
    return deviceAddressSpace(cast<GlobalVariable>(V), Plan.Marks);
  }

  /// Marks that have been acted on; a second run must find nothing to do.
  void dropMarks() {
    dropAnnotations(M, [&](const GlobalObject &V) { return onDeviceOnly(V); });
    for (StringRef Name : {"nvvm.annotations", "julia.kernel"})
      if (NamedMDNode *N = M.getNamedMetadata(Name))
        N->eraseFromParent();
    removeFromUsedLists(M, [&](Constant *V) {
      auto *GV = dyn_cast<GlobalVariable>(V->stripPointerCasts());
      return GV && deviceAddressSpace(*GV, Plan.Marks) == 3;
    });
  }

  /// What a device compilation wrote into functions that were merged into the host: its code generator knows no sm_90.
  void dropDeviceProcessors() {
    for (Function &F : M)
      if (F.getFnAttribute("target-cpu").getValueAsString().starts_with("sm_") ||
          F.getFnAttribute("target-features").getValueAsString().contains("+ptx"))
        for (StringRef Kind : {"target-cpu", "target-features", "tune-cpu"})
          F.removeFnAttr(Kind);
  }

  void addCandidate(GlobalValue &V) {
    if (!V.getName().starts_with("llvm.") || isa<Function>(V))
      Candidates.insert(&V);
  }

  /// What device-only functions name may be needed by nobody once their bodies are gone.
  void collectCandidates() {
    for (GlobalValue *V : Plan.Closure)
      if (auto *F = dyn_cast<Function>(V); F && !F->isDeclaration() && !Plan.DeviceOnly.contains(F))
        if (F->isDiscardableIfUnused())
          Helpers.push_back(F);
    SmallPtrSet<const Constant *, 32> Seen;
    for (Function *F : Plan.DeviceOnly) {
      addCandidate(*F);
      if (F->hasPersonalityFn())
        visitGlobals(F->getPersonalityFn(), Seen, [&](GlobalValue &V) { addCandidate(V); });
      for (Instruction &I : instructions(*F))
        for (Use &U : I.operands())
          if (auto *Operand = dyn_cast<Constant>(U))
            visitGlobals(Operand, Seen, [&](GlobalValue &V) { addCandidate(V); });
    }
    for (GlobalVariable &V : M.globals())
      if (deviceAddressSpace(V, Plan.Marks))
        addCandidate(V);
    // Intrinsics that functions with a mended body called.
    for (Function &F : M)
      if (F.isDeclaration() && F.getName().starts_with("llvm.nvvm."))
        addCandidate(F);
  }

  void declareOnly(Function &F) {
    F.deleteBody();
    F.setComdat(nullptr);
    F.clearMetadata();
    F.setAttributes(abiAttributes(C, F.getAttributes(), F.arg_size(), hostAttributes(F)));
  }

  void stub(Function &F) {
    GlobalValue::LinkageTypes Linkage = F.getLinkage();
    SmallVector<std::pair<unsigned, MDNode *>, 4> Metadata;
    F.getAllMetadata(Metadata);
    AttributeSet Host = hostAttributes(F);
    F.deleteBody();
    F.setLinkage(Linkage);
    F.clearMetadata();
    for (auto [Kind, Node] : Metadata) // checks of indirect calls and vtables, and the debugger, still want these
      if (Kind == LLVMContext::MD_dbg || Kind == LLVMContext::MD_type || Kind == LLVMContext::MD_kcfi_type ||
          Kind == LLVMContext::MD_func_sanitize)
        F.addMetadata(Kind, *Node);
    F.clearGC();
    F.setUnnamedAddr(GlobalValue::UnnamedAddr::None);
    F.setAttributes(abiAttributes(C, F.getAttributes(), F.arg_size(), Host));
    F.addFnAttr(Attribute::NoInline);
    F.addFnAttr(Attribute::Cold);
    F.addFnAttr("cordon.stub");

    IRBuilder<> IR(BasicBlock::Create(C, "", &F));
    if (DISubprogram *SP = F.getSubprogram())
      IR.SetCurrentDebugLocation(DILocation::get(C, SP->getLine(), 0, SP));
    auto *Id = new GlobalVariable(M, IR.getInt8Ty(), false, GlobalValue::InternalLinkage, IR.getInt8(0), "cordon.id");
    auto *Opaque = InlineAsm::get(FunctionType::get(IR.getVoidTy(), {Id->getType()}, false), "", "r", true);
    IR.CreateCall(Opaque, {Id});
    if (Plan.Kernels.contains(&F))
      emitLaunch(IR, F);
    Calls.emit(IR, F.getName());
    IR.CreateUnreachable();
  }

  /// Removes from calls of \p F, through aliases too, what was inferred from the body that is gone.
  void forgetAtCalls(GlobalValue &F, SetVector<Function *> &Callers) {
    for (User *U : F.users()) {
      if (auto *A = dyn_cast<GlobalAlias>(U))
        forgetAtCalls(*A, Callers);
      auto *CB = dyn_cast<CallBase>(U);
      if (!CB || CB->getCalledOperand() != &F)
        continue;
      Callers.insert(CB->getFunction());
      CB->setAttributes(forget(CB->getAttributes()));
      if (Plan.DeviceOnly.contains(dyn_cast<Function>(&F))) {
        CB->setAttributes(abiAttributes(C, CB->getAttributes(), CB->arg_size(), AttributeSet()));
        CB->dropUnknownNonDebugMetadata({LLVMContext::MD_prof});
      }
    }
  }

  AttributeList forget(AttributeList Old) {
    AttributeMask Stale;
    for (Attribute::AttrKind Kind : {Attribute::Memory, Attribute::WillReturn, Attribute::Speculatable,
                                     Attribute::NoFree, Attribute::NoSync, Attribute::NoCallback, Attribute::MustProgress})
      Stale.addAttribute(Kind);
    if (Opts.Stub == QuarantineOptions::StubKind::Call) // may throw
      Stale.addAttribute(Attribute::NoUnwind);
    return Old.removeFnAttributes(C, Stale);
  }

  /// An optimizer that saw the bodies may have called their callers pure, and the callers of those.
  void forgetInCallers() {
    SetVector<Function *> Callers(Plan.Mended.begin(), Plan.Mended.end());
    for (Function *F : Plan.DeviceOnly)
      forgetAtCalls(*F, Callers);
    for (size_t I = 0; I != Callers.size(); ++I) {
      Function *F = Callers[I];
      if (Plan.DeviceOnly.contains(F))
        continue;
      F->setAttributes(forget(F->getAttributes()));
      forgetAtCalls(*F, Callers);
    }
  }

  void dropPTXConvention(Function &F) {
    if (!isPTXConvention(F.getCallingConv()))
      return;
    F.setCallingConv(CallingConv::C);
    for (User *U : F.users())
      if (auto *CB = dyn_cast<CallBase>(U); CB && CB->getCalledOperand() == &F)
        CB->setCallingConv(CallingConv::C);
  }

  /// Tables of positions may name what only the device runtime defines. The slot stays and the host links.
  void defineRuntimeReferences() {
    DeviceSymbols Symbols;
    SmallVector<Function *> Functions;
    for (Function &F : M)
      if (F.isDeclaration() && !F.use_empty() && !F.isIntrinsic() && Symbols.isDeviceRuntime(F.getName()))
        Functions.push_back(&F);
    for (Function *F : Functions) {
      F->setLinkage(GlobalValue::WeakAnyLinkage);
      F->setVisibility(GlobalValue::HiddenVisibility);
      stub(*F);
    }
    for (GlobalVariable &V : M.globals())
      if (V.isDeclaration() && !V.use_empty() && !V.getAddressSpace() && Symbols.isDeviceRuntime(V.getName())) {
        V.setInitializer(Constant::getNullValue(V.getValueType()));
        V.setLinkage(GlobalValue::WeakAnyLinkage);
        V.setVisibility(GlobalValue::HiddenVisibility);
        V.addAttribute("cordon.shadow");
      }
  }

  bool isUnneeded(GlobalValue &V) const {
    V.removeDeadConstantUsers();
    if (!V.use_empty())
      return false;
    if (auto *GV = dyn_cast<GlobalVariable>(&V); GV && deviceAddressSpace(*GV, Plan.Marks) == 3)
      return true; // shared memory has no host symbol
    if (auto *F = dyn_cast<Function>(&V); F && Plan.Kernels.contains(F))
      return false; // registered, even if only by name
    // Inline functions that only device code called; a stub of one stays for other objects' tables.
    bool Stub = isa<Function>(V) && cast<Function>(V).hasFnAttribute("cordon.stub");
    return V.hasLocalLinkage() || V.isDeclaration() || (V.isDiscardableIfUnused() && !Stub);
  }

  void removeUnneeded() {
    do
      removeCandidates();
    while (emptyUnneededCycles());
  }

  void removeCandidates() {
    while (!Candidates.empty()) {
      GlobalValue *V = Candidates.pop_back_val();
      if (Plan.Shadowed.contains(dyn_cast<GlobalVariable>(V)) || !isUnneeded(*V))
        continue;
      // What only this one named is looked at again.
      SetVector<GlobalValue *> Next;
      SmallPtrSet<const Constant *, 8> Seen;
      auto Visit = [&](GlobalValue &N) { Next.insert(&N); };
      if (auto *F = dyn_cast<Function>(V)) {
        for (Instruction &Inst : instructions(*F))
          for (Use &U : Inst.operands())
            if (auto *Operand = dyn_cast<Constant>(U))
              visitGlobals(Operand, Seen, Visit);
      } else if (auto *GV = dyn_cast<GlobalVariable>(V)) {
        if (GV->hasInitializer())
          visitGlobals(GV->getInitializer(), Seen, Visit);
      } else if (auto *A = dyn_cast<GlobalAlias>(V))
        visitGlobals(A->getAliasee(), Seen, Visit);
      V->eraseFromParent();
      for (GlobalValue *N : Next)
        if (N != V)
          addCandidate(*N);
    }
  }

  /// A helper of kernels that calls itself, or one that calls it, has a user and is needed by nobody. Its body goes; the
  /// rest follows.
  bool emptyUnneededCycles() {
    SetVector<GlobalValue *> Group;
    for (const WeakVH &Handle : Helpers)
      if (auto *F = cast_or_null<Function>(Handle); F && !F->isDeclaration() && !F->use_empty())
        if (none_of(F->users(), [](const User *U) { return isa<GlobalAlias>(U); })) // it is named under that name
          Group.insert(F);
    DenseMap<GlobalValue *, SetVector<GlobalValue *>> Users;
    for (GlobalValue *V : Group)
      Users[V] = usersOf(*V);
    for (bool Changed = true; Changed;)
      Changed = Group.remove_if([&](GlobalValue *V) {
        return any_of(Users[V], [&](GlobalValue *U) { return !Group.contains(U); });
      });
    for (GlobalValue *V : Group) {
      auto *F = cast<Function>(V);
      for (Instruction &I : instructions(*F))
        for (Use &U : I.operands())
          if (auto *Operand = dyn_cast<Constant>(U)) {
            SmallPtrSet<const Constant *, 8> Seen;
            visitGlobals(Operand, Seen, [&](GlobalValue &N) { addCandidate(N); });
          }
      F->setComdat(nullptr);
      F->deleteBody();
      F->setLinkage(GlobalValue::ExternalLinkage);
      addCandidate(*F);
    }
    return !Group.empty();
  }

  Module &M;
  LLVMContext &C;
  const SplitPlan &Plan;
  const QuarantineOptions &Opts;
  StubCalls &Calls;
  SetVector<GlobalValue *> Candidates;
  /// What device code may have been the only user of: local and inline functions that are no stubs.
  SmallVector<WeakVH, 32> Helpers;
};

} // namespace

void stubHost(Module &Host, const SplitPlan &Plan, const QuarantineOptions &Opts, StubCalls &Calls) {
  Stubber(Host, Plan, Opts, Calls).run();
}

} // namespace cordon
