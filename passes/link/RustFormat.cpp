//===- link/RustFormat.cpp - what a panic formats -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// panic!("{} of {}", a, b) passes a template and an array of pairs, a value's address and the function that prints it.
// Those functions are the host's; where one is that of a number, a character or a text, the runtime prints the value
// itself. The text has a byte 1 there, the way (d, ? , x, X) and the type.
//===----------------------------------------------------------------------===//

#include "cordon/Entries.h"
#include "link/RustNames.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

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

/// The letter of a type that the runtime prints; 0 for others.
static char typeLetter(StringRef Type) {
  return StringSwitch<char>(Type)
      .Case("i8", 'a')
      .Case("u8", 'h')
      .Case("i16", 's')
      .Case("u16", 't')
      .Case("i32", 'i')
      .Case("u32", 'j')
      .Cases({"i64", "isize"}, 'l')
      .Cases({"u64", "usize"}, 'm')
      .Case("f32", 'f')
      .Case("f64", 'd')
      .Case("bool", 'b')
      .Case("char", 'c')
      .Case("&str", 'S') // the value is the address of a pointer and a length
      .Default(0);
}

/// True if \p F prints what its argument points to by the function of str.
static bool callsStr(const Function &F) {
  return any_of(instructions(F), [](const Instruction &I) {
    const auto *Call = dyn_cast<CallBase>(&I);
    const Function *Callee = Call ? Call->getCalledFunction() : nullptr;
    return Callee && StringRef(demangle(Callee->getName())).starts_with("<str as core::fmt::");
  });
}

/// "dm" for <u64 as core::fmt::Display>::fmt; "" for what the runtime does not print.
static std::string printerCode(const Function &F) {
  std::string Raw = decodeDeviceName(F.getName()), Name = demangle(Raw);
  StringRef Text = Name;
  // The old mangling says "&T" for every T; the body calls that one's function.
  for (auto [Part, Way] : {std::pair("$RF$T$u20$as$u20$core..fmt..Display$GT$", 'd'),
                           std::pair("$RF$T$u20$as$u20$core..fmt..Debug$GT$", '?')})
    if (StringRef(Raw).contains(Part))
      return callsStr(F) ? std::string{Way, 'S'} : "";
  if (!Text.consume_front("<"))
    return "";
  auto [Type, Rest] = Text.split(" as core::fmt::");
  char Way = StringSwitch<char>(Rest.split(">::fmt").first)
                 .Case("Display", 'd')
                 .Case("Debug", '?')
                 .Case("LowerHex", 'x')
                 .Case("UpperHex", 'X')
                 .Default(0);
  char Letter = typeLetter(Type);
  return Way && Letter ? std::string{Way, Letter} : "";
}

/// The function that prints argument \p Index of the array at \p Slot, and where it is stored.
static StoreInst *printerStore(const AllocaInst *Slot, unsigned Index) {
  StoreInst *Found = nullptr;
  const DataLayout &DL = Slot->getDataLayout();
  for (Instruction &I : instructions(*const_cast<Function *>(Slot->getFunction()))) {
    auto *Store = dyn_cast<StoreInst>(&I);
    if (!Store || !Store->getValueOperand()->getType()->isPointerTy())
      continue;
    APInt Offset(64, 0);
    if (Store->getPointerOperand()->stripAndAccumulateConstantOffsets(DL, Offset, /*AllowNonInbounds=*/true) != Slot ||
        Offset != 16 * Index + 8)
      continue;
    if (Found && Found->getValueOperand() != Store->getValueOperand())
      return nullptr;
    Found = Store;
  }
  return Found;
}

namespace {
/// Reads a template: a byte below 0x80 is the length of a literal piece that follows, 0x80 has the length in two bytes
/// behind it, from 0xC0 on it is a placeholder whose bits say what follows (flags, width, precision, argument), 0 the end.
class TemplateReader {
public:
  TemplateReader(CallInst &Call, unsigned At, RustMessage &Message)
      : Call(Call), Slot(At + 1 < Call.arg_size()
                             ? dyn_cast<AllocaInst>(Call.getArgOperand(At + 1)->stripPointerCasts())
                             : nullptr),
        Message(Message) {}

  void read(StringRef Bytes) {
    unsigned Argument = 0;
    while (!Bytes.empty() && Bytes.front()) {
      unsigned char C = Bytes.front();
      Bytes = Bytes.drop_front();
      auto Take = [&](unsigned N) {
        uint32_t V = 0;
        for (unsigned I = 0; I < N && I < Bytes.size(); ++I)
          V |= uint32_t(static_cast<unsigned char>(Bytes[I])) << 8 * I;
        Bytes = Bytes.drop_front(std::min<size_t>(N, Bytes.size()));
        return V;
      };
      if (C <= 0x80) {
        unsigned Length = C < 0x80 ? C : Take(2);
        Message.Text += Bytes.take_front(Length);
        Bytes = Bytes.drop_front(std::min<size_t>(Length, Bytes.size()));
        continue;
      }
      if (C < 0xC0) {
        Message.Text += "...";
        return;
      }
      if (C & 1)
        Take(4);
      if (C & 2)
        Take(2);
      if (C & 4)
        Take(2);
      if (C & 8)
        Argument = Take(2);
      placeholder(Argument++);
    }
  }

private:
  void placeholder(unsigned Index) {
    StoreInst *Store = Slot ? printerStore(Slot, Index) : nullptr;
    auto *Printer = Store ? dyn_cast<Function>(Store->getValueOperand()) : nullptr;
    std::string Code = Printer ? printerCode(*Printer) : "";
    if (Code.empty()) {
      Message.Text += "{}";
      return;
    }
    Message.Text += '\1' + Code;
    IRBuilder<> B(&Call);
    Message.Values.push_back(B.CreateLoad(B.getPtrTy(), B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), Slot, 16 * Index)));
    Message.Printers.push_back(Store);
  }

  CallInst &Call;
  AllocaInst *Slot;
  RustMessage &Message;
};
} // namespace

RustMessage formattedMessage(CallInst &Call, unsigned At) {
  RustMessage Message;
  Value *First = Call.getArgOperand(At);
  std::optional<StringRef> Bytes = constantBytes(First);
  if (!Bytes) {
    Message.Text = readPieces(First);
    return Message;
  }
  // A text without placeholders is passed as it is, with twice its length and 1 in the second word.
  if (Call.arg_size() > At + 1)
    if (const auto *C = dyn_cast<ConstantExpr>(Call.getArgOperand(At + 1)); C && C->getOpcode() == Instruction::IntToPtr)
      if (const auto *N = dyn_cast<ConstantInt>(C->getOperand(0)); N && N->getZExtValue() & 1) {
        Message.Text = Bytes->take_front(N->getZExtValue() >> 1).str();
        return Message;
      }
  TemplateReader(Call, At, Message).read(*Bytes);
  return Message;
}

/// The same for a vtable of Debug or Display, whose last entry is the function.
static std::string tableCode(const Value *V) {
  const auto *Table = dyn_cast<GlobalVariable>(V->stripPointerCasts());
  if (!Table || !Table->hasDefinitiveInitializer() || Table->getInitializer()->getNumOperands() == 0)
    return "";
  const Constant *Init = Table->getInitializer();
  const auto *Printer = dyn_cast<Function>(Init->getOperand(Init->getNumOperands() - 1)->stripPointerCasts());
  return Printer ? printerCode(*Printer) : "";
}

/// Result::unwrap on an error: (text, length, error, how to print it, location).
RustMessage unwrapMessage(CallInst &Call) {
  RustMessage Message;
  auto *Length = Call.arg_size() == 5 ? dyn_cast<ConstantInt>(Call.getArgOperand(1)) : nullptr;
  StringRef Text;
  std::string Code = Length ? tableCode(Call.getArgOperand(3)) : "";
  if (Code.empty() || !getConstantStringInfo(Call.getArgOperand(0), Text, /*TrimAtNul=*/false))
    return Message;
  Message.Text = (Text.take_front(Length->getZExtValue()) + ": \1" + Code).str();
  Message.Values.push_back(Call.getArgOperand(2));
  return Message;
}

/// assert_failed::<T, U>(kind, &left, &right, template, arguments, location), and assert_failed_inner, which gets a vtable
/// behind each value.
RustMessage assertMessage(CallInst &Call) {
  RustMessage Message;
  auto *Kind = dyn_cast<ConstantInt>(Call.getArgOperand(0));
  std::string Name = demangle(Call.getCalledFunction()->getName());
  bool Inner = StringRef(Name).contains("assert_failed_inner");
  unsigned Template = Inner ? 5 : 3;
  if (!Kind || Call.arg_size() < Template + 2 || Kind->getZExtValue() > 1)
    return Message;
  Message.Text = Kind->isZero() ? "assertion `left == right` failed" : "assertion `left != right` failed";
  if (!isa<ConstantPointerNull>(Call.getArgOperand(Template))) {
    RustMessage More = formattedMessage(Call, Template);
    if (!More.Text.empty())
      Message.Text += ": " + More.Text;
    Message.Values = More.Values;
    Message.Printers = More.Printers;
  }
  std::string Codes[2];
  if (Inner) {
    Codes[0] = tableCode(Call.getArgOperand(2));
    Codes[1] = tableCode(Call.getArgOperand(4));
  } else {
    auto [Left, Right] = StringRef(Name).split("assert_failed::<").second.split(", ");
    Right.consume_back(">");
    if (typeLetter(Left) && typeLetter(Right)) {
      Codes[0] = {'?', typeLetter(Left)};
      Codes[1] = {'?', typeLetter(Right)};
    }
  }
  if (Codes[0].empty() || Codes[1].empty())
    return Message;
  Message.Text += ", left: \1" + Codes[0] + ", right: \1" + Codes[1];
  Message.Values.push_back(Call.getArgOperand(1));
  Message.Values.push_back(Call.getArgOperand(Inner ? 3 : 2));
  return Message;
}

} // namespace cordon
