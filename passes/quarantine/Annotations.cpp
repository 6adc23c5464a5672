//===- quarantine/Annotations.cpp - marks of the front end ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "quarantine/Annotations.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

static const ConstantArray *rows(const Module &M) {
  const GlobalVariable *Table = M.getGlobalVariable("llvm.global.annotations");
  return Table && Table->hasInitializer() ? dyn_cast<ConstantArray>(Table->getInitializer()) : nullptr;
}

StringRef constantText(const Value *V) {
  auto *GV = dyn_cast<GlobalVariable>(V->stripPointerCasts());
  auto *Data = GV && GV->hasInitializer() ? dyn_cast<ConstantDataArray>(GV->getInitializer()) : nullptr;
  return Data && Data->isCString() ? Data->getAsCString() : StringRef();
}

/// A row is { object, text, file, line, arguments }.
static const GlobalObject *rowObject(const Constant *Row) {
  return Row->getNumOperands() < 2 ? nullptr : dyn_cast<GlobalObject>(Row->getOperand(0)->stripPointerCasts());
}

void Annotations::readManaged(const Module &M) {
  const NamedMDNode *Nodes = M.getNamedMetadata("nvvm.annotations");
  if (!Nodes)
    return;
  // !{ptr @variable, !"managed", i32 1}
  for (const MDNode *N : Nodes->operands())
    for (unsigned I = 1; I + 1 < N->getNumOperands(); I += 2) {
      auto *V = mdconst::dyn_extract_or_null<GlobalVariable>(N->getOperand(0));
      auto *Kind = dyn_cast_or_null<MDString>(N->getOperand(I));
      auto *Value = mdconst::dyn_extract_or_null<ConstantInt>(N->getOperand(I + 1));
      if (V && Kind && Kind->getString() == "managed" && Value && !Value->isZero())
        Marks[V].Names.push_back("cordon.managed");
    }
}

/// For front ends without annotations: a section that is called like the mark. A shadow keeps it, and is done.
void Annotations::readSections(const Module &M) {
  for (const GlobalVariable &V : M.globals())
    if (V.getSection().starts_with("cordon.") && !V.hasAttribute("cordon.shadow"))
      Marks[&V].Names.push_back(V.getSection());
}

void Annotations::read(const Module &M) {
  readManaged(M);
  readSections(M);
  const ConstantArray *Rows = rows(M);
  if (!Rows)
    return;
  for (const Use &U : Rows->operands()) {
    auto *Row = cast<Constant>(U);
    const GlobalObject *Object = rowObject(Row);
    StringRef Text = Object ? constantText(Row->getOperand(1)) : "";
    if (!Text.starts_with("cordon."))
      continue;
    MarksOf &Of = Marks[Object];
    Of.Names.push_back(Text);
    if (Text != "cordon.launch_bounds" || Row->getNumOperands() < 5)
      continue;
    auto *Args = dyn_cast<GlobalVariable>(Row->getOperand(4)->stripPointerCasts());
    if (!Args || !Args->hasInitializer())
      continue;
    const Constant *Values = Args->getInitializer();
    for (unsigned I = 0; auto *Value = dyn_cast_or_null<ConstantInt>(Values->getAggregateElement(I)); ++I)
      Of.LaunchBounds.push_back(Value->getZExtValue());
  }
}

bool Annotations::has(const GlobalObject &V, StringRef Mark) const {
  auto I = Marks.find(&V);
  return I != Marks.end() && is_contained(I->second.Names, Mark);
}

ArrayRef<uint64_t> Annotations::launchBounds(const GlobalObject &V) const {
  auto I = Marks.find(&V);
  return I == Marks.end() ? ArrayRef<uint64_t>() : ArrayRef<uint64_t>(I->second.LaunchBounds);
}

void dropAnnotations(Module &M, function_ref<bool(const GlobalObject &)> Gone) {
  const ConstantArray *Rows = rows(M);
  if (!Rows)
    return;
  SmallVector<Constant *> Kept;
  for (const Use &U : Rows->operands()) {
    auto *Row = cast<Constant>(U);
    const GlobalObject *Object = rowObject(Row);
    if (!Object || !constantText(Row->getOperand(1)).starts_with("cordon.") || !Gone(*Object))
      Kept.push_back(Row);
  }
  if (Kept.size() == Rows->getNumOperands())
    return;
  GlobalVariable *Old = M.getGlobalVariable("llvm.global.annotations");
  if (!Kept.empty()) {
    auto *Type = ArrayType::get(Kept.front()->getType(), Kept.size());
    auto *New = new GlobalVariable(M, Type, Old->isConstant(), Old->getLinkage(), ConstantArray::get(Type, Kept), "", Old);
    New->copyAttributesFrom(Old);
    New->takeName(Old);
  }
  SmallVector<GlobalVariable *> Texts;
  for (const Use &U : Rows->operands())
    for (const Use &Field : cast<Constant>(U)->operands())
      if (auto *Text = const_cast<GlobalVariable *>(dyn_cast<GlobalVariable>(Field->stripPointerCasts())))
        if (Text->hasLocalLinkage() && Text->getSection() == "llvm.metadata")
          Texts.push_back(Text);
  Old->eraseFromParent();
  // What only the rows named goes with them.
  for (GlobalVariable *Text : SetVector<GlobalVariable *>(Texts.begin(), Texts.end())) {
    Text->removeDeadConstantUsers();
    if (Text->use_empty())
      Text->eraseFromParent();
  }
}

} // namespace cordon
