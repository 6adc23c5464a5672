//===- analysis/PTXAsm.cpp - is inline assembly PTX? ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The mnemonic half: finds the first mnemonic and looks it up among the opcodes of PTX ISA 9.0. The parser half is in
// HostAsmParser.cpp.
//===----------------------------------------------------------------------===//

#include "analysis/PTXAsm.h"
#include "analysis/HostAsmParser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstrTypes.h"

using namespace llvm;

namespace cordon {

class PTXAsmClassifier::HostParser : public HostAsmParser {
public:
  using HostAsmParser::HostAsmParser;
};

bool isPTXMnemonic(StringRef Mnemonic) {
  static const StringSet<> Opcodes = {
      "abs", "activemask", "add", "addc", "alloca", "and", "applypriority", "atom", "bar", "barrier", "bfe", "bfi",
      "bfind", "bmsk", "bra", "brev", "brkpt", "brx", "call", "clusterlaunchcontrol", "clz", "cnot", "copysign", "cos",
      "cp", "createpolicy", "cvt", "cvta", "discard", "div", "dp2a", "dp4a", "elect", "ex2", "exit", "fence", "fma",
      "fns", "getctarank", "griddepcontrol", "isspacep", "istypep", "ld", "ldmatrix", "ldu", "lg2", "lop3", "mad",
      "mad24", "madc", "mapa", "match", "max", "mbarrier", "membar", "min", "mma", "mov", "movmatrix", "mul", "mul24",
      "multimem", "nanosleep", "neg", "not", "or", "pmevent", "popc", "prefetch", "prefetchu", "prmt", "rcp", "red",
      "redux", "rem", "ret", "rsqrt", "sad", "selp", "set", "setmaxnreg", "setp", "shf", "shfl", "shl", "shr", "sin",
      "slct", "sqrt", "st", "stackrestore", "stacksave", "stmatrix", "sub", "subc", "suld", "suq", "sured", "sust",
      "szext", "tanh", "tcgen05", "tensormap", "testp", "tex", "tld4", "trap", "txq", "vabsdiff", "vabsdiff2",
      "vabsdiff4", "vadd", "vadd2", "vadd4", "vavrg2", "vavrg4", "vmad", "vmax", "vmax2", "vmax4", "vmin", "vmin2",
      "vmin4", "vote", "vset", "vset2", "vset4", "vshl", "vshr", "vsub", "vsub2", "vsub4", "wgmma", "wmma", "xor"};
  return Opcodes.contains(Mnemonic.split('.').first);
}

/// Drops white space, separators, braces (clang writes them as `$(` and `$)` for hosts with dialects) and comments.
static StringRef skipNoise(StringRef S) {
  while (true) {
    StringRef Before = S;
    S = S.ltrim(" \t\r\n;{}");
    if (S.consume_front("$(") || S.consume_front("$)") || S.consume_front("$|"))
      continue;
    if (S.starts_with("//") || S.starts_with("#"))
      S = S.drop_until([](char C) { return C == '\n'; });
    else if (S.consume_front("/*")) {
      size_t End = S.find("*/");
      S = End == StringRef::npos ? StringRef() : S.drop_front(End + 2);
    }
    if (S == Before)
      return S;
  }
}

/// Hosts have some of these too, but then their own parser takes the text.
static bool isPTXDeclaration(StringRef Directive) {
  return StringSwitch<bool>(Directive)
      .Cases({".reg", ".pragma", ".param", ".shared", ".local", ".const", ".global"}, true)
      .Default(false);
}

std::string firstMnemonic(StringRef S) {
  auto IsWord = [](char C) { return isAlnum(C) || C == '_' || C == '$' || C == '.' || C == ':' || C == '%'; };
  while (true) {
    S = skipNoise(S);
    if (S.consume_front("@")) { // a predicate: "@p", "@!p", "@$0"
      S.consume_front("!");
      S = S.drop_while(IsWord);
      continue;
    }
    StringRef Word = S.take_while(IsWord);
    // A label; PTX puts "::" inside mnemonics (mapa.shared::cluster).
    if (size_t Colon = Word.find(':'); Colon != StringRef::npos && !Word.substr(Colon).starts_with("::")) {
      S = S.drop_front(Colon + 1);
      continue;
    }
    // Declarations before the first instruction, also written `.reg.b32`.
    if (StringRef Directive = Word.substr(0, Word.find('.', 1)); isPTXDeclaration(Directive)) {
      S = skipNoise(S.drop_until([](char C) { return C == ';'; }));
      if (S.empty())
        return Directive.str();
      continue;
    }
    return Word.str();
  }
}

SmallVector<std::string, 4> allMnemonics(StringRef Asm) {
  SmallVector<StringRef, 8> Statements;
  // Comments hide nothing that matters: they run to the end of a line.
  std::string Text;
  for (StringRef Line : split(Asm, '\n'))
    Text += (Line.split("//").first + "\n").str();
  SplitString(Text, Statements, ";");
  SmallVector<std::string, 4> Found;
  for (StringRef S : Statements) {
    while (true) {
      S = S.ltrim(" \t\r\n{}");
      size_t Label = S.find_first_of(": \t\n.,");
      if (Label != StringRef::npos && S[Label] == ':' && Label > 0) {
        S = S.drop_front(Label + 1);
        continue;
      }
      if (S.starts_with("@") || S.starts_with("$(")) { // predicate; LLVM's alternatives
        size_t End = S.find_first_of(" \t\n");
        S = End == StringRef::npos ? "" : S.drop_front(End);
        continue;
      }
      break;
    }
    S = S.rtrim(" \t\r\n{}");
    if (!S.empty() && !S.starts_with(".") && !S.starts_with("/*"))
      Found.push_back(S.take_until([](char C) { return C == ' ' || C == '\t' || C == '\n'; }).str());
  }
  return Found;
}

/// The few instructions that stand without a dot; every other PTX mnemonic has a type or a mode behind one.
static bool standsAlone(StringRef Base) {
  return StringSet<>({"ret", "exit", "trap", "brkpt", "bra", "call", "stackrestore", "stacksave"}).contains(Base);
}

std::string foreignMnemonic(StringRef Text) {
  SmallVector<std::string, 4> Words = allMnemonics(Text);
  for (const std::string &Word : Words) {
    auto [Base, Suffix] = StringRef(Word).split('.');
    if (!isPTXMnemonic(Base) || (Suffix.empty() && !standsAlone(Base)))
      return Word;
  }
  // PTX ends a statement by a semicolon; assemblers of hosts by the line, "call foo".
  StringRef Last = Text.rtrim();
  Last = Last.drop_front(Last.rfind('\n') + 1);
  Last = Last.split("//").first.rtrim(" \t\r\n{}");
  if (!Words.empty() && !Last.empty() && !StringRef(";:/").contains(Last.back()))
    return Words.back();
  return "";
}

bool isThreadLocalMnemonic(StringRef Mnemonic) {
  static const StringSet<> Opcodes = {
      "abs", "add", "addc", "and", "bfe", "bfi", "bfind", "bmsk", "brev", "clz", "cnot", "copysign", "cos", "cvt", "cvta",
      "div", "dp2a", "dp4a", "ex2", "fma", "fns", "isspacep", "ld", "ldu", "lg2", "lop3", "mad", "mad24", "madc", "max",
      "min", "mov", "mul", "mul24", "neg", "not", "or", "popc", "prefetch", "prefetchu", "prmt", "rcp", "rem", "rsqrt",
      "sad", "selp", "set", "setp", "shf", "shl", "shr", "sin", "slct", "sqrt", "st", "sub", "subc", "szext", "tanh",
      "testp", "xor"};
  return Opcodes.contains(Mnemonic.split('.').first) && !Mnemonic.contains("async");
}

PTXAsmClassifier::PTXAsmClassifier(const Triple &Host) : Host(Host) {}
PTXAsmClassifier::~PTXAsmClassifier() = default;

StringRef PTXAsmClassifier::ptxMnemonic(const CallBase &Call) {
  const auto *IA = cast<InlineAsm>(Call.getCalledOperand());
  auto [It, New] = Known.try_emplace(IA);
  if (!New)
    return It->second;
  std::string Mnemonic = firstMnemonic(IA->getAsmString());
  bool DeclaresOnly = Mnemonic == ".reg" || Mnemonic == ".pragma";
  if (Mnemonic.empty() || !(DeclaresOnly || isPTXMnemonic(Mnemonic)))
    return It->second;
  if (!Parser)
    Parser = std::make_unique<HostParser>(Host);
  // Without the host's parser only a type suffix tells ("mov.u32"): hosts spell none of these mnemonics with a dot.
  if (Parser->isAvailable() ? !Parser->accepts(*IA) : StringRef(Mnemonic).contains('.'))
    It->second = std::move(Mnemonic);
  return It->second;
}

} // namespace cordon
