//===- cpu/Waits.cpp - kernels that wait, with all their waits in one function ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Regions.cpp can only split a function where it waits itself. Here a copy of each kernel that waits gets all functions
// inlined that may wait. Kernels that wait in recursive functions or behind function pointers get none: their threads run
// on fibers.
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include <set>

using namespace llvm;

namespace cordon::smoke::cpu {
namespace {

/// Functions that may wait, by themselves or through what they call.
std::set<Function *> waitingFunctions(Program &P) {
  std::set<Function *> Waiting;
  for (auto &[F, Waits] : P.Waits)
    if (Waits)
      Waiting.insert(F);
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (Function &F : *P.Flat) {
      if (F.isDeclaration() || Waiting.count(&F))
        continue;
      for (Instruction &I : instructions(F))
        if (auto *CB = dyn_cast<CallBase>(&I))
          if (auto *Callee = dyn_cast<Function>(CB->getCalledOperand()); Callee && Waiting.count(Callee)) {
            Changed |= Waiting.insert(&F).second;
            break;
          }
    }
  }
  return Waiting;
}

/// Inlines all calls of waiting functions into \p F; false if there are too many, as with recursion.
bool inlineWaits(Function &F, const std::set<Function *> &Waiting) {
  for (unsigned Steps = 0; Steps < 500; ++Steps) {
    CallBase *Next = nullptr;
    for (Instruction &I : instructions(F))
      if (auto *CB = dyn_cast<CallBase>(&I))
        if (auto *Callee = dyn_cast<Function>(CB->getCalledOperand());
            Callee && !Callee->isDeclaration() && Waiting.count(Callee)) {
          Next = CB;
          break;
        }
    if (!Next)
      return true;
    InlineFunctionInfo Info;
    if (F.getInstructionCount() > 200000 || !InlineFunction(*Next, Info).isSuccess())
      return false;
  }
  return false;
}

} // namespace

void inlineWaits(Program &P) {
  Module &M = *P.Flat;
  std::set<Function *> Waiting = waitingFunctions(P);
  bool Indirect = false;
  for (Function *F : Waiting)
    Indirect |= F->hasAddressTaken();
  Type *Ptr = PointerType::get(M.getContext(), 0), *I32 = Type::getInt32Ty(M.getContext()),
       *I64 = Type::getInt64Ty(M.getContext());
  for (unsigned I = 0; I < P.Kernels.size(); ++I) {
    Kernel &K = P.Kernels[I];
    Function *Entry = M.getFunction("__cordon_cpu_entry_" + std::to_string(I));
    if (!Entry || !K.NeedsFibers || !K.Refused.empty() || (Indirect && K.CallsPointers) || K.SyncsGrid)
      continue;
    // (context, parameters, frames, threads of the block, thread): the result is the next suspend point.
    Function *Copy = Function::Create(FunctionType::get(I32, {Ptr, Ptr, Ptr, I64, I64}, false),
                                      GlobalValue::ExternalLinkage, "__cordon_cpu_thread_" + Twine(I), M);
    ValueToValueMapTy Map;
    for (unsigned A = 0; A < 2; ++A)
      Map[Entry->getArg(A)] = Copy->getArg(A);
    SmallVector<ReturnInst *, 2> Returns;
    CloneFunctionInto(Copy, Entry, Map, CloneFunctionChangeType::LocalChangesOnly, Returns);
    for (unsigned A = 0; A < 3; ++A)
      Copy->addParamAttr(A, Attribute::NoAlias);
    for (ReturnInst *R : Returns) {
      ReturnInst::Create(M.getContext(), ConstantInt::get(I32, 0), R->getIterator());
      R->eraseFromParent();
    }
    if (inlineWaits(*Copy, Waiting))
      K.Thread = Copy;
    else
      Copy->eraseFromParent();
  }
}

} // namespace cordon::smoke::cpu
