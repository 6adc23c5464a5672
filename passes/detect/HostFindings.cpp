//===- detect/HostFindings.cpp - from evidence to findings ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns what the analysis found into findings with messages that say what would happen on the host, and adds what is no
// evidence but worth a word: libdevice calls, device system calls that libc answers, symbols that nothing defines.
//===----------------------------------------------------------------------===//

#include "detect/Detect.h"
#include "analysis/CallGraph.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

static std::string message(const Evidence &E) {
  const std::string Symbol = "'" + E.Symbol + "'";
  switch (E.R) {
  case Rule::NVVMIntrinsic:
    return "use of the GPU intrinsic " + Symbol + ", " + E.Detail;
  case Rule::PTXAsm:
    return "inline assembly " + Symbol + " is " + E.Detail;
  case Rule::DeviceAddressSpace:
    return "use of a pointer into address space " + E.Symbol + ", " + E.Detail;
  case Rule::DeviceRuntimeCall: {
    auto *Call = dyn_cast_or_null<CallBase>(E.At);
    bool Called = Call && Call->getCalledOperand()->getName() == E.Symbol;
    return (Called ? "call of the device runtime's " : "reference to the device runtime's ") + Symbol + ", " + E.Detail;
  }
  default:
    return "function " + Symbol + " is " + E.Detail;
  }
}

bool isHostPseudo(StringRef Name) {
  if (Name == "jl_get_pgcstack" || Name.starts_with("llvm.julia."))
    return true;
  return Name.starts_with("julia.") && !Name.starts_with("julia.gpu.");
}

namespace {

class HostFindings {
public:
  HostFindings(Module &M, const DeviceUse &Use, const DeviceSymbols &Symbols, const HostSymbols *Libs,
               const HostSymbols *Members, FindingSet &Findings)
      : M(M), Use(Use), Symbols(Symbols), Libs(Libs), Members(Members), Findings(Findings) {}

  void run() {
    for (const Evidence &E : Use.evidence()) {
      Finding &F = Findings.add(E.R, E.Symbol, message(E), E.At, E.F);
      F.Chain = chain(Use.ChainTree, *E.F);
    }
    for (const Evidence &E : Use.overriddenEvidence()) {
      Finding &F = Findings.add(Rule::HostMarkOverridesEvidence, E.Symbol,
                                "marked cordon.host, but: " + message(E),
                                E.At, E.F);
      F.Chain = chain(Use.ChainTree, *E.F);
    }
    reportSystemCalls();
    reportLibdevice();
    reportUnresolved();
    addChains();
  }

private:
  /// Thousands of findings at the end of chains of thousands of calls would be gigabytes: then all are cut.
  std::vector<ChainStep> chain(const ChainMap &Chains, const Function &F) {
    std::vector<ChainStep> Chain = chainFrom(Chains, F, std::max(ShortChain, StepsLeft));
    StepsLeft -= std::min(StepsLeft, Chain.size());
    return Chain;
  }

  /// Findings outside device-only functions get their chains together, in one search.
  void later(Finding &F, const Function &In) {
    if (Use.isDeviceOnly(In))
      F.Chain = chain(Use.ChainTree, In);
    else
      Pending.push_back({Findings.findings().size() - 1, &In});
  }

  template <typename FnT> static void forEachUse(const Value &V, FnT Fn) {
    SmallVector<const Value *, 8> Work{&V};
    SmallPtrSet<const Value *, 8> Seen;
    while (!Work.empty())
      for (const User *U : Work.pop_back_val()->users()) {
        auto *I = dyn_cast<Instruction>(U);
        auto *G = dyn_cast<GlobalVariable>(U);
        if (I || G)
          Fn(I, G);
        else if (!isa<Function>(U) && Seen.insert(U).second)
          Work.push_back(U);
      }
  }

  /// The host calls malloc from everywhere: only device code is looked at.
  void reportSystemCalls() {
    SmallPtrSet<const Value *, 4> Calls;
    for (const char *Name : {"vprintf", "malloc", "free"})
      if (const Function *F = M.getFunction(Name); F && F->isDeclarationForLinker() && !F->use_empty())
        Calls.insert(F);
    if (Calls.empty())
      return;
    for (const Function *F : Use.deviceOnly())
      for (const BasicBlock &BB : *F)
        for (const Instruction &I : BB)
          for (const Value *Operand : I.operand_values())
            if (isa<Constant>(Operand) && Calls.contains(Operand->stripPointerCasts())) {
              StringRef Name = Operand->stripPointerCasts()->getName();
              Finding &New = Findings.add(
                  Rule::ResolvesOnHost, Name,
                  "device code calls '" + Name +
                      "', which the host's libc defines too: linking succeeds and the host's is called",
                  &I);
              New.Chain = chain(Use.ChainTree, *F);
            }
  }

  void reportLibdevice() {
    for (const Function &F : M) {
      StringRef Name = F.getName();
      if (F.use_empty() || !F.isDeclarationForLinker() || !DeviceSymbols::isLibdevice(Name) ||
          (Members && Members->defines(Name)))
        continue;
      forEachUse(F, [&](const Instruction *I, const GlobalVariable *) {
        if (I && !Use.isDeviceOnly(*I->getFunction()))
          later(Findings.add(Rule::LibdeviceCall, Name,
                             Twine("call of libdevice's '") + Name +
                                 "', which nothing on the host defines; cordon-quarantine maps it to libm",
                             I),
                *I->getFunction());
      });
    }
  }

  void reportUnresolved() {
    for (const GlobalValue *G : unresolvedSymbols(M, Use, Symbols, Libs, Members)) {
      StringRef Name = G->getName();
      // Calls of these have findings of their own; data that refers to them has none yet.
      const bool Reported =
          Symbols.isDeviceRuntime(Name) || DeviceSymbols::isLibdevice(Name) || Name.starts_with("llvm.") ||
          (Use.ambiguousNamesAreDevice() && DeviceSymbols::isAmbiguousCudaRuntime(Name)) || G->getAddressSpace() != 0;
      std::string Where = Libs ? "neither this module nor a given host library defines it"
                               : "it belongs to the device runtime, and nothing on the host defines it";
      if (Libs && !Libs->missing().empty())
        Where += (" (not found: " + Libs->missing() + ")").str();
      forEachUse(*G, [&](const Instruction *I, const GlobalVariable *Data) {
        if (Data) {
          if (Data->getName() == "llvm.used" || Data->getName() == "llvm.compiler.used")
            return;
          Finding F;
          F.R = Rule::UnresolvedSymbol;
          F.L = ruleDefaultLevel(F.R);
          F.Function = Data->getName().str();
          F.Symbol = Name.str();
          F.Message = ("the table '" + Data->getName() + "' refers to '" + Name + "': " + Where +
                       "; a shared object with it fails to load even when nothing is called")
                          .str();
          Findings.add(std::move(F));
        } else if (!Reported)
          later(Findings.add(Rule::UnresolvedSymbol, Name, Twine("use of '") + Name + "': " + Where, I),
                *I->getFunction());
      });
    }
  }

  void addChains() {
    std::vector<const Function *> Targets;
    for (const auto &[At, F] : Pending)
      Targets.push_back(F);
    if (Targets.empty())
      return;
    ReverseCalls Calls;
    const Module *Program = &M;
    ChainMap Chains = findChains(Program, Calls, Targets);
    for (const auto &[At, F] : Pending)
      Findings.findings()[At].Chain = chain(Chains, *F);
  }

  Module &M;
  const DeviceUse &Use;
  const DeviceSymbols &Symbols;
  const HostSymbols *Libs, *Members;
  FindingSet &Findings;
  std::vector<std::pair<size_t, const Function *>> Pending;
  static constexpr size_t ShortChain = 64;
  size_t StepsLeft = 1000000;
};

} // namespace

std::vector<const GlobalValue *> unresolvedSymbols(const Module &M, const DeviceUse &Use, const DeviceSymbols &Symbols,
                                                   const HostSymbols *Libs, const HostSymbols *Members) {
  std::vector<const GlobalValue *> Found;
  if (!Use.isHostModule())
    return Found;
  auto Consider = [&](const GlobalValue &G) {
    StringRef Name = G.getName();
    if (!G.isDeclarationForLinker() || G.use_empty() || isHostPseudo(Name) || G.hasExternalWeakLinkage() ||
        DeviceSymbols::isDeviceSystemCall(Name) || (Members && Members->defines(Name)))
      return;
    bool Device = Symbols.isDeviceRuntime(Name) || DeviceSymbols::isLibdevice(Name) || G.getAddressSpace() == 1 ||
                  G.getAddressSpace() == 3 || G.getAddressSpace() == 4 ||
                  (Use.ambiguousNamesAreDevice() && DeviceSymbols::isAmbiguousCudaRuntime(Name));
    if (auto *F = dyn_cast<Function>(&G); F && F->isIntrinsic()) {
      // A name that LLVM does not know is a symbol like any other.
      if (F->getIntrinsicID() != Intrinsic::not_intrinsic || !Name.starts_with("llvm.nvvm."))
        return;
      Device = true;
    }
    if (Libs ? !Libs->defines(Name) : Device)
      Found.push_back(&G);
  };
  for (const Function &F : M)
    Consider(F);
  for (const GlobalVariable &G : M.globals())
    Consider(G);
  llvm::sort(Found, [](const GlobalValue *A, const GlobalValue *B) { return A->getName() < B->getName(); });
  return Found;
}

void addHostFindings(Module &M, const DeviceUse &Use, const DeviceSymbols &Symbols, const HostSymbols *Libs,
                     const HostSymbols *Members, FindingSet &Findings) {
  if (Use.isHostModule())
    HostFindings(M, Use, Symbols, Libs, Members, Findings).run();
}

} // namespace cordon
