//===- device/LowerThrows.cpp - calls that never return -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-lower-throws`: a host callee that never returns and that nothing here defines (C++ throws, Rust panics, Julia
// errors, abort, exit) becomes the runtime's __cordon_throw: it records kind, message and place, and ends the kernel.
// The message is what the IR knows: a constant string, the name of the exception's type, or the callee's own name.

#include "cordon/abi/state.h"
#include "device/Repairs.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Analysis/ConstantFolding.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Local.h"
#include <map>

using namespace llvm;

namespace cordon {
namespace {

/// What __cordon_throw is told.
struct Throw {
  uint32_t Kind = CORDON_EXCEPTION_THROW;
  std::string Message;
  Value *MessageValue = nullptr; ///< a string that only the running kernel knows
  std::string File, Function;
  Value *FileValue = nullptr, *LineValue = nullptr, *FunctionValue = nullptr;
  unsigned Line = 0;
};

/// GPUCompiler's list: any function whose name contains one of these throws what stands beside it.
StringRef juliaMessage(StringRef Name) {
  struct Pair {
    StringLiteral Part, Message;
  };
  static constexpr Pair Table[] = {{"jl_throw", "exception"},
                                   {"jl_error", "error"},
                                   {"jl_too_few_args", "too few arguments exception"},
                                   {"jl_too_many_args", "too many arguments exception"},
                                   {"jl_type_error", "type error"},
                                   {"jl_undefined_var_error", "undefined variable error"},
                                   {"jl_bounds_error", "bounds error"},
                                   {"jl_eof_error", "EOF error"}};
  for (const Pair &P : Table)
    if (Name.contains(P.Part))
      return P.Message;
  return "";
}

/// The device runtime's own, and the driver's: they report better than this pass could.
bool isRuntimeFunction(StringRef Name) {
  return Name.starts_with("__cordon_") || Name.starts_with("gpu_") || Name.starts_with("julia.") ||
         Name.starts_with("llvm.") || Name.starts_with("__nv_") || Name.starts_with("cuda") || Name == "__assertfail" ||
         Name == "__cxa_pure_virtual" || Name == "deferred_codegen";
}

bool isThrower(const Function &F) {
  if (!F.isDeclaration() || F.isIntrinsic() || isRuntimeFunction(F.getName()))
    return false;
  return F.doesNotReturn() || !juliaMessage(F.getName()).empty() ||
         StringSwitch<bool>(F.getName())
             .Cases({"abort", "exit", "_exit", "_Exit", "quick_exit", "__assert_fail", "__cxa_throw", "__cxa_rethrow",
                     "_Unwind_Resume", "_ZSt9terminatev", "__stack_chk_fail", "__chk_fail", "__fortify_fail"},
                    true)
             .Default(F.getName().starts_with("_ZSt") && demangle(F.getName()).find("__throw_") != std::string::npos);
}

/// The bytes that \p V points to: a C string where \p Size is unknown.
std::string constantText(Value *V, std::optional<uint64_t> Size = std::nullopt) {
  StringRef Text;
  if (!V || !V->getType()->isPointerTy() || !getConstantStringInfo(V, Text, /*TrimAtNul=*/!Size))
    return "";
  return Text.take_front(Size.value_or(Text.size())).str();
}

/// "_ZTISt13runtime_error" to "std::runtime_error".
std::string typeName(Value *Typeinfo) {
  auto *G = dyn_cast<GlobalVariable>(Typeinfo->stripPointerCasts());
  if (!G || !G->getName().starts_with("_ZTI"))
    return "";
  StringRef Text = demangle(G->getName()) == G->getName() ? "" : "x";
  if (Text.empty())
    return "";
  std::string Name = demangle(G->getName());
  StringRef Rest = Name;
  Rest.consume_front("typeinfo for ");
  return Rest.str();
}

/// A Rust `core::panic::Location`: { ptr file, i64 length, i32 line, i32 column }, maybe as a packed struct of bytes.
void readRustLocation(Value *V, Throw &T) {
  auto *G = V->getType()->isPointerTy() ? dyn_cast<GlobalVariable>(V->stripPointerCasts()) : nullptr;
  if (!G || !G->hasDefinitiveInitializer())
    return;
  const DataLayout &DL = G->getDataLayout();
  LLVMContext &C = G->getContext();
  if (DL.getTypeAllocSize(G->getValueType()) != 24)
    return;
  auto At = [&](Type *Ty, uint64_t Offset) {
    return ConstantFoldLoadFromConst(G->getInitializer(), Ty, APInt(64, Offset), DL);
  };
  Constant *File = At(PointerType::get(C, 0), 0);
  auto *Size = dyn_cast_or_null<ConstantInt>(At(Type::getInt64Ty(C), 8));
  auto *Line = dyn_cast_or_null<ConstantInt>(At(Type::getInt32Ty(C), 16));
  if (!File || !Size || !Line || isa<ConstantPointerNull>(File))
    return;
  std::string Text = constantText(File, Size->getZExtValue());
  if (Text.empty())
    return;
  T.File = Text;
  T.Line = Line->getZExtValue();
}

/// Rust's panic entry points by their own name, "" for other functions.
std::string rustName(StringRef Name) {
  std::string Text = demangle(Name);
  // The legacy scheme ends in "::h" and 16 digits.
  StringRef Rest = Text;
  size_t Hash = Rest.rfind("::h");
  if (Hash != StringRef::npos && Rest.size() - Hash == 19)
    Rest = Rest.take_front(Hash);
  for (StringRef Crate : {"core::", "std::", "alloc::"})
    if (Rest.starts_with(Crate) && (Name.starts_with("_R") || Name.contains("17h")))
      return Rest.str();
  return "";
}

std::string rustConstMessage(StringRef Function) {
  StringRef Last = Function.substr(Function.rfind("::") + 2);
  return StringSwitch<std::string>(Last)
      .Case("panic_const_add_overflow", "attempt to add with overflow")
      .Case("panic_const_sub_overflow", "attempt to subtract with overflow")
      .Case("panic_const_mul_overflow", "attempt to multiply with overflow")
      .Case("panic_const_div_overflow", "attempt to divide with overflow")
      .Case("panic_const_rem_overflow", "attempt to calculate the remainder with overflow")
      .Case("panic_const_neg_overflow", "attempt to negate with overflow")
      .Case("panic_const_shl_overflow", "attempt to shift left with overflow")
      .Case("panic_const_shr_overflow", "attempt to shift right with overflow")
      .Case("panic_const_div_by_zero", "attempt to divide by zero")
      .Case("panic_const_rem_by_zero", "attempt to calculate the remainder with a divisor of zero")
      .Case("panic_bounds_check", "index out of bounds")
      .Case("unwrap_failed", "called `unwrap()` on an error or `None` value")
      .Default(Function.str());
}

void describeRust(CallBase &CB, StringRef Function, Throw &T) {
  T.Message = rustConstMessage(Function);
  // A leading &str is pointer and length.
  if (CB.arg_size() >= 2)
    if (auto *Size = dyn_cast<ConstantInt>(CB.getArgOperand(1)))
      if (std::string Text = constantText(CB.getArgOperand(0), Size->getZExtValue()); !Text.empty())
        T.Message = Text;
  for (Value *A : CB.args())
    readRustLocation(A, T);
}

/// "std::__throw_out_of_range_fmt(char const*, ...)" to "std::out_of_range".
std::string standardException(StringRef Demangled) {
  size_t At = Demangled.find("__throw_");
  if (At == StringRef::npos)
    return "";
  StringRef Name = Demangled.drop_front(At + 8).take_until([](char C) { return C == '(' || C == '['; });
  Name.consume_back("_fmt");
  return ("std::" + Name).str();
}

void describe(CallBase &CB, const Function &Callee, Throw &T) {
  StringRef Name = Callee.getName();
  T.Kind = StringSwitch<uint32_t>(Name)
               .Cases({"abort", "_ZSt9terminatev", "__stack_chk_fail", "__chk_fail", "__fortify_fail"},
                      CORDON_EXCEPTION_ABORT)
               .Cases({"exit", "_exit", "_Exit", "quick_exit"}, CORDON_EXCEPTION_EXIT)
               .Case("__assert_fail", CORDON_EXCEPTION_ASSERT)
               .Default(CORDON_EXCEPTION_THROW);
  if (Name == "__assert_fail" && CB.arg_size() == 4) {
    T.MessageValue = CB.getArgOperand(0);
    T.FileValue = CB.getArgOperand(1);
    T.LineValue = CB.getArgOperand(2);
    T.FunctionValue = CB.getArgOperand(3);
    return;
  }
  if (T.Kind == CORDON_EXCEPTION_EXIT) {
    auto *Code = CB.arg_size() ? dyn_cast<ConstantInt>(CB.getArgOperand(0)) : nullptr;
    T.Message = (Name + (Code ? "(" + std::to_string(Code->getSExtValue()) + ")" : "")).str();
    return;
  }
  if (Name == "__cxa_throw" && CB.arg_size() == 3) {
    std::string Type = typeName(CB.getArgOperand(1));
    T.Message = Type.empty() ? "C++ exception" : Type;
    return;
  }
  if (StringRef Julia = juliaMessage(Name); !Julia.empty()) {
    T.Message = Julia.str();
    if (CB.arg_size() && Name.contains("jl_error"))
      if (std::string Text = constantText(CB.getArgOperand(0)); !Text.empty())
        T.Message = Text;
    return;
  }
  if (std::string Rust = rustName(Name); !Rust.empty())
    return describeRust(CB, Rust, T);
  std::string Demangled = demangle(Name);
  T.Message = standardException(Demangled);
  if (T.Message.empty())
    T.Message = Demangled;
  else if (CB.arg_size())
    if (std::string Text = constantText(CB.getArgOperand(0)); !Text.empty())
      T.Message += ": " + Text;
}

/// A message that is made while the kernel runs: cordon-link-runtime binds these calls to functions that make it.
bool runtimeSaysMore(const CallBase &CB, const Function &Callee) {
  StringRef Name = Callee.getName();
  if (Name == "__cxa_throw" && CB.arg_size() == 3) // the text of std::runtime_error and kin is in the object
    return StringSwitch<bool>(typeName(CB.getArgOperand(1)))
        .Cases({"std::logic_error", "std::domain_error", "std::invalid_argument", "std::length_error"}, true)
        .Cases({"std::out_of_range", "std::runtime_error", "std::range_error", "std::overflow_error"}, true)
        .Case("std::underflow_error", true)
        .Default(false);
  bool Constant = CB.arg_size() && isa<ConstantInt>(CB.getArgOperand(0));
  if (Name == "exit" || Name == "_exit" || Name == "_Exit" || Name == "quick_exit")
    return CB.arg_size() == 1 && CB.getArgOperand(0)->getType()->isIntegerTy(32) && !Constant;
  if (Name == "_ZSt24__throw_out_of_range_fmtPKcz")
    return true;
  std::string Rust = rustName(Name);
  StringRef Path = Rust;
  if (Path.ends_with(">")) // "core::panicking::assert_failed::<usize, usize>"
    Path = Path.take_front(Path.find("::<"));
  StringRef Last = Path.rsplit("::").second;
  return Last == "panic_bounds_check" || Last.starts_with("assert_failed") || Last == "handle_alloc_error" ||
         Last == "panic_fmt";
}

/// The innermost source location; what the IR said by other means wins.
void locate(const CallBase &CB, Throw &T) {
  if (T.FileValue)
    return;
  if (const DILocation *Loc = CB.getDebugLoc()) {
    if (T.File.empty()) {
      T.File = Loc->getFilename().str();
      T.Line = Loc->getLine();
    }
    if (const DISubprogram *SP = Loc->getScope()->getSubprogram())
      T.Function = SP->getName().str();
  }
  if (T.Function.empty())
    T.Function = demangle(CB.getFunction()->getName());
}

class Lowering {
public:
  explicit Lowering(Module &M) : M(M), C(M.getContext()) {}

  void lower(CallBase &CB, const Function &Callee) {
    Throw T;
    describe(CB, Callee, T);
    locate(CB, T);
    IRBuilder<> B(&CB);
    auto Generic = [&](Value *V) { return B.CreatePointerBitCastOrAddrSpaceCast(V, B.getPtrTy()); };
    Value *Line = T.LineValue ? B.CreateZExtOrTrunc(T.LineValue, B.getInt32Ty()) : B.getInt32(T.Line);
    CallInst *New = B.CreateCall(callee(), {B.getInt32(T.Kind), T.MessageValue ? Generic(T.MessageValue) : text(T.Message),
                                            T.FileValue ? Generic(T.FileValue) : text(T.File), Line,
                                            T.FunctionValue ? Generic(T.FunctionValue) : text(T.Function)});
    New->setDoesNotReturn();
    New->setConvergent();
    changeToUnreachable(&CB);
  }

private:
  FunctionCallee callee() {
    PointerType *P = PointerType::get(C, 0);
    Type *I32 = Type::getInt32Ty(C);
    AttributeList Attrs = AttributeList::get(C, AttributeList::FunctionIndex,
                                             {Attribute::NoReturn, Attribute::NoUnwind, Attribute::Convergent,
                                              Attribute::Cold, Attribute::NoInline});
    return M.getOrInsertFunction("__cordon_throw", Attrs, Type::getVoidTy(C), I32, P, P, I32, P);
  }

  Constant *text(const std::string &Text) {
    if (Text.empty())
      return ConstantPointerNull::get(PointerType::get(C, 0));
    Constant *&G = Texts[Text];
    if (!G) {
      Constant *Init = ConstantDataArray::getString(C, Text);
      auto *New = new GlobalVariable(M, Init->getType(), true, GlobalValue::PrivateLinkage, Init, "__cordon_text");
      New->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
      New->setAlignment(Align(1));
      G = New;
    }
    return G;
  }

  Module &M;
  LLVMContext &C;
  std::map<std::string, Constant *> Texts;
};

} // namespace

bool lowerThrows(Module &M, FindingSet &) {
  Lowering L(M);
  bool Changed = false;
  for (Function &F : M) {
    SmallVector<CallBase *, 8> Calls;
    for (Instruction &I : instructions(F))
      if (auto *CB = dyn_cast<CallBase>(&I); CB && !isa<CallBrInst>(CB))
        if (auto *Callee = dyn_cast<Function>(CB->getCalledOperand()->stripPointerCastsAndAliases());
            Callee && isThrower(*Callee) && !runtimeSaysMore(*CB, *Callee))
          Calls.push_back(CB);
    if (Calls.empty())
      continue;
    for (CallBase *&CB : Calls)
      if (auto *II = dyn_cast<InvokeInst>(CB))
        CB = changeToCall(II);
    // One call may stand behind another, in code that the first makes unreachable.
    for (CallBase *CB : reverse(Calls))
      L.lower(*CB, *cast<Function>(CB->getCalledOperand()->stripPointerCastsAndAliases()));
    removeUnreachableBlocks(F);
    Changed = true;
  }
  return Changed;
}

} // namespace cordon
