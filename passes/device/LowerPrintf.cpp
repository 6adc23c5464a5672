//===- device/LowerPrintf.cpp - printf to the driver's vprintf ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-lower-printf`: CUDA's driver has one printing function, `int vprintf(const char *, void *)`, whose second
// argument points to the arguments, each at its natural alignment (CUDA C++ Programming Guide, "Formatted output").
// printf and its kin on stdout and stderr are rewritten to it, or to the runtime's formatter for what it cannot print.

#include "device/PrintCalls.h"
#include "device/Repairs.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace cordon {
namespace {

/// Where a printing function has its operands; -1: it has none.
struct Shape {
  int Stream, Format, First;
};

/// Headers that declare it as variadic mean printf.
bool isDriversVprintf(const Function &F) { return F.getName() == "vprintf" && !F.isVarArg(); }

std::optional<Shape> shapeOf(const Function &F) {
  return StringSwitch<std::optional<Shape>>(F.getName())
      .Case("printf", Shape{-1, 0, 1})
      .Case("__printf_chk", Shape{-1, 1, 2})
      .Case("fprintf", Shape{0, 1, 2})
      .Case("__fprintf_chk", Shape{0, 2, 3})
      .Cases({"vprintf", VariadicVprintf}, Shape{-1, 0, 1})
      .Default(std::nullopt);
}

bool isStandardStream(Value *V) {
  auto *L = dyn_cast<LoadInst>(V->stripPointerCasts());
  auto *G = dyn_cast<GlobalVariable>(L ? L->getPointerOperand()->stripPointerCasts() : V->stripPointerCasts());
  return G && G->isDeclaration() &&
         StringSwitch<bool>(G->getName())
             .Cases({"stdout", "stderr", "__stdoutp", "__stderrp"}, true)
             .Default(false);
}

void replaceCall(CallBase &CB, Value *Format, ArrayRef<Value *> Args) {
  SmallVector<WeakTrackingVH, 4> Old(CB.args());
  replacePrint(CB, Format, Args);
  // The load of stderr would keep an undefined variable alive.
  RecursivelyDeleteTriviallyDeadInstructionsPermissive(Old);
}

bool lowerFormatted(CallBase &CB, const Shape &S) {
  if (CB.arg_size() < unsigned(S.First) || !CB.getArgOperand(S.Format)->getType()->isPointerTy())
    return false;
  if (S.Stream >= 0 && !isStandardStream(CB.getArgOperand(S.Stream)))
    return false;
  if (!CB.getType()->isIntegerTy() && !CB.getType()->isVoidTy())
    return false;
  SmallVector<Value *, 8> Args(CB.arg_begin() + S.First, CB.arg_end());
  for (unsigned I = S.First; I < CB.arg_size(); ++I)
    if (CB.isByValArgument(I) || !(Args[I - S.First]->getType()->isSingleValueType()))
      return false;
  replaceCall(CB, CB.getArgOperand(S.Format), Args);
  return true;
}

/// fputs, fputc, putc and fwrite of a constant, to stdout or stderr.
bool lowerUnformatted(CallBase &CB, StringRef Name) {
  unsigned N = CB.arg_size();
  if (N < 2 || !isStandardStream(CB.getArgOperand(N - 1)) || !CB.use_empty())
    return false;
  IRBuilder<> B(&CB);
  Value *Text = CB.getArgOperand(0);
  if ((Name == "fputc" || Name == "putc" || Name == "_IO_putc") && N == 2 && Text->getType()->isIntegerTy()) {
    replaceCall(CB, B.CreateGlobalString("%c", "__cordon_format", 0), {Text});
    return true;
  }
  if (Name == "fputs" && N == 2 && Text->getType()->isPointerTy()) {
    replaceCall(CB, B.CreateGlobalString("%s", "__cordon_format", 0), {Text});
    return true;
  }
  if (Name == "fwrite" && N == 4) {
    auto *Size = dyn_cast<ConstantInt>(CB.getArgOperand(1));
    auto *Count = dyn_cast<ConstantInt>(CB.getArgOperand(2));
    StringRef Bytes;
    if (!Size || !Count || !getConstantStringInfo(Text, Bytes, /*TrimAtNul=*/false))
      return false;
    StringRef Written = Bytes.take_front(Size->getZExtValue() * Count->getZExtValue());
    if (Written.contains('\0'))
      return false;
    Value *Copy = B.CreateGlobalString(Written, "__cordon_text", 0);
    replaceCall(CB, B.CreateGlobalString("%s", "__cordon_format", 0), {Copy});
    return true;
  }
  return false;
}

} // namespace

bool lowerPrintf(Module &M, FindingSet &) {
  bool Changed = false;
  for (Function &F : M) {
    SmallVector<CallBase *, 8> Calls;
    for (Instruction &I : instructions(F))
      if (auto *CB = dyn_cast<CallBase>(&I); CB && isa<CallInst>(CB) && CB->getCalledFunction())
        Calls.push_back(CB);
    for (CallBase *CB : Calls) {
      const Function *Callee = CB->getCalledFunction();
      if (!Callee->isDeclaration())
        continue;
      if (isDriversVprintf(*Callee) && CB->arg_size() == 2)
        Changed |= mendVprintf(*CB);
      else if (std::optional<Shape> S = shapeOf(*Callee))
        Changed |= lowerFormatted(*CB, *S);
      else
        Changed |= lowerUnformatted(*CB, Callee->getName());
    }
  }
  return Changed;
}

} // namespace cordon
