//===- analysis/EvidenceCollector.cpp - what says "device"? ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evidence by declarations (intrinsics, runtime symbols), by functions (conventions, annotations, marks, placeholder
// bodies, launches), and the order in which all of it is handed on. Instructions are scanned in BodyScan.cpp.
//===----------------------------------------------------------------------===//

#include "analysis/EvidenceCollector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

namespace cordon {

bool isDeviceIntrinsic(const Function &F) {
  // Names, not IDs: clang hands over old and unknown names without an ID.
  return F.isIntrinsic() && (F.getName().starts_with("llvm.nvvm.") || F.getName().starts_with("llvm.ptx."));
}

bool isRuntimePlaceholder(const Function &F) {
  const bool Known = DeviceSymbols::isRuntimeFunction(F.getName());
  if (!Known && !F.getName().starts_with("gpu_"))
    return false;
  // A strong definition that others can see is somebody's own function of that name.
  if (F.isDeclaration() || std::next(F.begin()) != F.end() || !(F.isWeakForLinker() || F.hasLocalLinkage()))
    return false;
  for (const Instruction &I : F.front())
    if (auto *Ret = dyn_cast<ReturnInst>(&I)) {
      const Value *V = Ret->getReturnValue();
      if (Known && (!V || (isa<Constant>(V) && cast<Constant>(V)->isNullValue()) || isa<UndefValue>(V)))
        return true;
      // GPUCompiler's made-up pointer is 1: no hook of a host returns that.
      auto *CE = V && V->getType()->isPointerTy() ? dyn_cast<ConstantExpr>(V->stripPointerCasts()) : nullptr;
      return CE && CE->getOpcode() == Instruction::IntToPtr && isa<ConstantInt>(CE->getOperand(0));
    } else if (!isa<DbgInfoIntrinsic>(I))
      return false;
  return false;
}

/// What NVVM's annotations on functions become when LLVM reads them.
static constexpr StringLiteral LaunchAttributes[] = {"nvvm.maxntid",     "nvvm.reqntid",        "nvvm.minctasm",
                                                     "nvvm.maxnreg",     "nvvm.cluster_dim",    "nvvm.maxclusterrank",
                                                     "nvvm.blocksareclusters"};

Marks EvidenceCollector::collectMarks() const {
  Marks Result;
  auto Mark = [&](const GlobalObject *G, StringRef Name) {
    if (auto *F = dyn_cast<Function>(G)) {
      if (Name == "cordon.kernel")
        Result.Kernel.insert(F);
      else if (Name == "cordon.device")
        Result.Device.insert(F);
      else if (Name == "cordon.host")
        Result.Host.insert(F);
    } else if (auto *V = dyn_cast<GlobalVariable>(G); V && Name == "cordon.device-variable")
      Result.DeviceVariable.insert(V);
  };
  constexpr StringLiteral Names[] = {"cordon.kernel", "cordon.device", "cordon.host"};
  for (const Function *F : Attributed)
    for (StringRef Name : Names)
      if (F->hasFnAttribute(Name))
        Mark(F, Name);
  for (const GlobalVariable &G : M.globals())
    if (G.hasAttribute("cordon.device-variable"))
      Mark(&G, "cordon.device-variable");
  const GlobalVariable *Annotations = M.getGlobalVariable("llvm.global.annotations");
  if (!Annotations || !Annotations->hasInitializer())
    return Result;
  for (const Use &U : Annotations->getInitializer()->operands()) {
    auto *Entry = dyn_cast<ConstantStruct>(U.get());
    if (!Entry || Entry->getNumOperands() < 2)
      continue;
    auto *Object = dyn_cast<GlobalValue>(Entry->getOperand(0)->stripPointerCasts());
    auto *Text = dyn_cast<GlobalVariable>(Entry->getOperand(1)->stripPointerCasts());
    if (!Object || !Object->getAliaseeObject() || !Text || !Text->hasInitializer())
      continue;
    if (auto *String = dyn_cast<ConstantDataSequential>(Text->getInitializer()); String && String->isCString())
      Mark(Object->getAliaseeObject(), String->getAsCString());
  }
  return Result;
}

EvidenceCollector::EvidenceCollector(const Module &M, const DeviceSymbols &Symbols, const StringSet<> &Elsewhere,
                                     const StringSet<> &Launched)
    : M(M), Symbols(Symbols), Elsewhere(Elsewhere), Launched(Launched), Asm(M.getTargetTriple()) {
  // Looking at every function is what costs: this is done once here, and once where bodies are scanned.
  DenseMap<void *, bool> Interesting; // functions share few attribute lists
  constexpr StringLiteral Names[] = {"cordon.kernel", "cordon.device", "cordon.host", "cordon.stub"};
  for (const Function &F : M) {
    auto [It, New] = Interesting.try_emplace(F.getAttributes().getRawPointer(), false);
    if (New)
      It->second = any_of(concat<const StringLiteral>(Names, LaunchAttributes),
                          [&](StringRef Name) { return F.hasFnAttribute(Name); });
    if (It->second)
      Attributed.insert(&F);
    if (F.isDeclarationForLinker())
      Declarations.push_back(&F);
  }
  Marked = collectMarks();
}

void EvidenceCollector::add(Rule R, const Function &F, const Instruction *At, StringRef Symbol, const Twine &Detail) {
  Found.push_back({R, &F, At, Symbol.str(), Detail.str()});
}

/// Evidence for every instruction that uses \p V, itself or inside a constant. Data that refers to V is no evidence.
void EvidenceCollector::addUses(const Value &V, Rule R, StringRef Symbol, StringRef Detail) {
  SmallVector<const Value *, 8> Work{&V};
  SmallPtrSet<const Value *, 8> Seen;
  while (!Work.empty())
    for (const User *U : Work.pop_back_val()->users()) {
      if (auto *I = dyn_cast<Instruction>(U))
        add(R, *I->getFunction(), I, Symbol, Detail);
      else if (!isa<GlobalVariable, Function, GlobalIFunc>(U) && Seen.insert(U).second)
        Work.push_back(U);
    }
}

void EvidenceCollector::collectDeclarations() {
  bool DeviceOnlyCuda = false, RegistersOrLaunches = false;
  for (const Function *F : Declarations) {
    if (F->use_empty())
      continue;
    DeviceOnlyCuda |= DeviceSymbols::isDeviceOnlyCudaRuntime(F->getName());
    RegistersOrLaunches |= launchOperand(F->getName()).has_value() || isRegistration(F->getName()) ||
                           F->getName() == PushConfiguration;
  }
  AmbiguousAreDevice = DeviceOnlyCuda && !RegistersOrLaunches;

  std::vector<const Function *> Names = Declarations;
  append_range(Names, Placeholders);
  for (const Function *Named : Names) {
    const Function &F = *Named;
    StringRef Name = F.getName();
    if (F.use_empty())
      continue;
    if (isDeviceIntrinsic(F)) {
      addUses(F, Rule::NVVMIntrinsic, Name,
              F.getIntrinsicID() == Intrinsic::not_intrinsic ? "which the host's linker will not find"
                                                             : "which no host back end can select");
      continue;
    }
    // A body of the module's own makes it an ordinary name, unless it is the placeholder.
    if (isStub(F) || Elsewhere.contains(Name))
      continue;
    if (Symbols.isDeviceRuntime(Name) || !F.isDeclarationForLinker())
      addUses(F, Rule::DeviceRuntimeCall, Name,
              F.isDeclarationForLinker() ? "which only the device runtime defines"
                                         : "whose body here is a placeholder that returns a made-up value");
    else if (AmbiguousAreDevice && DeviceSymbols::isAmbiguousCudaRuntime(Name))
      addUses(F, Rule::DeviceRuntimeCall, Name, "which is the device's in a module that uses libcudadevrt");
    else if (Name == "vprintf")
      collectVprintf(F);
  }
  for (const GlobalVariable &G : M.globals())
    if (G.isDeclarationForLinker() && !G.use_empty() && !Elsewhere.contains(G.getName()) && Symbols.isDeviceRuntime(G.getName()))
      addUses(G, Rule::DeviceRuntimeCall, G.getName(), "which only the device runtime defines");
}

/// What the argument may be, behind casts (Julia up to 1.11 passes pointers as integers), selects and phis.
static SmallVector<const Value *, 4> sourcesOf(const Value *V) {
  SmallVector<const Value *, 4> Work{V}, Sources;
  SmallPtrSet<const Value *, 8> Seen;
  while (!Work.empty()) {
    const Value *At = Work.pop_back_val()->stripInBoundsOffsets();
    if (!Seen.insert(At).second)
      continue;
    auto *Op = dyn_cast<Operator>(At);
    unsigned Opcode = Op ? Op->getOpcode() : 0;
    if (Opcode == Instruction::PtrToInt || Opcode == Instruction::IntToPtr || Opcode == Instruction::AddrSpaceCast ||
        Opcode == Instruction::Freeze)
      Work.push_back(Op->getOperand(0));
    else if (auto *Select = dyn_cast<SelectInst>(At))
      Work.append({Select->getTrueValue(), Select->getFalseValue()});
    else if (auto *Phi = dyn_cast<PHINode>(At))
      append_range(Work, Phi->incoming_values());
    else
      Sources.push_back(At);
  }
  return Sources;
}

/// A va_list of the host is filled by va_start or va_copy, or copied from one; the device's packed buffer by stores.
static bool isDeviceBuffer(const Value *Buffer) {
  if (auto *C = dyn_cast<Constant>(Buffer); C && C->isNullValue())
    return true;
  const auto *Slot = dyn_cast<AllocaInst>(Buffer);
  if (!Slot)
    return false;
  SmallVector<const Value *, 8> Work{Slot};
  SmallPtrSet<const Value *, 8> Seen;
  while (!Work.empty())
    for (const Use &U : Work.pop_back_val()->uses()) {
      const User *By = U.getUser();
      if (isa<GetElementPtrInst, CastInst, PHINode, SelectInst, FreezeInst>(By)) {
        if (Seen.insert(By).second)
          Work.push_back(By);
      } else if (auto *Copy = dyn_cast<MemTransferInst>(By)) {
        // AArch64 passes a copy of the va_list.
        auto *Source = dyn_cast<GlobalVariable>(Copy->getRawSource()->stripInBoundsOffsets());
        if (U.getOperandNo() == 0 && !(Source && Source->isConstant()))
          return false;
      } else if (auto *Store = dyn_cast<StoreInst>(By)) {
        if (U.getOperandNo() == 0)
          return false; // its address goes elsewhere
        // A va_list copied as a whole aggregate or vector load.
        if (auto *Load = dyn_cast<LoadInst>(Store->getValueOperand());
            Load && Load->getType()->isAggregateType())
          return false;
      } else if (auto *Call = dyn_cast<CallBase>(By)) {
        const Function *Callee = Call->getCalledFunction();
        if (!Callee || !(Callee->getName() == "vprintf" || Call->isLifetimeStartOrEnd() || isa<MemSetInst>(Call)))
          return false; // va_start, va_copy, or a function that may do either
      }
    }
  return true;
}

void EvidenceCollector::collectVprintf(const Function &F) {
  for (const User *U : F.users())
    if (auto *Call = dyn_cast<CallBase>(U))
      if (Call->getCalledOperand() == &F && Call->arg_size() > 1 && all_of(sourcesOf(Call->getArgOperand(1)), isDeviceBuffer))
        add(Rule::DeviceRuntimeCall, *Call->getFunction(), Call, "vprintf",
            "whose arguments are packed as on the device; the host's vprintf would read them as a va_list");
}

void EvidenceCollector::kernel(const Function &F, const Twine &Detail) {
  if (Kernels.insert(&F).second)
    add(Rule::KernelInHost, F, nullptr, F.getName(), Detail);
}

void EvidenceCollector::collectDefinitions() {
  Launches = findLaunchTargets(M);
  // Not upgraded yet where a front end built them in memory.
  DenseSet<const Function *> Annotated;
  auto FunctionOf = [](const MDNode *N) {
    auto *C = N->getNumOperands() ? dyn_cast_or_null<ConstantAsMetadata>(N->getOperand(0)) : nullptr;
    return C ? dyn_cast<Function>(C->getValue()->stripPointerCasts()) : nullptr;
  };
  if (const NamedMDNode *Nodes = M.getNamedMetadata("nvvm.annotations"))
    for (const MDNode *N : Nodes->operands()) {
      auto *F = FunctionOf(N);
      if (!F)
        continue;
      Annotated.insert(F);
      for (unsigned I = 1; I + 1 < N->getNumOperands(); I += 2) {
        auto *Key = dyn_cast_or_null<MDString>(N->getOperand(I));
        auto *Value = mdconst::dyn_extract_or_null<ConstantInt>(N->getOperand(I + 1));
        if (Key && Key->getString() == "kernel" && Value && Value->isOne() && !F->isDeclaration())
          kernel(*F, "a GPU kernel, by !nvvm.annotations");
      }
    }
  // GPUCompiler's own list.
  if (const NamedMDNode *Nodes = M.getNamedMetadata("julia.kernel"))
    for (const MDNode *N : Nodes->operands())
      if (auto *F = FunctionOf(N); F && !F->isDeclaration() && !isStub(*F))
        kernel(*F, "a GPU kernel, by !julia.kernel");
  for (const Function &F : M)
    if (!F.isDeclaration()) {
      collectFunction(F, Annotated.contains(&F));
      scanBody(F);
      if (std::next(F.begin()) == F.end() && isRuntimePlaceholder(F)) {
        Placeholders.push_back(&F);
        add(Rule::WeakRuntimeStub, F, nullptr, F.getName(),
            "a placeholder of the device runtime: on the host it does nothing and returns a made-up value");
      }
    }
}

bool EvidenceCollector::isStub(const Function &F) const {
  return Attributed.contains(&F) && F.hasFnAttribute("cordon.stub");
}

void EvidenceCollector::collectFunction(const Function &F, bool Annotated) {
  if (isStub(F)) {
    Launches.Kernels.remove(&F);
    Launches.HostStubs.insert(&F);
  }
  if (F.getCallingConv() == CallingConv::PTX_Kernel)
    kernel(F, "a GPU kernel, by its calling convention");
  else if (Marked.Kernel.contains(&F)) {
    Launches.HostStubs.erase(&F); // a kernel may launch itself
    kernel(F, "marked as a GPU kernel");
  }
  else if (Launches.Kernels.contains(&F) || (!Launched.empty() && !F.hasLocalLinkage() &&
                                             Launched.contains(F.getName()) && !Launches.HostStubs.contains(&F)))
    kernel(F, "launched as a GPU kernel");
  if (Kernels.contains(&F))
    return;
  if (F.getCallingConv() == CallingConv::PTX_Device)
    add(Rule::DeviceFunctionInHost, F, nullptr, F.getName(), "device code, by its calling convention");
  else if (Marked.Device.contains(&F))
    add(Rule::DeviceFunctionInHost, F, nullptr, F.getName(), "marked as device code");
  else if (Annotated)
    add(Rule::DeviceFunctionInHost, F, nullptr, F.getName(), "named in !nvvm.annotations");
  else if (Attributed.contains(&F))
    for (StringRef Name : LaunchAttributes)
      if (F.hasFnAttribute(Name)) {
        add(Rule::DeviceFunctionInHost, F, nullptr, F.getName(), "a GPU function, by its launch bounds '" + Name + "'");
        break;
      }
}

/// A shared or local variable named through a constant cast: no host does that. (Variables in 1 and 4 hosts do name.)
void EvidenceCollector::collectDeviceVariables() {
  for (const GlobalVariable &G : M.globals()) {
    unsigned Space = G.getAddressSpace();
    if (Space != 3 && Space != 5 && Space != 7)
      continue;
    SmallVector<const Value *, 8> Work{&G};
    SmallPtrSet<const Value *, 8> Seen;
    while (!Work.empty())
      for (const User *U : Work.pop_back_val()->users()) {
        if (auto *I = dyn_cast<Instruction>(U))
          addSpace(*I, Space);
        else if (isa<ConstantExpr>(U) && Seen.insert(U).second)
          Work.push_back(U);
      }
  }
}

std::vector<Evidence> EvidenceCollector::collect() {
  collectDefinitions();
  collectDeclarations();
  collectDeviceVariables();
  // A runtime function that came with its body is still the runtime's where that body is device code.
  DenseSet<const Function *> Device;
  for (const Evidence &E : Found)
    Device.insert(E.F);
  for (const Function *F : Device)
    if (!F->isDeclaration() && Symbols.isDeviceRuntime(F->getName()) && !isRuntimePlaceholder(*F) &&
        !Marked.Host.contains(F) && !isStub(*F))
      addUses(*F, Rule::DeviceRuntimeCall, F->getName(), "whose body in this module is device code");
  if (Found.empty())
    return {};
  // Use lists have no order of their own: sort by function, then as the instructions stand.
  DenseMap<const Function *, unsigned> Index;
  for (const Evidence &E : Found)
    Index.try_emplace(E.F, 0);
  unsigned N = 0;
  for (const Function &F : M) {
    ++N;
    if (auto It = Index.find(&F); It != Index.end())
      It->second = N;
  }
  DenseMap<const Instruction *, unsigned> Position;
  for (const Evidence &E : Found)
    if (E.At)
      Position.try_emplace(E.At, 0);
  for (const auto &[F, I] : Index) {
    unsigned P = 0;
    for (const BasicBlock &BB : *F)
      for (const Instruction &At : BB)
        if (auto It = Position.find(&At); ++P && It != Position.end())
          It->second = P;
  }
  auto Key = [&](const Evidence &E) {
    return std::make_tuple(Index.lookup(E.F), E.At ? Position.lookup(E.At) : 0u, E.R, StringRef(E.Symbol));
  };
  stable_sort(Found, [&](const Evidence &A, const Evidence &B) { return Key(A) < Key(B); });
  Found.erase(unique(Found, [&](const Evidence &A, const Evidence &B) { return Key(A) == Key(B); }), Found.end());
  return std::move(Found);
}

} // namespace cordon
