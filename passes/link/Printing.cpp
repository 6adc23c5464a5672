//===- link/Printing.cpp - printf becomes vprintf with an argument block --===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The driver's vprintf takes a pointer to the arguments, laid out as in a struct. It knows the conversions of CUDA's
// printf; a constant format that uses a length modifier it does not know is rewritten, and any other format goes through
// the runtime's own formatter first.
//===----------------------------------------------------------------------===//

#include "link/Link.h"
#include "llvm/IR/IRBuilder.h"

using namespace llvm;

namespace cordon {
namespace {

/// The C string that \p V points to, if it is constant.
std::optional<StringRef> constantText(const Value *V) {
  const auto *G = dyn_cast<GlobalVariable>(V->stripPointerCasts());
  if (!G || !G->isConstant() || !G->hasDefinitiveInitializer())
    return std::nullopt;
  if (G->getInitializer()->isNullValue())
    return StringRef();
  const auto *Text = dyn_cast<ConstantDataSequential>(G->getInitializer());
  if (!Text || !Text->isString())
    return std::nullopt;
  return Text->getAsString().split('\0').first;
}

struct Format {
  bool Known = false;            ///< the driver's vprintf prints it right
  std::string Text;              ///< as the driver is to get it
  SmallVector<char, 8> Narrowed; ///< for each argument 'c' (signed char), 'C' (unsigned char) or 0
};

/// Reads \p Text as C does and writes it for the driver.
Format translate(StringRef Text) {
  Format F;
  while (!Text.empty()) {
    char C = Text.front();
    Text = Text.drop_front();
    F.Text += C;
    if (C != '%')
      continue;
    if (Text.consume_front("%")) {
      F.Text += '%';
      continue;
    }
    auto Take = [&](StringRef Set) {
      while (!Text.empty() && Set.contains(Text.front())) {
        F.Text += Text.front();
        Text = Text.drop_front();
      }
    };
    Take("#0 +-");
    if (Text.starts_with("*")) {
      F.Narrowed.push_back(0);
      F.Text += '*';
      Text = Text.drop_front();
    } else
      Take("0123456789");
    if (Text.starts_with(".*"))
      return F; // CUDA's printf has no variable precision
    if (Text.consume_front(".")) {
      F.Text += '.';
      Take("0123456789");
    }
    char Narrow = 0;
    if (Text.consume_front("hh"))
      Narrow = 'c';
    else if (Text.consume_front("ll") || Text.consume_front("z") || Text.consume_front("j") ||
             Text.consume_front("t"))
      F.Text += "ll"; // size_t, intmax_t and ptrdiff_t have 64 bits on both sides
    else
      Take("hl");
    if (Text.empty() || !StringRef("cdiouxXpeEfFgGaAs").contains(Text.front()))
      return F;
    if (Narrow && StringRef("ouxX").contains(Text.front()))
      Narrow = 'C';
    F.Narrowed.push_back(Narrow);
    F.Text += Text.front() == 'F' ? 'f' : Text.front();
    Text = Text.drop_front();
  }
  F.Known = F.Narrowed.size() <= 32; // CUDA's limit
  return F;
}

/// Stores \p Args one behind the other, as the driver reads them; null without any.
Value *packArguments(CallInst &Call, ArrayRef<Value *> Args) {
  LLVMContext &C = Call.getContext();
  if (Args.empty())
    return ConstantPointerNull::get(PointerType::get(C, 0));
  SmallVector<Type *, 8> Types;
  for (Value *A : Args)
    Types.push_back(A->getType());
  StructType *Block = StructType::get(C, Types);
  IRBuilder<> Entry(&*Call.getFunction()->getEntryBlock().getFirstInsertionPt());
  AllocaInst *Slot = Entry.CreateAlloca(Block);
  IRBuilder<> B(&Call);
  for (auto [I, A] : enumerate(Args))
    B.CreateStore(A, B.CreateStructGEP(Block, Slot, I));
  return Slot;
}

/// C promotes the arguments of a variadic function; other languages may not have.
void promote(IRBuilder<> &B, SmallVectorImpl<Value *> &Args) {
  for (Value *&A : Args) {
    Type *T = A->getType();
    if (T->isIntegerTy() && T->getIntegerBitWidth() < 32)
      A = B.CreateZExt(A, B.getInt32Ty());
    else if (T->isHalfTy() || T->isBFloatTy() || T->isFloatTy())
      A = B.CreateFPExt(A, B.getDoubleTy());
  }
}

void pack(Module &M, CallInst &Call, unsigned FormatIndex) {
  IRBuilder<> B(&Call);
  Value *FormatArg = Call.getArgOperand(FormatIndex);
  SmallVector<Value *, 8> Args(drop_begin(Call.args(), FormatIndex + 1));
  promote(B, Args);
  StringRef Callee = "__cordon_printf";
  if (std::optional<StringRef> Text = constantText(FormatArg)) {
    Format F = translate(*Text);
    if (F.Known) {
      Callee = "vprintf";
      for (auto [A, Narrow] : zip(Args, F.Narrowed))
        if (Narrow && A->getType()->isIntegerTy(32)) {
          Value *Byte = B.CreateTrunc(A, B.getInt8Ty());
          A = Narrow == 'c' ? B.CreateSExt(Byte, B.getInt32Ty()) : B.CreateZExt(Byte, B.getInt32Ty());
        }
      if (F.Text != *Text)
        FormatArg = B.CreateGlobalString(F.Text, "__cordon_format");
    }
  }
  Value *Block = packArguments(Call, Args);
  FunctionCallee To = M.getOrInsertFunction(Callee, B.getInt32Ty(), B.getPtrTy(), B.getPtrTy());
  Value *Result = B.CreateCall(To, {FormatArg, Block});
  if (!Call.getType()->isVoidTy() && Call.getType() != Result->getType())
    Result = PoisonValue::get(Call.getType());
  else if (auto *New = dyn_cast<CallInst>(Result))
    New->setDebugLoc(Call.getDebugLoc());
  if (!Call.use_empty())
    Call.replaceAllUsesWith(Result);
  Call.eraseFromParent();
}

} // namespace

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
    promote(B, Rest);
    Args.push_back(packArguments(*Call, Rest));
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
      {"printf", 0}, {"__printf_chk", 1}, {"fprintf", 1}, {"__fprintf_chk", 2}, {"dprintf", 1}, {"vprintf", 0}};
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
      F->setName("__cordon_variadic_vprintf");
    for (CallInst *Call : reverse(Calls))
      pack(Device, *Call, FormatIndex);
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
