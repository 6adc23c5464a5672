//===- device/PrintCalls.cpp - how device code prints ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The driver's vprintf knows less than C's: no z, j, t and hh, no variable width and precision, no %n, no wide
// characters; it prints what it does not know as text or takes arguments of a wrong size. A constant format is rewritten
// where that helps; every other print is formatted by the runtime.
//===----------------------------------------------------------------------===//

#include "device/PrintCalls.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

/// What one conversion (or *) reads.
struct Expected {
  unsigned Bits = 0;   ///< of an integer as it is passed; 0: no integer
  unsigned Narrow = 0; ///< of an integer as it is printed, under h and hh
  bool Signed = true;
};

struct Format {
  bool Known = true;    ///< the driver's vprintf prints Text right
  bool Narrows = false; ///< only if the arguments are narrowed first
  std::string Text;     ///< as the driver is to get it
  SmallVector<Expected, 8> Args;
};

/// Reads \p Text as C does and writes it for the driver. What C does not define ends it.
Format translate(StringRef Text) {
  Format F;
  auto Take = [&](StringRef Set) {
    StringRef Taken = Text.take_while([&](char C) { return Set.contains(C); });
    Text = Text.drop_front(Taken.size());
    F.Text += Taken;
    return !Taken.empty();
  };
  auto Stars = [&] {
    if (!Text.consume_front("*"))
      return false;
    F.Known = false;
    F.Args.push_back({32, 0, true});
    return true;
  };
  while (!Text.empty()) {
    F.Text += Text.front();
    bool Conversion = Text.front() == '%';
    Text = Text.drop_front();
    if (!Conversion)
      continue;
    if (Text.consume_front("%")) {
      F.Text += '%';
      continue;
    }
    Take("-+ #0");
    if (!Stars())
      Take("0123456789");
    if (Text.consume_front(".")) {
      F.Text += '.';
      if (!Stars() && !Take("0123456789"))
        F.Text += '0';
    }
    StringRef Length;
    for (StringRef L : {"hh", "h", "ll", "l", "z", "j", "t"})
      if (Text.consume_front(L)) {
        Length = L;
        break;
      }
    char C = Text.empty() ? 0 : Text.front();
    if (C && StringRef("diouxX").contains(C)) {
      Expected E{32, 0, C == 'd' || C == 'i'};
      if (Length.starts_with("h")) {
        E.Narrow = Length == "h" ? 16 : 8;
        F.Narrows = true;
      } else if (!Length.empty()) {
        E.Bits = 64; // size_t, intmax_t and ptrdiff_t, too, on both sides
        F.Text += Length == "l" ? "l" : "ll";
      }
      F.Args.push_back(E);
      F.Text += C == 'i' ? 'd' : C;
    } else if (C && StringRef("eEfFgGaA").contains(C) && (Length.empty() || Length == "l")) {
      F.Known &= C != 'F'; // INF and NAN
      F.Args.push_back({});
      F.Text += C;
    } else if (C && StringRef("csp").contains(C) && Length.empty()) {
      F.Args.push_back(C == 'c' ? Expected{32, 0, true} : Expected());
      F.Text += C;
    } else {
      F.Known = false;
      if (!(Length == "l" && (C == 'c' || C == 's')) && C != 'n')
        return F; // nothing is known of the arguments from here on
      F.Args.push_back(C == 'c' ? Expected{32, 0, false} : Expected());
    }
    Text = Text.drop_front();
  }
  F.Known &= F.Args.size() <= 32; // CUDA's limit
  return F;
}

std::optional<Format> formatOf(const Value *V) {
  StringRef Text;
  if (!getConstantStringInfo(V, Text))
    return std::nullopt;
  return translate(Text);
}

FunctionCallee printer(Module &M, StringRef Name) {
  LLVMContext &C = M.getContext();
  Function *F = M.getFunction(Name);
  if (F && F->isDeclaration() && F->isVarArg())
    F->setName(VariadicVprintf);
  PointerType *P = PointerType::get(C, 0);
  return M.getOrInsertFunction(Name, Type::getInt32Ty(C), P, P);
}

} // namespace

Value *promoteArgument(IRBuilder<> &B, Value *V) {
  Type *T = V->getType();
  if (T->isHalfTy() || T->isBFloatTy() || T->isFloatTy())
    return B.CreateFPExt(V, B.getDoubleTy());
  if (T->isIntegerTy() && T->getIntegerBitWidth() < 32)
    return B.CreateIntCast(V, B.getInt32Ty(), /*isSigned=*/!T->isIntegerTy(1));
  if (T->isPointerTy())
    return B.CreateAddrSpaceCast(V, B.getPtrTy());
  return V;
}

Value *packArguments(IRBuilder<> &B, Function &F, ArrayRef<Value *> Args) {
  if (Args.empty())
    return ConstantPointerNull::get(B.getPtrTy());
  SmallVector<Type *, 8> Types;
  for (Value *A : Args)
    Types.push_back(A->getType());
  StructType *Ty = StructType::get(B.getContext(), Types);
  IRBuilder<> Entry(&*F.getEntryBlock().getFirstInsertionPt());
  AllocaInst *Block = Entry.CreateAlloca(Ty, nullptr, "vprintf_args");
  Block->setAlignment(std::max(Align(8), F.getDataLayout().getABITypeAlign(Ty)));
  for (auto [I, A] : enumerate(Args))
    B.CreateStore(A, B.CreateStructGEP(Ty, Block, I));
  return B.CreateAddrSpaceCast(Block, B.getPtrTy());
}

void replacePrint(CallBase &CB, Value *FormatArg, ArrayRef<Value *> Args) {
  Module &M = *CB.getModule();
  IRBuilder<> B(&CB);
  SmallVector<Value *, 8> Passed(Args);
  std::optional<Format> F = formatOf(FormatArg);
  if (F)
    for (auto [A, E] : zip(Passed, F->Args)) {
      if (!E.Bits || !A->getType()->isIntegerTy())
        continue;
      bool Signed = E.Signed && !A->getType()->isIntegerTy(1);
      if (F->Known && E.Narrow)
        A = B.CreateIntCast(A, B.getIntNTy(E.Narrow), Signed);
      // A wrong size would shift what follows; hosts pass every integer in a register of its own.
      A = B.CreateIntCast(A, B.getIntNTy(E.Bits), Signed);
    }
  for (Value *&A : Passed)
    A = promoteArgument(B, A);
  Value *Text = B.CreateAddrSpaceCast(FormatArg, B.getPtrTy());
  StringRef Current;
  if (F && F->Known && getConstantStringInfo(FormatArg, Current) && F->Text != Current)
    Text = B.CreateGlobalString(F->Text, "__cordon_format", 0, &M);
  Value *Block = packArguments(B, *CB.getFunction(), Passed);
  CallInst *New = B.CreateCall(printer(M, F && F->Known ? "vprintf" : "__cordon_printf"), {Text, Block});
  if (!CB.use_empty())
    CB.replaceAllUsesWith(CB.getType()->isIntegerTy() ? B.CreateZExtOrTrunc(New, CB.getType())
                                                      : PoisonValue::get(CB.getType()));
  CB.eraseFromParent();
}

bool mendVprintf(CallBase &CB) {
  Module &M = *CB.getModule();
  IRBuilder<> B(&CB);
  std::optional<Format> F = formatOf(CB.getArgOperand(0));
  if (!F || !F->Known || F->Narrows) {
    CB.setCalledFunction(printer(M, "__cordon_printf"));
    return true;
  }
  StringRef Current;
  if (!getConstantStringInfo(CB.getArgOperand(0), Current) || F->Text == Current)
    return false;
  CB.setArgOperand(0, B.CreateGlobalString(F->Text, "__cordon_format", 0, &M));
  return true;
}

} // namespace cordon
