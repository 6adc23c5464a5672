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

} // namespace cordon
