//===- lower/SplitCodegen.cpp - code generation on all cores --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of a large module are divided among forked children, which write PTX side by side. The first part has all
// variables; the others see them as declarations, and what they print of those is left out when the texts are put
// together. How many parts there are depends on the module alone: the same bytes on every machine.

#include "lower/Stages.h"
#include "support/ForkedChild.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace cordon {

static cl::opt<unsigned> PartSize("cordon-codegen-part", cl::Hidden, cl::init(6000),
                                  cl::desc("Cordon: instructions for one of several back ends side by side; 0: one"));

namespace {

using Division = DenseMap<const Function *, unsigned>;

constexpr unsigned MaxParts = 16;
constexpr unsigned SharedSpace = 3;

/// A shared variable of a single kernel is written inside of it, one of several in front of them.
bool isLocalShared(const GlobalVariable &V) { return V.getAddressSpace() == SharedSpace && V.hasLocalLinkage(); }

/// The functions whose code names \p V; false if data does, apart from the lists of what is kept.
bool usersOf(const GlobalValue &V, SmallSetVector<const Function *, 4> &Users) {
  SmallVector<const User *, 8> Work(V.users());
  bool CodeOnly = true;
  while (!Work.empty()) {
    const User *U = Work.pop_back_val();
    if (const auto *I = dyn_cast<Instruction>(U))
      Users.insert(I->getFunction());
    else if (isa<GlobalValue>(U))
      CodeOnly &= U->getName().starts_with("llvm.");
    else
      append_range(Work, U->users());
  }
  return CodeOnly;
}

/// Which part each function goes to. Functions that name each other stay together, since LLVM passes arguments to local
/// functions in its own way, and so do those that share a local variable in shared memory; what data names stays with the
/// data, in the first part.
class Divider {
public:
  explicit Divider(const Module &M) : M(M) {
    for (const Function &F : M)
      if (!F.isDeclaration()) {
        Together.insert(&F);
        Total += F.getInstructionCount();
      }
  }
  unsigned parts() const { return PartSize ? std::min<uint64_t>(MaxParts, Total / PartSize) : 0; }
  Division run() {
    for (const Function &F : M)
      if (!F.isDeclaration())
        join(F, &F);
    for (const GlobalVariable &V : M.globals())
      if (isLocalShared(V))
        join(V, nullptr);
    DenseMap<const Function *, unsigned> PartOfLeader;
    for (const Function *F : InFirst)
      PartOfLeader[Together.getLeaderValue(F)] = 0;
    Division PartOf;
    uint64_t Before = 0;
    for (const Function &F : M)
      if (!F.isDeclaration()) {
        unsigned Here = std::min<uint64_t>(parts() - 1, Before * parts() / std::max<uint64_t>(Total, 1));
        PartOf[&F] = PartOfLeader.try_emplace(Together.getLeaderValue(&F), Here).first->second;
        Before += F.getInstructionCount();
      }
    return PartOf;
  }

private:
  void join(const GlobalValue &V, const Function *With) {
    SmallSetVector<const Function *, 4> Users;
    bool CodeOnly = usersOf(V, Users);
    if (With)
      Users.insert(With);
    for (const Function *F : Users) {
      Together.unionSets(Users.front(), F);
      if (!CodeOnly)
        InFirst.insert(F);
    }
  }
  const Module &M;
  uint64_t Total = 0;
  EquivalenceClasses<const Function *> Together;
  SmallSetVector<const Function *, 4> InFirst;
};

/// Local names are cleaned in code generation, names that others see are not: all parts must agree on them.
void nameForAll(Module &M) {
  for (GlobalValue &V : M.global_values()) {
    if (!V.hasLocalLinkage())
      continue;
    std::string Name = V.hasName() ? "" : "cordon_unnamed";
    for (char C : V.getName())
      Name += isAlnum(C) || C == '_' || C == '$' ? std::string(1, C) : "_$_";
    if (Name == V.getName())
      continue;
    std::string Free = Name;
    for (unsigned I = 0; M.getNamedValue(Free); ++I)
      Free = Name + "_$_" + std::to_string(I);
    V.setName(Free);
  }
}

/// The part that writes \p V: variables are the first's, but for those in shared memory.
unsigned homeOf(const GlobalVariable &V, const Division &PartOf) {
  SmallSetVector<const Function *, 4> Users;
  if (!isLocalShared(V) || !usersOf(V, Users) || Users.empty())
    return 0;
  return PartOf.lookup(Users.front());
}

/// Leaves of \p M what part \p Part writes.
void keepPart(Module &M, const Division &PartOf, unsigned Part) {
  SmallVector<GlobalVariable *, 16> Others; // found before bodies go
  for (GlobalVariable &V : M.globals())
    if (!V.getName().starts_with("llvm.") && !V.isDeclaration() && homeOf(V, PartOf) != Part)
      Others.push_back(&V);
  removeFromUsedLists(M, [&](Constant *C) {
    auto *F = dyn_cast<Function>(C->stripPointerCasts());
    return (F ? PartOf.lookup(F) : 0) != Part;
  });
  for (Function &F : make_early_inc_range(M)) {
    if (F.isDeclaration() || PartOf.lookup(&F) == Part)
      continue;
    F.deleteBody();
    F.setComdat(nullptr);
    F.removeDeadConstantUsers();
    if (F.use_empty())
      F.eraseFromParent();
  }
  for (GlobalVariable *V : Others) {
    V->setInitializer(nullptr);
    V->setComdat(nullptr);
    V->setLinkage(GlobalValue::ExternalLinkage);
    V->removeDeadConstantUsers();
    if (V->use_empty())
      V->eraseFromParent();
  }
}

/// Line tables, whose files each part numbers for itself; not DWARF, whose sections refer to each other.
bool hasOnlyLines(const Module &M) {
  return all_of(M.debug_compile_units(),
                [](const DICompileUnit *Unit) { return Unit->getEmissionKind() == DICompileUnit::DebugDirectivesOnly; });
}

/// Puts the parts together: each declaration once, and none of what the module defines.
class Joiner {
public:
  explicit Joiner(const Module &M) {
    for (const GlobalValue &V : M.global_values())
      if (!V.isDeclaration())
        Defined.insert(V.getName());
  }
  void add(StringRef Part) {
    bool First = Text.empty();
    StringMap<unsigned> NumberHere = readFiles(Part);
    while (!Part.empty()) {
      auto [Line, Rest] = Part.split('\n');
      StringRef Bare = Line.ltrim();
      if (Bare.starts_with(".extern ")) {
        StringRef Statement = Part.take_front(Part.find(';') + 1);
        Rest = Part.drop_front(Statement.size());
        Rest.consume_front("\n");
        if (!isDefined(Statement) && Seen.insert(Statement.trim()).second)
          Text += (Statement + "\n").str();
      } else if (Bare.consume_front(".loc\t")) {
        auto [Number, Place] = Bare.split(' ');
        auto File = NumberHere.find(Number);
        Text += File == NumberHere.end() ? (Line + "\n").str()
                                         : ("\t.loc\t" + Twine(File->second) + " " + Place + "\n").str();
      } else if (Bare.starts_with(EmptySection)) {
        HasSection = true;
      } else if (!Bare.starts_with(".file\t") && (First || !isHeader(Bare))) {
        Text += (Line + "\n").str();
      }
      Part = Rest;
    }
  }
  std::string take() {
    if (HasSection)
      Text += ("\t" + EmptySection + "\n").str();
    for (size_t I = 0; I < Files.size(); ++I)
      Text += ("\t.file\t" + Twine(I + 1) + " " + Files[I] + "\n").str();
    return std::move(Text);
  }

private:
  /// What LLVM writes where there are line tables and no DWARF.
  static constexpr StringLiteral EmptySection = ".section\t.debug_macinfo\t{\t}";

  static bool isHeader(StringRef Line) {
    return Line.starts_with(".version ") || Line.starts_with(".target ") || Line.starts_with(".address_size ");
  }
  /// `.file N "NAME"`: from the part's numbers to those of the whole.
  StringMap<unsigned> readFiles(StringRef Part) {
    StringMap<unsigned> NumberHere;
    while (!Part.empty()) {
      auto [Line, Rest] = Part.split('\n');
      Part = Rest;
      if (!Line.consume_front("\t.file\t"))
        continue;
      auto [Number, Name] = Line.split(' ');
      auto [File, New] = NumberOf.try_emplace(Name, Files.size() + 1);
      if (New)
        Files.push_back(Name.str());
      NumberHere[Number] = File->second;
    }
    return NumberHere;
  }
  /// The name that ".extern .func (RESULT) NAME (...);" or ".extern .SPACE .align N .b8 NAME[SIZE];" declares.
  static StringRef declaredName(StringRef Statement) {
    auto [Before, Function] = Statement.split(".func");
    if (Function.empty()) {
      StringRef Variable = Statement.take_until([](char C) { return C == '[' || C == ';'; }).rtrim();
      return Variable.drop_front(Variable.find_last_of(" \t") + 1);
    }
    Function = Function.ltrim();
    if (Function.starts_with("("))
      Function = Function.drop_until([](char C) { return C == ')'; }).drop_front().ltrim();
    return Function.take_while([](char C) { return isAlnum(C) || C == '_' || C == '$'; });
  }
  bool isDefined(StringRef Statement) const { return Defined.contains(declaredName(Statement)); }
  StringSet<> Defined, Seen;
  StringMap<unsigned> NumberOf;
  std::vector<std::string> Files;
  bool HasSection = false;
  std::string Text;
};

} // namespace

std::optional<std::string> generateInParts(Module &M, function_ref<Error(Module &, raw_ostream &)> Generate,
                                           std::vector<std::string> &Warnings) {
  Divider Divide(M);
  unsigned Parts = Divide.parts();
  // Assembly of the module would stand in all parts.
  if (Parts < 2 || !hasOnlyLines(M) || !M.getModuleInlineAsm().empty() || !M.alias_empty() ||
      !M.ifunc_empty())
    return std::nullopt;
  Division PartOf = Divide.run();
  nameForAll(M);
  std::vector<ChildProcess> Children;
  for (unsigned Part = 0; Part < Parts; ++Part)
    Children.push_back(startChild(&M.getContext(), [&](raw_ostream &Out) -> Error {
      keepPart(M, PartOf, Part);
      return Generate(M, Out);
    }));
  Joiner All(M);
  bool Ok = true;
  std::vector<std::string> Said;
  for (ChildProcess &Child : Children) {
    ChildResult R = waitForChild(Child);
    Ok &= R.Ok;
    append_range(Said, R.Warnings);
    All.add(R.Bytes);
  }
  if (!Ok) // the whole module says what is wrong with it
    return std::nullopt;
  append_range(Warnings, Said);
  return All.take();
}

} // namespace cordon
