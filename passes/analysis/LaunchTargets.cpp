//===- analysis/LaunchTargets.cpp - whose address is launched? ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host code launches by address: cudaLaunchKernel((void *)kernel, ...). In a module that holds host and device code the
// address may be the kernel's, or that of the host stub that clang made for it; a stub launches itself or is registered.
//===----------------------------------------------------------------------===//

#include "analysis/LaunchTargets.h"
#include "analysis/CudaDeviceRuntime.h"
#include "analysis/ValueOrigins.h"
#include "cordon/Entries.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

std::optional<unsigned> launchOperand(StringRef Name) {
  if (!Name.contains("cudaLaunch"))
    return std::nullopt;
  Name.consume_back("_ptsz");
  return StringSwitch<std::optional<unsigned>>(Name)
      .Cases({"cudaLaunchKernel", "cudaLaunchCooperativeKernel", "__cudaLaunchKernel"}, 0u)
      .Case("cudaLaunchKernelExC", 1u)
      .Default(std::nullopt);
}

const Function *kernelOfStub(const Function &Stub) {
  constexpr StringLiteral Added = "__device_stub__";
  auto [Before, After] = Stub.getName().split(Added);
  if (After.empty())
    return nullptr;
  auto Defined = [&](const Twine &Name) -> const Function * {
    SmallString<128> Room;
    const Function *F = Stub.getParent()->getFunction(Name.toStringRef(Room));
    return F && !F->isDeclaration() ? F : nullptr;
  };
  StringRef Digits = Before.take_back(Before.size() - Before.rtrim("0123456789").size());
  if (Digits.empty())
    return Defined(Before + After);
  // In a namespace ns2 the digits are those of its name and of the length.
  for (; !Digits.empty(); Digits = Digits.drop_front()) {
    unsigned Length = 0;
    if (!Digits.getAsInteger(10, Length) && Length > Added.size())
      if (const Function *F = Defined(Before.drop_back(Digits.size()) + Twine(Length - Added.size()) + After))
        return F;
  }
  return nullptr;
}

bool isRegistration(StringRef Name) { return Name.starts_with("__cudaRegister"); }

static const Function *asFunction(const Value *V) {
  V = V->stripPointerCasts();
  if (auto *A = dyn_cast<GlobalAlias>(V))
    V = A->getAliaseeObject();
  return dyn_cast_or_null<Function>(V);
}

/// Calls \p Fn for each call of \p Callee, also through casts and aliases.
static void forEachCall(const Value *Callee, function_ref<void(const CallBase &)> Fn) {
  for (const User *U : Callee->users()) {
    if (auto *Call = dyn_cast<CallBase>(U)) {
      if (Call->getCalledOperand() == Callee)
        Fn(*Call);
    } else if (isa<GlobalAlias>(U) || (isa<ConstantExpr>(U) && cast<ConstantExpr>(U)->isCast()))
      forEachCall(U, Fn);
  }
}

DenseSet<const Function *> callersOf(const Module &M, StringRef Name) {
  DenseSet<const Function *> Callers;
  if (const Function *Callee = M.getFunction(Name))
    forEachCall(Callee, [&](const CallBase &Call) { Callers.insert(Call.getFunction()); });
  return Callers;
}

/// Sections that hold one entry for each host stub: LLVM's, and clang's before it.
static bool isOffloadEntry(const GlobalVariable &G) {
  StringRef S = G.getSection();
  return S == "llvm_offload_entries" || S == "cuda_offloading_entries" || S == "omp_offloading_entries";
}

static void collectStubs(const Module &M, DenseSet<const Function *> &Stubs) {
  auto Add = [&](const Value *V) {
    if (const Function *F = asFunction(V))
      Stubs.insert(F);
  };
  if (const Function *Register = M.getFunction("__cudaRegisterFunction"))
    forEachCall(Register, [&](const CallBase &Call) {
      if (Call.arg_size() > 1)
        Add(Call.getArgOperand(1));
    });
  // Where an optimizer inlined a stub, its caller both pushes and pops.
  DenseSet<const Function *> Pushing = callersOf(M, PushConfiguration);
  for (const Function *F : callersOf(M, PopConfiguration))
    if (!Pushing.contains(F))
      Stubs.insert(F);
  for (const GlobalVariable &G : M.globals())
    if (G.hasInitializer() && isOffloadEntry(G))
      for (const Use &U : G.getInitializer()->operands())
        Add(U.get());
  if (const NamedMDNode *Entries = M.getNamedMetadata(EntriesMetadata))
    for (const MDNode *N : Entries->operands())
      if (N->getNumOperands() > 1)
        if (auto *C = dyn_cast_or_null<ConstantAsMetadata>(N->getOperand(1)))
          Add(C->getValue());
}

LaunchTargets findLaunchTargets(const Module &M) {
  LaunchTargets Result;
  collectStubs(M, Result.HostStubs);
  std::optional<ValueOrigins> Origins;
  for (StringRef Name : {"cudaLaunchKernel", "cudaLaunchKernel_ptsz", "cudaLaunchKernelExC", "cudaLaunchKernelExC_ptsz",
                         "cudaLaunchCooperativeKernel", "cudaLaunchCooperativeKernel_ptsz", "__cudaLaunchKernel",
                         "__cudaLaunchKernel_ptsz"}) {
    const Function *F = M.getFunction(Name);
    std::optional<unsigned> Operand = launchOperand(Name);
    if (!F || !Operand)
      continue;
    forEachCall(F, [&](const CallBase &Call) {
      if (Call.arg_size() <= *Operand)
        return;
      if (!Origins)
        Origins.emplace(M);
      Origins->trace(Call.getArgOperand(*Operand), Call.getFunction(), [&](const Function *K, const Function *In) {
        if (In == K) { // it launches itself, and means the kernel that it is named after
          Result.HostStubs.insert(K);
          if (const Function *Named = kernelOfStub(*K))
            Result.Kernels.insert(Named);
        }
        (K->isDeclarationForLinker() ? Result.Declared : Result.Kernels).insert(K);
      });
    });
  }
  // Device code launches kernels of its own module, which may be the one that launches.
  for (const Function &F : M) {
    const CudaDeviceFunction *Entry = F.isDeclaration() ? findCudaDeviceFunction(F.getName()) : nullptr;
    if (!Entry || Entry->Kernel < 0)
      continue;
    forEachCall(&F, [&](const CallBase &Call) {
      if (Call.arg_size() <= unsigned(Entry->Kernel))
        return;
      if (!Origins)
        Origins.emplace(M);
      Origins->trace(Call.getArgOperand(Entry->Kernel), Call.getFunction(), [&](const Function *K, const Function *) {
        if (!K->isDeclarationForLinker())
          Result.Kernels.insert(K);
      });
    });
  }
  Result.Kernels.remove_if([&](const Function *K) { return Result.HostStubs.contains(K); });
  return Result;
}

} // namespace cordon
