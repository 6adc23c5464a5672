//===- quarantine/HostMath.cpp - libdevice functions on the host ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A front end that specializes host math for the device leaves __nv_* calls in functions that the host needs. Most of
// libdevice has the names and signatures of libm; libm's results may differ from libdevice's in the last places.
//===----------------------------------------------------------------------===//

#include "quarantine/HostMath.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"

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

void checkHostMath(const SplitPlan &Plan, FindingSet &Findings) {
  for (Function *F : Plan.HostMath)
    if (libmName(F->getName()).empty())
      Findings.add(Rule::UnresolvedSymbol, F->getName(),
                   "libdevice function '" + F->getName() +
                       "' is called in host code and has no host implementation; call it in device code only",
                   nullptr, F);
}

void mapHostMath(Module &Host, const SplitPlan &Plan) {
  for (Function *F : Plan.HostMath) {
    std::string Name = libmName(F->getName()).str();
    if (GlobalValue *V = Host.getNamedValue(Name); V && V->hasLocalLinkage())
      V->setName(Name + ".local");
    FunctionCallee To = Host.getOrInsertFunction(Name, F->getFunctionType());
    F->replaceAllUsesWith(To.getCallee());
    if (F->isDeclaration())
      F->eraseFromParent();
  }
}

} // namespace cordon
