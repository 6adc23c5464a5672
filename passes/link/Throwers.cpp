//===- link/Throwers.cpp - calls that do not return become reports --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A throw, a panic or any other call of an undefined function that does not return is the end of a kernel. It becomes a
// call of the runtime that records what is known at compile time: the message, the source line. The call is replaced, not
// the callee: arguments such as a panic's formatting tables would keep host functions alive.
//===----------------------------------------------------------------------===//

#include "cordon/abi/state.h"
#include "link/Link.h"
#include "link/RustNames.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace cordon {
namespace {

/// GPUCompiler's table: a function whose name contains the first throws the second.
StringRef juliaException(StringRef Name) {
  static const std::pair<StringLiteral, StringLiteral> Table[] = {
      {"jl_throw", "exception"},
      {"jl_error", "error"},
      {"jl_too_few_args", "too few arguments exception"},
      {"jl_too_many_args", "too many arguments exception"},
      {"jl_type_error", "type error"},
      {"jl_undefined_var_error", "undefined variable error"},
      {"jl_bounds_error", "bounds error"},
      {"jl_eof_error", "EOF error"}};
  if (!Name.starts_with("_Z") && !Name.starts_with("_R"))
    for (const auto &[Part, Text] : Table)
      if (Name.contains(Part))
        return Text;
  return "";
}

/// What a call of an undefined function that does not return says of itself: "j_throw_boundserror_146" becomes
/// "throw_boundserror".
std::string plainName(StringRef Name) {
  if (Name.consume_front("j_") || Name.consume_front("julia_")) {
    StringRef Digits = Name.take_back(Name.size() - (Name.find_last_not_of("0123456789") + 1));
    if (!Digits.empty() && Name.drop_back(Digits.size()).ends_with("_"))
      Name = Name.drop_back(Digits.size() + 1);
    return Name.str();
  }
  return demangle(Name);
}

/// Classes of <stdexcept>, whose objects hold a text behind the vtable pointer.
bool hasText(StringRef Type) {
  return StringSwitch<bool>(Type)
      .Cases({"std::logic_error", "std::domain_error", "std::invalid_argument", "std::length_error"}, true)
      .Cases({"std::out_of_range", "std::runtime_error", "std::range_error", "std::overflow_error"}, true)
      .Case("std::underflow_error", true)
      .Default(false);
}

/// True if memory at \p V is only written; \p Writes gets what does so.
bool isOnlyWritten(Value *V, SmallVectorImpl<Instruction *> &Writes) {
  for (User *U : V->users()) {
    auto *I = dyn_cast<Instruction>(U);
    auto *Store = dyn_cast_or_null<StoreInst>(I);
    auto *Copy = dyn_cast_or_null<MemIntrinsic>(I);
    bool Writing = (Store && Store->getValueOperand() != V) || (I && I->isLifetimeStartOrEnd()) ||
                   (Copy && Copy->getRawDest() == V &&
                    !(isa<MemTransferInst>(Copy) && cast<MemTransferInst>(Copy)->getRawSource() == V));
    if (!Writing && !(isa_and_nonnull<GetElementPtrInst>(I) && isOnlyWritten(I, Writes)))
      return false;
    if (!is_contained(Writes, I))
      Writes.push_back(I);
  }
  return true;
}

/// The arguments that a panic formats are built in memory, with the addresses of formatting functions that exist on the
/// host alone. Without the call nobody reads them.
void dropUnread(ArrayRef<AllocaInst *> Slots) {
  SmallSetVector<AllocaInst *, 4> Work(Slots.begin(), Slots.end());
  while (!Work.empty()) {
    AllocaInst *Slot = Work.pop_back_val();
    SmallVector<Instruction *, 8> Writes; // users before what they use
    if (!isOnlyWritten(Slot, Writes))
      continue;
    for (Instruction *I : Writes) {
      for (Value *Op : I->operands())
        if (auto *Other = dyn_cast<AllocaInst>(Op->stripPointerCasts()); Other && Other != Slot)
          Work.insert(Other);
      I->eraseFromParent();
    }
    Work.remove(Slot);
    Slot->eraseFromParent();
  }
}

class Binder {
public:
  Binder(Module &M, const RuntimeFiles &Runtime) : M(M), Runtime(Runtime) {}

  void run() {
    bindRustAllocator();
    SmallVector<Function *, 32> Declared;
    for (Function &F : M)
      if (F.isDeclaration() && !F.isIntrinsic() && !F.use_empty())
        Declared.push_back(&F);
    for (Function *F : Declared)
      bind(*F);
    for (const WeakTrackingVH &V : Printers) // the host's: nothing on the device calls them
      if (auto *Store = dyn_cast_or_null<StoreInst>(V))
        Store->setOperand(0, Constant::getNullValue(Store->getValueOperand()->getType()));
  }

private:
  void bind(Function &F) {
    StringRef Name = F.getName();
    const Function *Provided = Runtime.findFunction(Name);
    if (Name == "__cxa_throw" && Provided && !Runtime.isUsers(Name))
      return replaceCalls(F, [&](CallInst &Call) { throwCxx(Call); });
    if (Provided) {
      bool Reports = Name == "gpu_report_exception" || Name == "gpu_report_exception_name" ||
                     Name == "gpu_signal_exception";
      bool KnowsPlace = Name == "__cordon_throw" || Name.starts_with("__assert") ||
                        Name.contains("__glibcxx_assert_fail");
      if ((Provided->doesNotReturn() && !KnowsPlace) || Reports)
        for (CallInst *Call : calls(F))
          noteLocation(*Call);
      return;
    }
    if (Name == "__assertfail" || Name.starts_with("cuda") || Name.starts_with("__nv") ||
        Name.starts_with("__cordon_") || Name.starts_with("julia.gpu.") || Name == "deferred_codegen")
      return;
    if (std::optional<RustPanic> Panic = rustPanic(F)) {
      replaceCalls(F, [&](CallInst &Call) { throwRust(Call, *Panic); });
      return giveBody(F, Panic->Text);
    }
    StringRef Julia = juliaException(Name);
    if (Julia.empty() && !neverReturns(F))
      return;
    std::string Text = Julia.empty() ? plainName(Name) : Julia.str();
    replaceCalls(F, [&](CallInst &Call) {
      noteLocation(Call);
      IRBuilder<> B(&Call);
      throwText(B, Text);
    });
    giveBody(F, Text);
  }

  /// By its attribute, or because no caller expects it to.
  static bool neverReturns(const Function &F) {
    if (F.doesNotReturn())
      return true;
    bool Called = false;
    for (const User *U : F.users()) {
      const auto *Call = dyn_cast<CallInst>(U);
      if (!Call || Call->getCalledOperand() != &F)
        return false;
      Called = true;
      if (!Call->doesNotReturn() && !isa_and_nonnull<UnreachableInst>(Call->getNextNode()))
        return false;
    }
    return Called;
  }

  /// In order; calls in the runtime's own functions are its own business. Invokes become calls.
  SmallVector<CallInst *, 8> calls(Function &F) {
    SmallVector<CallInst *, 8> Calls;
    SmallVector<User *, 8> Users(F.users()); // the last use is listed first
    for (User *U : reverse(Users)) {
      auto *Site = dyn_cast<CallBase>(U);
      if (!Site || Site->getCalledOperand() != &F || isFromRuntime(*Site->getFunction()))
        continue;
      if (auto *Invoke = dyn_cast<InvokeInst>(Site))
        Site = changeToCall(Invoke);
      if (auto *Call = dyn_cast<CallInst>(Site))
        Calls.push_back(Call);
    }
    return Calls;
  }

  void replaceCalls(Function &F, function_ref<void(CallInst &)> Replace) {
    for (CallInst *Call : calls(F)) {
      SmallVector<AllocaInst *, 2> Slots;
      for (Value *A : Call->args())
        if (auto *Slot = dyn_cast<AllocaInst>(A->stripPointerCasts()))
          Slots.push_back(Slot);
      Replace(*Call);
      if (!Call->use_empty())
        Call->replaceAllUsesWith(PoisonValue::get(Call->getType()));
      Call->eraseFromParent();
      dropUnread(Slots);
    }
  }

  /// What still has the function's address gets one that reports.
  void giveBody(Function &F, const Twine &Text) {
    if (F.use_empty()) {
      F.eraseFromParent();
      return;
    }
    F.setLinkage(GlobalValue::InternalLinkage);
    F.setAttributes(AttributeList());
    for (Attribute::AttrKind A : {Attribute::Cold, Attribute::NoInline, Attribute::NoReturn})
      F.addFnAttr(A);
    F.addFnAttr(RuntimeAttr);
    IRBuilder<> B(BasicBlock::Create(M.getContext(), "", &F));
    throwText(B, Text);
    B.CreateUnreachable();
  }

  Value *text(IRBuilder<> &B, const Twine &Text) {
    SmallString<64> Storage;
    StringRef S = Text.toStringRef(Storage);
    if (S.empty())
      return ConstantPointerNull::get(B.getPtrTy());
    Value *&Known = Texts[S];
    if (!Known)
      Known = B.CreateGlobalString(S, "__cordon_text");
    return Known;
  }

  CallInst *throwBy(IRBuilder<> &B, StringRef Function, ArrayRef<Value *> Args) {
    SmallVector<Type *, 6> Types;
    for (Value *A : Args)
      Types.push_back(A->getType());
    CallInst *Call = B.CreateCall(M.getOrInsertFunction(Function, FunctionType::get(B.getVoidTy(), Types, false)), Args);
    Call->setDoesNotReturn();
    return Call;
  }

  void throwText(IRBuilder<> &B, const Twine &Text, uint32_t Kind = CORDON_EXCEPTION_THROW) {
    Value *Null = ConstantPointerNull::get(B.getPtrTy());
    throwBy(B, "__cordon_throw", {B.getInt32(Kind), text(B, Text), Null, B.getInt32(0), Null});
  }

  //===--- the source line ---------------------------------------------------------------------------------------===//

  void noteLocation(CallInst &Call) {
    if (isNoted(Call))
      return;
    const DILocation *Loc = Call.getDebugLoc();
    IRBuilder<> B(&Call);
    std::string Function = demangle(Call.getFunction()->getName());
    if (const DISubprogram *SP = Loc ? Loc->getScope()->getSubprogram() : nullptr)
      Function = SP->getName().str();
    FunctionCallee Note = M.getOrInsertFunction("__cordon_note_location", B.getVoidTy(), B.getPtrTy(), B.getInt32Ty(),
                                                B.getPtrTy());
    B.CreateCall(Note, {text(B, Loc ? Loc->getFilename() : ""), B.getInt32(Loc ? Loc->getLine() : 0),
                        text(B, Function)});
  }

  /// A report and its signal stand in one block: one note is enough. It is also what a second run finds.
  static bool isNoted(const CallInst &Call) {
    for (const Instruction *I = Call.getPrevNode(); I; I = I->getPrevNode()) {
      const auto *Before = dyn_cast<CallInst>(I);
      const Function *Callee = Before ? Before->getCalledFunction() : nullptr;
      if (Callee && Callee->getName() == "__cordon_note_location")
        return true;
    }
    return false;
  }

  //===--- C++ ---------------------------------------------------------------------------------------------------===//

  /// __cxa_throw(object, type_info, destructor): the type's name is in the symbol.
  void throwCxx(CallInst &Call) {
    noteLocation(Call);
    IRBuilder<> B(&Call);
    std::string Type = "C++ exception";
    if (Call.arg_size() > 1)
      if (const auto *Info = dyn_cast<GlobalValue>(Call.getArgOperand(1)->stripPointerCasts())) {
        Type = demangle(Info->getName());
        StringRef Short = Type;
        if (Short.consume_front("typeinfo for "))
          Type = Short.str();
      }
    Value *Object = Call.arg_size() ? Call.getArgOperand(0) : ConstantPointerNull::get(B.getPtrTy());
    throwBy(B, "__cordon_cxa_throw", {Object, text(B, Type), B.getInt32(hasText(Type))});
  }

  //===--- Rust --------------------------------------------------------------------------------------------------===//

  /// rustc mangles its allocator's shims: "_RNvCs1234_7___rustc12___rust_alloc".
  void bindRustAllocator() {
    for (Function &F : make_early_inc_range(M)) {
      if (!F.isDeclaration() || !F.getName().starts_with("_R") || !F.getName().contains("7___rustc"))
        continue;
      for (StringRef Name : {"__rust_alloc", "__rust_dealloc", "__rust_realloc", "__rust_alloc_zeroed",
                             "__rust_no_alloc_shim_is_unstable_v2"})
        if (F.getName().ends_with((Twine(Name.size()) + "_" + Name).str())) {
          Function *Plain = M.getFunction(Name);
          if (!Plain)
            Plain = Function::Create(F.getFunctionType(), GlobalValue::ExternalLinkage, Name, M);
          F.replaceAllUsesWith(Plain);
          F.eraseFromParent();
          break;
        }
    }
  }

  void throwRust(CallInst &Call, const RustPanic &Panic) {
    IRBuilder<> B(&Call);
    Value *Where = panicLocation(Call);
    if (!Where) {
      noteLocation(Call);
      Where = ConstantPointerNull::get(B.getPtrTy());
    }
    switch (Panic.Kind) {
    case RustPanic::Bounds:
      throwBy(B, "__cordon_rust_bounds", {Call.getArgOperand(0), Call.getArgOperand(1), Where});
      return;
    case RustPanic::AllocError:
      throwBy(B, "__cordon_rust_alloc_error", {Call.getArgOperand(0), Call.getArgOperand(1)});
      return;
    case RustPanic::Assertion:
      if (RustMessage Message = assertMessage(Call); !Message.Text.empty())
        return throwMessage(B, Message, CORDON_EXCEPTION_ASSERT, Where);
      throwBy(B, "__cordon_rust_assert", {Call.getArgOperand(0), Where});
      return;
    case RustPanic::TextArgument:
      if (RustMessage Message = unwrapMessage(Call); !Message.Text.empty())
        return throwMessage(B, Message, CORDON_EXCEPTION_THROW, Where);
      throwBy(B, "__cordon_rust_panic", {Call.getArgOperand(0), Call.getArgOperand(1), Where});
      return;
    case RustPanic::Formatted:
    case RustPanic::Fixed:
      break;
    }
    RustMessage Message;
    if (Panic.Kind == RustPanic::Formatted)
      Message = formattedMessage(Call);
    if (Message.Text.empty())
      Message.Text = Panic.Text;
    throwMessage(B, Message, CORDON_EXCEPTION_THROW, Where);
  }

  void throwMessage(IRBuilder<> &B, RustMessage &Message, uint32_t Kind, Value *Where) {
    Value *Text = text(B, Message.Text), *Length = B.getInt64(Message.Text.size());
    if (Message.Values.empty() && Kind == CORDON_EXCEPTION_THROW) {
      throwBy(B, "__cordon_rust_panic", {Text, Length, Where});
      return;
    }
    Type *Array = ArrayType::get(B.getPtrTy(), std::max<size_t>(1, Message.Values.size()));
    IRBuilder<> Entry(&*B.GetInsertBlock()->getParent()->getEntryBlock().getFirstInsertionPt());
    AllocaInst *Values = Entry.CreateAlloca(Array, nullptr, "panic_values");
    for (auto [I, V] : enumerate(Message.Values))
      B.CreateStore(V, B.CreateConstInBoundsGEP2_64(Array, Values, 0, I));
    throwBy(B, "__cordon_rust_format",
            {B.getInt32(Kind), Text, Length, B.CreateAddrSpaceCast(Values, B.getPtrTy()), Where});
    Printers.append(Message.Printers.begin(), Message.Printers.end());
  }

  Module &M;
  const RuntimeFiles &Runtime;
  StringMap<Value *> Texts;
  SmallVector<WeakTrackingVH, 8> Printers;
};

} // namespace

void bindThrowers(Module &Device, const RuntimeFiles &Runtime) { Binder(Device, Runtime).run(); }

} // namespace cordon
