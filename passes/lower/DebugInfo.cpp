//===- lower/DebugInfo.cpp - debug information that ptxas takes -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A compile unit of any other kind than DebugDirectivesOnly makes NVPTX write `.target ..., debug`, with which ptxas
// refuses to optimize. So units are mapped to that kind: `.loc` stays, code is the same as without. Nodes are mapped to
// copies, never changed: the host module may share them.

#include "lower/Stages.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

using namespace llvm;

namespace cordon {
namespace {

/// Embedded source breaks `.file`; a checksum is of no use there.
DIFile *plainFile(const DIFile *F) {
  return DIFile::get(F->getContext(), F->getFilename(), F->getDirectory());
}

DICompileUnit *linesOnlyUnit(const DICompileUnit *CU) {
  return DICompileUnit::getDistinct(CU->getContext(), CU->getSourceLanguage(), plainFile(CU->getFile()),
                                    CU->getProducer(), CU->isOptimized(), CU->getFlags(), CU->getRuntimeVersion(),
                                    /*SplitDebugFilename=*/"", DICompileUnit::DebugDirectivesOnly, nullptr, nullptr,
                                    nullptr, nullptr, nullptr, /*DWOId=*/0, CU->getSplitDebugInlining(),
                                    /*DebugInfoForProfiling=*/false, DICompileUnit::DebugNameTableKind::None,
                                    CU->getRangesBaseAddress(), "", "");
}

/// True where the module says so already, as after an earlier run.
bool hasLinesOnly(const Module &M) {
  return all_of(M.debug_compile_units(), [](const DICompileUnit *CU) { return CU->isDebugDirectivesOnly(); });
}

/// Maps the module's debug information to what ptxas takes.
class DebugInfoMapper {
public:
  explicit DebugInfoMapper(Module &M) : M(M) { Finder.processModule(M); }
  void keepLinesOnly();
  void dropEmbeddedSource();

private:
  void mapFile(DIFile *F) {
    if (F && (F->getRawSource() || F->getChecksum()))
      Map.MD()[F].reset(plainFile(F));
  }
  void mapFiles();
  void remapFunctions();

  Module &M;
  DebugInfoFinder Finder;
  ValueToValueMapTy Map;
};

void DebugInfoMapper::mapFiles() {
  for (DIScope *S : Finder.scopes())
    mapFile(S->getFile());
  for (DISubprogram *SP : Finder.subprograms())
    mapFile(SP->getFile());
  for (DIType *T : Finder.types())
    mapFile(T->getFile());
  for (DIGlobalVariableExpression *G : Finder.global_variables())
    mapFile(G->getVariable()->getFile());
}

void DebugInfoMapper::remapFunctions() {
  for (Function &F : M)
    if (!F.isDeclaration())
      RemapFunction(F, Map, RF_IgnoreMissingLocals);
    else
      F.setSubprogram(nullptr);
}

void DebugInfoMapper::keepLinesOnly() {
  mapFiles();
  SmallVector<DICompileUnit *, 4> Units;
  for (DICompileUnit *CU : Finder.compile_units()) {
    DICompileUnit *New = linesOnlyUnit(CU);
    Units.push_back(New);
    Map.MD()[CU].reset(New);
  }
  remapFunctions();
  for (GlobalVariable &G : M.globals())
    G.eraseMetadata(LLVMContext::MD_dbg);
  NamedMDNode *Named = M.getOrInsertNamedMetadata("llvm.dbg.cu");
  Named->clearOperands();
  for (DICompileUnit *CU : Units)
    Named->addOperand(CU);
}

void DebugInfoMapper::dropEmbeddedSource() {
  for (DICompileUnit *CU : Finder.compile_units())
    mapFile(CU->getFile());
  mapFiles();
  if (!Map.hasMD() || Map.MD().empty())
    return;
  remapFunctions();
  for (GlobalVariable &G : M.globals()) {
    SmallVector<DIGlobalVariableExpression *, 1> Infos;
    G.getDebugInfo(Infos);
    G.eraseMetadata(LLVMContext::MD_dbg);
    for (DIGlobalVariableExpression *I : Infos)
      G.addDebugInfo(cast<DIGlobalVariableExpression>(MapMetadata(I, Map, RF_IgnoreMissingLocals)));
  }
  NamedMDNode *Named = M.getNamedMetadata("llvm.dbg.cu");
  SmallVector<MDNode *, 4> Units;
  for (MDNode *CU : Named->operands())
    Units.push_back(cast<MDNode>(MapMetadata(CU, Map, RF_IgnoreMissingLocals)));
  Named->clearOperands();
  for (MDNode *CU : Units)
    Named->addOperand(CU);
}

} // namespace

bool prepareDebugInfo(Module &M, LowerOptions::DebugKind Kind) {
  if (Kind == LowerOptions::DebugKind::None)
    StripDebugInfo(M);
  if (M.debug_compile_units().empty()) {
    // Subprograms without a unit are left over from a split; they would fail the verifier.
    StripDebugInfo(M);
    return false;
  }
  if (Kind == LowerOptions::DebugKind::Lines && !hasLinesOnly(M))
    DebugInfoMapper(M).keepLinesOnly();
  else if (Kind == LowerOptions::DebugKind::Full)
    DebugInfoMapper(M).dropEmbeddedSource();
  return true;
}

} // namespace cordon
