//===- link/RustNames.cpp - Rust's panics by name -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "link/RustNames.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

/// "core::panicking::panic" for either mangling; empty for other names.
static std::string rustPath(StringRef Name) {
  if (!Name.starts_with("_R") && !(Name.starts_with("_ZN") && Name.ends_with("E") && Name.contains("17h")))
    return "";
  std::string Text = demangle(Name);
  StringRef Path = Text;
  // The legacy mangling ends in a hash.
  auto [Front, Hash] = Path.rsplit("::");
  if (Hash.size() == 17 && Hash.front() == 'h' && all_of(Hash.drop_front(), llvm::isHexDigit))
    Path = Front;
  if (Path.ends_with(">")) // "core::panicking::assert_failed::<usize, usize>"
    Path = Path.take_front(Path.find("::<"));
  return Path.str();
}

/// core::panicking::panic_const::panic_const_add_overflow and kin.
static std::string arithmeticText(StringRef Base) {
  if (!Base.consume_front("panic_const_"))
    return "";
  return StringSwitch<std::string>(Base)
      .Case("add_overflow", "attempt to add with overflow")
      .Case("sub_overflow", "attempt to subtract with overflow")
      .Case("mul_overflow", "attempt to multiply with overflow")
      .Case("div_overflow", "attempt to divide with overflow")
      .Case("rem_overflow", "attempt to calculate the remainder with overflow")
      .Case("neg_overflow", "attempt to negate with overflow")
      .Case("shl_overflow", "attempt to shift left with overflow")
      .Case("shr_overflow", "attempt to shift right with overflow")
      .Case("div_by_zero", "attempt to divide by zero")
      .Case("rem_by_zero", "attempt to calculate the remainder with a divisor of zero")
      .Default("");
}

std::optional<RustPanic> rustPanic(const Function &F) {
  std::string Path = rustPath(F.getName());
  StringRef P = Path;
  if (P.empty())
    return std::nullopt;
  StringRef Base = P.rsplit("::").second;
  bool Panics = P.starts_with("core::panicking::") || P.starts_with("std::panicking::") ||
                (F.doesNotReturn() && (P.starts_with("core::") || P.starts_with("alloc::") || P.starts_with("std::")));
  if (!Panics)
    return std::nullopt;

  FunctionType *T = F.getFunctionType();
  auto Is = [&](unsigned I, bool Pointer) {
    return I < T->getNumParams() &&
           (Pointer ? T->getParamType(I)->isPointerTy() : T->getParamType(I)->isIntegerTy(64));
  };
  RustPanic R;
  R.Text = arithmeticText(Base);
  if (!R.Text.empty())
    return R;
  if (Base == "panic_bounds_check" && Is(0, false) && Is(1, false)) {
    R.Kind = RustPanic::Bounds;
    R.Text = "index out of bounds";
  } else if (Base == "handle_alloc_error" && Is(0, false) && Is(1, false)) {
    R.Kind = RustPanic::AllocError;
    R.Text = "memory allocation failed";
  } else if (Base.starts_with("assert_failed") && T->getNumParams() && T->getParamType(0)->isIntegerTy(8)) {
    R.Kind = RustPanic::Assertion;
    R.Text = "assertion failed";
  } else if (Base.contains("_fmt") && Is(0, true)) {
    R.Kind = RustPanic::Formatted;
    R.Text = "panic";
  } else if (Is(0, true) && Is(1, false)) {
    R.Kind = RustPanic::TextArgument; // panic, expect_failed, Result's unwrap_failed
    R.Text = "panic";
  } else
    R.Text = P == "core::option::unwrap_failed"    ? "called `Option::unwrap()` on a `None` value"
             : Base == "capacity_overflow"         ? "capacity overflow"
             : Base.starts_with("slice_") || Base.ends_with("_fail") ? "slice index out of range (" + Base.str() + ")"
                                                                     : "panic in " + Path;
  return R;
}

Value *panicLocation(const CallInst &Call) {
  unsigned N = Call.arg_size();
  if (N == 0 || !Call.getArgOperand(N - 1)->getType()->isPointerTy())
    return nullptr;
  // { file: &str, line: u32, col: u32 }: 24 bytes that rustc promises.
  uint64_t Bytes = Call.getParamDereferenceableBytes(N - 1);
  if (const Function *F = Call.getCalledFunction(); F && F->arg_size() == N)
    Bytes = std::max(Bytes, F->getParamDereferenceableBytes(N - 1));
  if (Bytes >= 24)
    return Call.getArgOperand(N - 1);
  // Without optimization the attributes are missing; the constant shows its shape.
  const auto *G = dyn_cast<GlobalVariable>(Call.getArgOperand(N - 1)->stripPointerCasts());
  return G && G->isConstant() && G->getDataLayout().getTypeAllocSize(G->getValueType()) == 24
             ? Call.getArgOperand(N - 1)
             : nullptr;
}

/// The bytes of a constant array of i8.
static std::optional<StringRef> constantBytes(const Value *V) {
  const auto *G = dyn_cast<GlobalVariable>(V->stripPointerCasts());
  if (!G || !G->isConstant() || !G->hasDefinitiveInitializer())
    return std::nullopt;
  const Constant *Init = G->getInitializer();
  while (Init->getType()->isStructTy() && Init->getNumOperands() == 1)
    Init = cast<Constant>(Init->getOperand(0)); // rustc up to 1.7x wraps them: <{ [N x i8] }>
  const auto *Bytes = dyn_cast<ConstantDataSequential>(Init);
  if (!Bytes || !Bytes->getElementType()->isIntegerTy(8))
    return std::nullopt;
  return Bytes->getRawDataValues();
}

/// Rust from 1.93: a byte below 0x80 is the length of a literal piece that follows, one from 0xC0 a placeholder, 0 the
/// end.
static std::string readTemplate(StringRef Bytes) {
  std::string Text;
  while (!Bytes.empty() && Bytes.front()) {
    unsigned char C = Bytes.front();
    Bytes = Bytes.drop_front();
    if (C < 0x80) {
      if (Bytes.size() < C)
        return "";
      Text += Bytes.take_front(C);
      Bytes = Bytes.drop_front(C);
    } else if (C == 0xC0)
      Text += "{}";
    else
      return Text + "..."; // options and long pieces
  }
  return Text;
}

/// Rust up to 1.92: core::fmt::Arguments in memory, whose first word points to an array of &str.
static std::string readPieces(const Value *Arguments) {
  const auto *Slot = dyn_cast<AllocaInst>(Arguments->stripPointerCasts());
  if (!Slot)
    return "";
  const GlobalVariable *Pieces = nullptr;
  for (const User *U : Slot->users())
    if (const auto *Store = dyn_cast<StoreInst>(U); Store && Store->getPointerOperand() == Slot)
      Pieces = dyn_cast<GlobalVariable>(Store->getValueOperand()->stripPointerCasts());
  if (!Pieces || !Pieces->isConstant() || !Pieces->hasDefinitiveInitializer())
    return "";
  // { ptr, [8 x i8] length, ptr, ... }
  const Constant *Init = Pieces->getInitializer();
  std::string Text;
  for (unsigned I = 0; I + 1 < Init->getNumOperands(); I += 2) {
    std::optional<StringRef> Piece = constantBytes(Init->getOperand(I));
    const auto *Length = dyn_cast<ConstantDataSequential>(Init->getOperand(I + 1));
    if (!Piece || !Length || Length->getRawDataValues().size() != 8)
      return Text;
    if (I)
      Text += "{}";
    Text += Piece->take_front(static_cast<unsigned char>(Length->getRawDataValues()[0]) |
                              static_cast<unsigned char>(Length->getRawDataValues()[1]) << 8);
  }
  return Text;
}

std::string formattedText(const CallInst &Call) {
  const Value *First = Call.getArgOperand(0);
  std::optional<StringRef> Bytes = constantBytes(First);
  if (!Bytes)
    return readPieces(First);
  // A text without placeholders is passed as it is, with twice its length and 1 in the second word.
  if (Call.arg_size() > 1)
    if (const auto *C = dyn_cast<ConstantExpr>(Call.getArgOperand(1)); C && C->getOpcode() == Instruction::IntToPtr)
      if (const auto *N = dyn_cast<ConstantInt>(C->getOperand(0)); N && N->getZExtValue() & 1)
        return Bytes->take_front(N->getZExtValue() >> 1).str();
  return readTemplate(*Bytes);
}

} // namespace cordon
