//===- analysis/HostAsmParser.cpp - would the host's assembler take it? ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mirrors what LLVM's AsmPrinterInlineAsm does with inline assembly, without code generation: the `$` escapes are
// expanded, each operand becomes a fixed legal one, and the target's MC parser reads the result into a null streamer.
//===----------------------------------------------------------------------===//

#include "analysis/HostAsmParser.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCObjectFileInfo.h"
#include "llvm/MC/MCParser/MCAsmParser.h"
#include "llvm/MC/MCParser/MCTargetAsmParser.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCStreamer.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace llvm;

// Tools that only assemble nothing (the driver, linkers) have not registered parsers. Weak: an LLVM without a target
// lacks its functions.
#define CORDON_WEAK_TARGET(NAME)                                                                                       \
  extern "C" __attribute__((weak)) void LLVMInitialize##NAME##TargetInfo();                                            \
  extern "C" __attribute__((weak)) void LLVMInitialize##NAME##TargetMC();                                              \
  extern "C" __attribute__((weak)) void LLVMInitialize##NAME##AsmParser();                                             \
  static void initialize##NAME() {                                                                                     \
    if (!LLVMInitialize##NAME##TargetInfo || !LLVMInitialize##NAME##TargetMC || !LLVMInitialize##NAME##AsmParser)      \
      return;                                                                                                          \
    LLVMInitialize##NAME##TargetInfo();                                                                                \
    LLVMInitialize##NAME##TargetMC();                                                                                  \
    LLVMInitialize##NAME##AsmParser();                                                                                 \
  }
CORDON_WEAK_TARGET(X86)
CORDON_WEAK_TARGET(AArch64)

namespace cordon {

HostAsmParser::HostAsmParser(const Triple &Host) : Host(Host) {
  if (!Host.isX86() && !Host.isAArch64())
    return; // substituteOperands knows no registers
  std::string Error;
  const Target *Found = TargetRegistry::lookupTarget(Host, Error);
  if (!Found || !Found->hasMCAsmParser()) {
    Host.isX86() ? initializeX86() : initializeAArch64();
    Found = TargetRegistry::lookupTarget(Host, Error);
  }
  if (!Found || !Found->hasMCAsmParser())
    return;
  MCTargetOptions Options;
  MRI.reset(Found->createMCRegInfo(Host));
  if (MRI)
    MAI.reset(Found->createMCAsmInfo(*MRI, Host, Options));
  // All features: what the assembler refuses for want of one is still host code.
  STI.reset(Found->createMCSubtargetInfo(Host, "", Host.isAArch64() ? "+all" : ""));
  MII.reset(Found->createMCInstrInfo());
  if (MRI && MAI && STI && MII)
    T = Found;
}

HostAsmParser::~HostAsmParser() = default;

bool HostAsmParser::parses(StringRef Text, unsigned Dialect) const {
  SourceMgr SM;
  SM.setDiagHandler([](const SMDiagnostic &, void *) {});
  SM.AddNewSourceBuffer(MemoryBuffer::getMemBufferCopy(Text, "<inline asm>"), SMLoc());
  MCTargetOptions Options;
  MCContext Ctx(Host, MAI.get(), MRI.get(), STI.get(), &SM, &Options);
  std::unique_ptr<MCObjectFileInfo> MOFI(T->createMCObjectFileInfo(Ctx, /*PIC=*/true));
  Ctx.setObjectFileInfo(MOFI.get());
  std::unique_ptr<MCStreamer> Out(T->createNullStreamer(Ctx));
  std::unique_ptr<MCAsmParser> Parser(createMCAsmParser(SM, Ctx, *Out, *MAI));
  std::unique_ptr<MCTargetAsmParser> Target(T->createMCAsmParser(*STI, *Parser, *MII, Options));
  if (!Target)
    return true;
  Parser->setAssemblerDialect(Dialect);
  Parser->setTargetParser(*Target);
  // Undefined local labels and unfinished frames are the caller's affair: only syntax is asked for.
  return !Parser->Run(/*NoInitialTextSection=*/false, /*NoFinalize=*/true);
}

bool HostAsmParser::accepts(const InlineAsm &IA) const {
  return parses(substituteOperands(IA, Host.getArch()), IA.getDialect() == InlineAsm::AD_Intel ? 1 : 0);
}

namespace {

/// One operand: its LLVM type and the constraint codes it may use.
struct Operand {
  Type *Ty = nullptr;
  bool Indirect = false;
  InlineAsm::ConstraintCodeVector Codes;
};

unsigned bitsOf(Type *Ty) {
  if (!Ty || Ty->isPointerTy())
    return 64;
  TypeSize Size = Ty->getPrimitiveSizeInBits();
  return Size.isScalable() || Size.isZero() ? 64 : Size.getFixedValue();
}

bool isVectorLike(Type *Ty) { return Ty && (Ty->isFloatingPointTy() || Ty->isVectorTy()); }

std::string x86GPR(unsigned Index, unsigned Bits, char Modifier) {
  static const char *const Names[][4] = {{"al", "ax", "eax", "rax"}, {"cl", "cx", "ecx", "rcx"},
                                         {"dl", "dx", "edx", "rdx"}, {"bl", "bx", "ebx", "rbx"},
                                         {"sil", "si", "esi", "rsi"}, {"dil", "di", "edi", "rdi"}};
  static const char *const High[] = {"ah", "ch", "dh", "bh"};
  switch (Modifier) {
  case 'b':
    Bits = 8;
    break;
  case 'h':
    return High[Index % 4];
  case 'w':
    Bits = 16;
    break;
  case 'k':
    Bits = 32;
    break;
  case 'q':
    Bits = 64;
    break;
  default:
    break;
  }
  return Names[Index % 6][Bits <= 8 ? 0 : Bits <= 16 ? 1 : Bits <= 32 ? 2 : 3];
}

std::string x86Operand(const Operand &Op, unsigned Index, char Modifier, bool Intel) {
  StringRef Code = Op.Codes.empty() ? "r" : StringRef(Op.Codes.front());
  std::string Percent = Intel ? "" : "%";
  if (Code.starts_with("{") && Code.ends_with("}")) {
    StringRef Reg = Code.drop_front().drop_back();
    if (Reg == "st")
      return Percent + "st";
    static const char *const Roots[] = {"a", "c", "d", "b", "si", "di"};
    for (unsigned I = 0; I < 6; ++I) {
      std::string Full = x86GPR(I, 64, 0), Half = x86GPR(I, 32, 0), Word = x86GPR(I, 16, 0), Byte = x86GPR(I, 8, 0);
      if (Reg == Full || Reg == Half || Reg == Word || Reg == Byte || Reg == Roots[I])
        return Percent + x86GPR(I, bitsOf(Op.Ty), Modifier);
    }
    return Percent + Reg.str();
  }
  if (Code == "X" && Op.Ty && Op.Ty->isIntegerTy())
    Code = "r";
  bool Memory = Op.Indirect || Code == "m" || Code == "o" || Code == "V" || Code == "p" || Code == "*m";
  if (Memory) {
    if (Modifier == 'H')
      return Intel ? "[rdi + 8]" : "8(%rdi)";
    return Intel ? "[rdi]" : "(%rdi)";
  }
  if (Code.size() == 1 && StringRef("inIJKLMNOesZ").contains(Code[0])) {
    bool Bare = Intel || StringRef("cPpAn").contains(Modifier ? Modifier : ' ');
    return Bare ? "1" : "$1";
  }
  if (Code == "f" || Code == "t" || Code == "u")
    return Code == "u" ? Percent + "st(1)" : Percent + "st";
  if (Code == "y" || Code == "Ym")
    return Percent + "mm" + std::to_string(Index % 8);
  if (Code == "k" || Code == "Yk")
    return Percent + "k" + std::to_string(1 + Index % 7);
  if (Code == "x" || Code == "v" || Code == "Yz" || Code == "Yi" || Code == "Yt" || Code == "Y2" ||
      (isVectorLike(Op.Ty) && Code != "r" && Code != "q")) {
    unsigned Bits = Modifier == 'x' ? 128 : Modifier == 't' ? 256 : Modifier == 'g' ? 512 : bitsOf(Op.Ty);
    return Percent + (Bits > 256 ? "zmm" : Bits > 128 ? "ymm" : "xmm") + std::to_string(Index % 8);
  }
  unsigned Fixed = Code == "a" || Code == "A" ? 0 : Code == "c" ? 1 : Code == "d" ? 2 : Code == "b" ? 3
                   : Code == "S"              ? 4
                   : Code == "D"              ? 5
                                              : Index;
  std::string Reg = x86GPR(Fixed, bitsOf(Op.Ty), Modifier);
  if (Modifier == 'a')
    return Intel ? "[" + x86GPR(Fixed, 64, 0) + "]" : "(%" + x86GPR(Fixed, 64, 0) + ")";
  return Percent + Reg;
}

std::string aarch64Operand(const Operand &Op, unsigned Index, char Modifier) {
  StringRef Code = Op.Codes.empty() ? "r" : StringRef(Op.Codes.front());
  if (Code.starts_with("{") && Code.ends_with("}"))
    return Code.drop_front().drop_back().str();
  if (Op.Indirect || Code == "m" || Code == "Q" || Code == "o")
    return Modifier == 'a' ? "x8" : "[x8]";
  if (Code.size() == 1 && StringRef("inIJKLMNYZsS").contains(Code[0]) && Code != "w")
    return "1";
  std::string N = std::to_string(Index % 8);
  if (Code == "w" || Code == "x" || Code == "y" || (isVectorLike(Op.Ty) && Code != "r")) {
    if (StringRef("bhsdqz").contains(Modifier ? Modifier : ' '))
      return std::string(1, Modifier) + N;
    return "v" + N;
  }
  if (Code.starts_with("Up"))
    return "p" + N;
  return (Modifier == 'w' ? "w" : "x") + N;
}

/// Outputs first, then inputs, then labels, as `$N` counts them.
std::vector<Operand> operandsOf(const InlineAsm &IA) {
  std::vector<Operand> Ops;
  FunctionType *FT = IA.getFunctionType();
  auto *Results = dyn_cast<StructType>(FT->getReturnType());
  unsigned NextResult = 0, NextParam = 0;
  for (const InlineAsm::ConstraintInfo &C : IA.ParseConstraints()) {
    if (C.Type == InlineAsm::isClobber)
      continue;
    Operand Op;
    Op.Indirect = C.isIndirect;
    Op.Codes = C.Codes;
    if (C.Type == InlineAsm::isOutput && !C.isIndirect) {
      Op.Ty = Results ? NextResult < Results->getNumElements() ? Results->getElementType(NextResult) : nullptr
                      : FT->getReturnType();
      ++NextResult;
    } else if (C.Type != InlineAsm::isLabel && NextParam < FT->getNumParams())
      Op.Ty = FT->getParamType(NextParam++);
    unsigned Tied;
    if (C.Type == InlineAsm::isInput && !Op.Codes.empty() && !StringRef(Op.Codes.front()).getAsInteger(10, Tied) &&
        Tied < Ops.size())
      Op.Codes = Ops[Tied].Codes;
    if (C.Type == InlineAsm::isLabel)
      Op.Codes = {"label"};
    Ops.push_back(std::move(Op));
  }
  return Ops;
}

} // namespace

std::string substituteOperands(const InlineAsm &IA, Triple::ArchType Arch) {
  bool X86 = Arch == Triple::x86_64 || Arch == Triple::x86;
  bool Intel = IA.getDialect() == InlineAsm::AD_Intel;
  std::vector<Operand> Ops = operandsOf(IA);
  auto Print = [&](unsigned N, char Modifier) -> std::string {
    if (N >= Ops.size())
      return "";
    if (Modifier == 'l' || (!Ops[N].Codes.empty() && Ops[N].Codes.front() == "label"))
      return ".Lcordon_label";
    return X86 ? x86Operand(Ops[N], N, Modifier, Intel) : aarch64Operand(Ops[N], N, Modifier);
  };
  // `$(a$|b$)`: dialect alternatives, the first for AT&T and all of AArch64, the second for Intel.
  int Alternative = -1;
  const int Wanted = Intel ? 1 : 0;
  std::string Out;
  StringRef S = IA.getAsmString();
  while (!S.empty()) {
    auto Emit = [&](const Twine &Text) {
      if (Alternative < 0 || Alternative == Wanted)
        Out += Text.str();
    };
    if (!S.consume_front("$")) {
      Emit(S.take_front());
      S = S.drop_front();
      continue;
    }
    if (S.consume_front("$"))
      Emit("$");
    else if (S.consume_front("("))
      Alternative = 0;
    else if (S.consume_front("|"))
      Alternative = Alternative < 0 ? Alternative : Alternative + 1;
    else if (S.consume_front(")"))
      Alternative = -1;
    else if (S.consume_front("{:")) {
      auto [Name, Rest] = S.split('}');
      Emit(Name == "uid" ? "1" : Name == "comment" ? (X86 ? "#" : "//") : Name == "private" ? ".L" : "");
      S = Rest;
    } else if (S.consume_front("{")) {
      auto [Inside, Rest] = S.split('}');
      auto [Number, Modifier] = Inside.split(':');
      unsigned N;
      if (!Number.getAsInteger(10, N))
        Emit(Print(N, Modifier.empty() ? 0 : Modifier[0]));
      S = Rest;
    } else {
      unsigned long long N;
      if (!consumeUnsignedInteger(S, 10, N))
        Emit(Print(unsigned(N), 0));
      else
        Emit("$");
    }
  }
  return Out;
}

} // namespace cordon
