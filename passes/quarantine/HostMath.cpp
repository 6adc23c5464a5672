//===- quarantine/HostMath.cpp - libdevice functions on the host ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A front end that specializes host math for the device leaves __nv_* calls in functions that the host needs. Most of
// libdevice has the names and signatures of libm; hostmath.c has the rest. The host's results may differ from the
// device's in the last places.
//===----------------------------------------------------------------------===//

#include "quarantine/HostMath.h"
#include "quarantine/PlanChecks.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/Module.h"
#include "llvm/Linker/Linker.h"

using namespace llvm;

namespace cordon {

StringRef libmName(StringRef Name) {
  if (!Name.consume_front("__nv_"))
    return "";
  // In double as in float ("f" at the end).
  static constexpr StringLiteral Both[] = {
      "acos",   "acosh", "asin",   "asinh", "atan",  "atan2",     "atanh", "cbrt",      "ceil",   "copysign", "cos",
      "cosh",   "erf",   "erfc",   "exp",   "exp10", "exp2",      "expm1", "fabs",      "fdim",   "floor",    "fma",
      "fmax",   "fmin",  "fmod",   "frexp", "hypot", "ilogb",     "j0",    "j1",        "jn",     "ldexp",    "lgamma",
      "llrint", "llround", "log",  "log10", "log1p", "log2",      "logb",  "modf",      "nan",    "nearbyint",
      "nextafter", "pow", "remainder", "remquo", "rint", "round", "scalbn", "sin",      "sincos", "sinh",     "sqrt",
      "tan",    "tanh",  "tgamma", "trunc", "y0",    "y1",        "yn"};
  if (is_contained(Both, Name))
    return Name;
  if (Name.ends_with("f") && is_contained(Both, Name.drop_back()))
    return Name;
  return "";
}

/// The functions of hostmath.c, parsed anew for each context: it is small and rarely needed.
static std::unique_ptr<Module> parseInlineMath(LLVMContext &C) {
  static const uint8_t Bitcode[] = {
#include "hostmath.inc"
  };
  StringRef Bytes(reinterpret_cast<const char *>(Bitcode), sizeof(Bitcode));
  Expected<std::unique_ptr<Module>> M = parseBitcodeFile(MemoryBufferRef(Bytes, "hostmath.c"), C);
  if (M)
    return std::move(*M);
  consumeError(M.takeError());
  return nullptr;
}

/// Pointers were integers in older front ends; both are passed alike.
static bool passedAlike(Type *A, Type *B, const DataLayout &DL) {
  return A == B || ((A->isPointerTy() || B->isPointerTy()) && DL.getTypeSizeInBits(A) == DL.getTypeSizeInBits(B));
}

static bool passedAlike(FunctionType *A, FunctionType *B, const DataLayout &DL) {
  return A->getNumParams() == B->getNumParams() && passedAlike(A->getReturnType(), B->getReturnType(), DL) &&
         all_of(zip(A->params(), B->params()),
                [&](auto P) { return passedAlike(std::get<0>(P), std::get<1>(P), DL); });
}

void checkHostMath(const Module &Host, const SplitPlan &Plan, FindingSet &Findings) {
  std::unique_ptr<Module> Inline;
  for (Function *F : Plan.HostMath) {
    if (!libmName(F->getName()).empty() || !hostUserOf(*F, Plan))
      continue;
    if (!Inline)
      Inline = parseInlineMath(F->getContext());
    const Function *Have = Inline ? Inline->getFunction(F->getName()) : nullptr;
    if (!Have)
      Findings.add(Rule::UnresolvedSymbol, F->getName(),
                   "libdevice function '" + F->getName() +
                       "' is called in host code and has no host implementation; call it in device code only",
                   nullptr, F);
    else if (!passedAlike(Have->getFunctionType(), F->getFunctionType(), Host.getDataLayout()))
      Findings.add(Rule::UnresolvedSymbol, F->getName(),
                   "libdevice function '" + F->getName() +
                       "' is declared in host code with a type that is not libdevice's; declare it as libdevice does",
                   nullptr, F);
  }
}

/// Links what \p Names say from hostmath.c into \p Host, as local functions "cordon.NAME".
static void linkInlineMath(Module &Host, const StringSet<> &Names) {
  std::unique_ptr<Module> Inline = parseInlineMath(Host.getContext());
  Inline->setDataLayout(Host.getDataLayout());
  Inline->setTargetTriple(Host.getTargetTriple());
  for (NamedMDNode &N : make_early_inc_range(Inline->named_metadata()))
    N.eraseFromParent(); // module flags and the like of the machine that built Cordon
  StringSet<> Linked;
  for (Function &F : *Inline) {
    for (StringRef Kind : {"target-cpu", "target-features", "tune-cpu", "frame-pointer", "min-legal-vector-width"})
      F.removeFnAttr(Kind);
    F.removeFnAttr(Attribute::UWTable);
    if (F.isDeclaration() || F.hasLocalLinkage())
      continue;
    bool Wanted = Names.contains(F.getName());
    F.setName("cordon." + F.getName());
    if (Wanted)
      Linked.insert(F.getName());
  }
  Linker::linkModules(Host, std::move(Inline), Linker::Flags::LinkOnlyNeeded);
  for (const auto &Name : Linked)
    if (Function *F = Host.getFunction(Name.getKey()))
      F->setLinkage(GlobalValue::InternalLinkage);
  // What one of them calls comes along.
  for (Function &F : Host)
    if (F.getName().starts_with("cordon.__nv_") && !F.isDeclaration())
      F.setLinkage(GlobalValue::InternalLinkage);
}

/// A function of libm. A local of that name would be taken for it: give it another one.
static Constant *libm(Module &Host, StringRef Name, FunctionType *Type) {
  if (GlobalValue *V = Host.getNamedValue(Name); V && V->hasLocalLinkage())
    V->setName(Name + ".local");
  return cast<Constant>(Host.getOrInsertFunction(Name, Type).getCallee());
}

void mapHostMath(Module &Host) {
  SmallVector<Function *> Used;
  for (Function &F : Host)
    if (DeviceSymbols::isLibdevice(F.getName()) && (F.isDeclaration() || F.hasFnAttribute("cordon.stub")))
      if (!F.use_empty())
        Used.push_back(&F);
  if (Used.empty())
    return;
  std::unique_ptr<Module> Have;
  StringSet<> Inline;
  for (Function *F : Used) {
    std::string Name = F->getName().str();
    Constant *To;
    if (StringRef Libm = libmName(Name); !Libm.empty()) {
      To = libm(Host, Libm, F->getFunctionType());
    } else {
      if (!Have)
        Have = parseInlineMath(Host.getContext());
      if (!Have || !Have->getFunction(Name))
        continue; // in code that nobody reaches: checkHostMath has refused the others
      Inline.insert(Name);
      To = cast<Constant>(Host.getOrInsertFunction("cordon." + Name, F->getFunctionType()).getCallee());
    }
    F->replaceAllUsesWith(To);
    if (F->isDeclaration())
      F->eraseFromParent();
  }
  if (!Inline.empty())
    linkInlineMath(Host, Inline);
}

} // namespace cordon
