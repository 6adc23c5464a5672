//===- link/Printing.cpp - printf becomes vprintf with an argument block --===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is variadic in C passes a pointer to the arguments, laid out as in a struct: printf and kin where no earlier pass
// saw to them, and the runtime's own such functions.
//===----------------------------------------------------------------------===//

#include "device/PrintCalls.h"
#include "link/Link.h"
#include "llvm/IR/IRBuilder.h"

using namespace llvm;

namespace cordon {
/// Calls of \p F pass what is behind the fixed parameters as one block to \p Packed.
static void packVariadic(Module &M, Function &F, const Function &Packed) {
  unsigned Fixed = Packed.getFunctionType()->getNumParams() - 1;
  SmallVector<CallInst *, 8> Calls;
  for (User *U : F.users())
    if (auto *Call = dyn_cast<CallInst>(U))
      if (Call->getCalledOperand() == &F && Call->arg_size() >= Fixed)
        Calls.push_back(Call);
  for (CallInst *Call : reverse(Calls)) {
    IRBuilder<> B(Call);
    SmallVector<Value *, 8> Rest(drop_begin(Call->args(), Fixed)), Args(make_range(Call->arg_begin(), Call->arg_begin() + Fixed));
    for (Value *&A : Rest)
      A = promoteArgument(B, A);
    Args.push_back(packArguments(B, *Call->getFunction(), Rest));
    SmallVector<Type *, 8> Types;
    for (Value *A : Args)
      Types.push_back(A->getType());
    Function *To = M.getFunction(Packed.getName());
    if (!To) {
      To = Function::Create(FunctionType::get(F.getReturnType(), Types, false), GlobalValue::ExternalLinkage,
                            Packed.getName(), M);
      if (Packed.doesNotReturn())
        To->setDoesNotReturn();
    }
    CallInst *New = B.CreateCall(FunctionType::get(F.getReturnType(), Types, false), To, Args);
    New->setDebugLoc(Call->getDebugLoc());
    Call->replaceAllUsesWith(New);
    Call->eraseFromParent();
  }
  if (F.use_empty())
    F.eraseFromParent();
}

void packVariadicCalls(Module &Device, const RuntimeFiles &Runtime) {
  // vprintf itself where a header declared the driver's function as variadic.
  static const std::pair<StringLiteral, unsigned> Names[] = {
      {"printf", 0}, {"__printf_chk", 1}, {"fprintf", 1}, {"__fprintf_chk", 2}, {"dprintf", 1}, {"__dprintf_chk", 2}, {"vprintf", 0}, {VariadicVprintf, 0}};
  for (const auto &[Name, FormatIndex] : Names) {
    Function *F = Device.getFunction(Name);
    if (!F || !F->isDeclaration())
      continue;
    SmallVector<CallInst *, 8> Calls;
    for (User *U : F->users())
      if (auto *Call = dyn_cast<CallInst>(U))
        if (Call->getCalledOperand() == F && Call->arg_size() > FormatIndex &&
            (Call->getFunctionType()->isVarArg() || Name != "vprintf"))
          Calls.push_back(Call);
    if (Calls.empty())
      continue;
    // The driver's vprintf is not variadic.
    if (F->getFunctionType()->isVarArg() && Name == "vprintf")
      F->setName(VariadicVprintf);
    for (CallInst *Call : reverse(Calls))
      replacePrint(*Call, Call->getArgOperand(FormatIndex),
                   SmallVector<Value *, 8>(drop_begin(Call->args(), FormatIndex + 1)));
    if (F->use_empty())
      F->eraseFromParent();
  }
  // The runtime's own variadic functions.
  SmallVector<Function *, 8> Declared;
  for (Function &F : Device)
    if (F.isDeclaration() && !F.isIntrinsic())
      Declared.push_back(&F);
  for (Function *F : Declared)
    if (const Function *Packed = Runtime.findFunction(("__cordon_packed_" + F->getName()).str()))
      if (!Runtime.isUsers(F->getName()))
        packVariadic(Device, *F, *Packed);
}

} // namespace cordon
