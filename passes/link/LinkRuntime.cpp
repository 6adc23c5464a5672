//===- link/LinkRuntime.cpp - the runtime comes into the device module ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order matters: a definition that is already there wins over the runtime's, so placeholders go first; declarations
// get the runtime's names and types before linking; and what came in is internal before the optimizer sees it.
//===----------------------------------------------------------------------===//

#include "cordon/abi/state.h"
#include "cordon/Entries.h"
#include "link/Link.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Transforms/IPO/Internalize.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace cordon {

/// True for a body that returns a made-up constant and does nothing else, as GPUCompiler's host stubs do.
static bool isFakeBody(const Function &F) {
  if (F.size() != 1 || F.getEntryBlock().sizeWithoutDebug() != 1)
    return false;
  const auto *Ret = dyn_cast<ReturnInst>(F.getEntryBlock().getTerminator());
  return Ret && (!Ret->getReturnValue() || isa<Constant>(Ret->getReturnValue()));
}

void dropPlaceholders(Module &Device, const RuntimeFiles &Runtime) {
  for (Function &F : Device) {
    if (F.isDeclaration() || isFromRuntime(F) || isKernel(F))
      continue;
    bool IsGPU = F.getName().starts_with("gpu_");
    if (!IsGPU && !Runtime.findFunction(F.getName()))
      continue;
    // A weak definition asks to be replaced. One that was internalized too early is known by what it does.
    bool Weak = IsGPU ? F.isWeakForLinker() : F.hasWeakAnyLinkage();
    if (!Weak && !(IsGPU && isFakeBody(F)))
      continue;
    F.deleteBody(); // makes it an external declaration
    F.setComdat(nullptr);
    F.setPersonalityFn(nullptr);
    F.setVisibility(GlobalValue::DefaultVisibility);
    F.setDSOLocal(false);
    F.setAttributes(AttributeList());
  }
}

void bindHeap(Module &Device, const RuntimeFiles &Runtime) {
  static const std::pair<StringLiteral, StringLiteral> Names[] = {
      {"malloc", "__cordon_malloc"},   {"free", "__cordon_free"},     {"calloc", "__cordon_calloc"},
      {"realloc", "__cordon_realloc"}, {"cfree", "__cordon_free"},    {"aligned_alloc", "__cordon_aligned_alloc"},
      {"memalign", "__cordon_aligned_alloc"}};
  for (const auto &[Name, Ours] : Names) {
    Function *F = Device.getFunction(Name);
    if (!F || !F->isDeclaration() || Runtime.isUsers(Name))
      continue;
    Function *Target = Device.getFunction(Ours);
    if (!Target)
      Target = Function::Create(F->getFunctionType(), GlobalValue::ExternalLinkage, Ours, Device);
    F->replaceUsesWithIf(Target, [](Use &U) {
      auto *I = dyn_cast<Instruction>(U.getUser());
      return !I || !isFromRuntime(*I->getFunction());
    });
    if (F->use_empty())
      F->eraseFromParent();
  }
}

/// The name that people know the kernel by.
static std::string sourceName(const Function &Kernel) { return demangle(decodeDeviceName(Kernel.getName())); }

void defineRuntimeConstants(Module &Device, const LinkRuntimeOptions &Opts) {
  auto Begin = [&](StringRef Name) -> Function * {
    Function *F = Device.getFunction(Name);
    if (!F || !F->isDeclaration())
      return nullptr;
    F->setLinkage(GlobalValue::InternalLinkage);
    F->setAttributes(AttributeList());
    F->addFnAttr(Attribute::AlwaysInline);
    F->addFnAttr(RuntimeAttr);
    BasicBlock::Create(Device.getContext(), "", F);
    return F;
  };
  if (Function *F = Begin("__cordon_exception_exit")) {
    bool Exit = Opts.Exception == LinkRuntimeOptions::ExceptionKind::Exit;
    IRBuilder<> B(&F->getEntryBlock());
    B.CreateRet(ConstantInt::get(F->getReturnType(), Exit));
  }
  if (Function *F = Device.getFunction("__cordon_kernel_name"); F && F->isDeclaration()) {
    // One kernel, and all code is its own: the name is a constant.
    SmallVector<Function *, 4> Kernels;
    for (Function &K : Device)
      if (isKernel(K) && !K.isDeclaration())
        Kernels.push_back(&K);
    if (Kernels.size() == 1) {
      Begin("__cordon_kernel_name");
      IRBuilder<> B(&F->getEntryBlock());
      B.CreateRet(B.CreateGlobalString(sourceName(*Kernels.front()), "__cordon_name"));
      return;
    }
    auto Name = [](Function &Kernel, Instruction *Before) -> Value * {
      IRBuilder<> B(Before);
      return B.CreateGlobalString(sourceName(Kernel), "__cordon_name");
    };
    auto Unknown = [](Function &In, Instruction *) -> Value * {
      return ConstantPointerNull::get(PointerType::get(In.getContext(), 0));
    };
    threadValue(Device, *F, F->getReturnType(), Name, Unknown);
  }
}

/// Everything but the entries is this module's own from here on.
static void internalize(Module &Device, const StringSet<> &Kept) {
  internalizeModule(Device, [&](const GlobalValue &G) { return Kept.contains(G.getName()); });
}

/// Names that others use: kernels, device variables that the host may name, what is marked used; where there is no
/// kernel, all that is visible.
static StringSet<> entryNames(Module &Device) {
  StringSet<> Names;
  bool Library = none_of(Device, [](const Function &F) { return isKernel(F); });
  for (const GlobalValue &G : Device.global_values()) {
    const auto *F = dyn_cast<Function>(&G);
    bool Shared = G.getAddressSpace() == 3; // a block's own: nobody can name it from outside
    if (!G.hasLocalLinkage() && !G.isDeclaration() && !Shared && (!F || Library || isKernel(*F)))
      Names.insert(G.getName());
  }
  SmallVector<GlobalValue *, 8> Used;
  collectUsedGlobalVariables(Device, Used, /*CompilerUsed=*/false);
  collectUsedGlobalVariables(Device, Used, /*CompilerUsed=*/true);
  for (const GlobalValue *G : Used)
    Names.insert(G->getName());
  Names.insert(CORDON_STATE_SYMBOL);
  return Names;
}

static void linkSteps(Module &Device, const LinkRuntimeOptions &Opts, FindingSet &Findings) {
  if (!Device.getTargetTriple().isNVPTX())
    return Findings.fail("cordon-link-runtime works on a device module (nvptx64-nvidia-cuda), this one is for '" +
                         Device.getTargetTriple().str() + "'; run cordon-quarantine first");
  RuntimeFiles Runtime;
  if (!Runtime.load(Device, Opts, Findings))
    return;
  dropPlaceholders(Device, Runtime);
  StringSet<> Kept = entryNames(Device);
  lowerJulia(Device, Runtime, Opts, Findings);
  bindCudaDeviceRuntime(Device, Findings);
  packVariadicCalls(Device, Runtime);
  bindHeap(Device, Runtime);
  bindThrowers(Device, Runtime);
  matchSignatures(Device, Runtime, Findings);
  if (Findings.hasErrors() || !Runtime.linkInto(Device, Findings) || !linkLibdevice(Device, Opts, Findings))
    return;
  mendAdapters(Device);
  internalize(Device, Kept);
  bindCudaDeviceRuntime(Device, Findings); // the runtime's own calls
  defineKernelTable(Device);
  defineJuliaInfo(Device);
  defineRuntimeConstants(Device, Opts);
  limitHeapRegisters(Device);
  if (GlobalVariable *State = Device.getNamedGlobal(CORDON_STATE_SYMBOL); State && State->hasInitializer()) {
    State->setExternallyInitialized(true);
    State->setDSOLocal(false);
    State->setUnnamedAddr(GlobalValue::UnnamedAddr::None);
  }
  foldReflect(Device, Opts.Archs.size() == 1 ? &Opts.Archs.front() : nullptr);
}

bool linkRuntime(Module &Device, const LinkRuntimeOptions &Opts, FindingSet &Findings) {
  FindingSet Own; // the caller's set may hold errors of other steps
  linkSteps(Device, Opts, Own);
  bool OK = !Own.hasErrors();
  for (Finding &F : Own.findings())
    Findings.add(std::move(F));
  for (const std::string &F : Own.failures())
    Findings.fail(F);
  return OK;
}

PreservedAnalyses LinkRuntimePass::run(Module &M, ModuleAnalysisManager &) {
  FindingSet Findings;
  linkRuntime(M, Opts, Findings);
  Findings.report(M);
  return PreservedAnalyses::none();
}

} // namespace cordon
