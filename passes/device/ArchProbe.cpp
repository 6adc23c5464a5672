//===- device/ArchProbe.cpp - one operation through the back end ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An operation becomes a function: what is immediate stays, what is not becomes a parameter, the result goes through a
// pointer. The module is built and lowered in a child; nothing of it is left in the caller's context.

#include "device/ArchProbe.h"
#include "support/ForkedChild.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include <mutex>

using namespace llvm;

// Exported by every libLLVM that has the target.
extern "C" {
void LLVMInitializeNVPTXTargetInfo(void);
void LLVMInitializeNVPTXTarget(void);
void LLVMInitializeNVPTXTargetMC(void);
void LLVMInitializeNVPTXAsmPrinter(void);
}

namespace cordon {
namespace {

/// LLVM's type legalizer runs in circles on some types; an answer takes milliseconds.
constexpr unsigned TimeoutSeconds = 20;

/// Operands that must stay what they are: immediates, metadata, assembly, callees.
bool staysConstant(const Instruction &I, const Use &U) {
  if (U->getType()->isMetadataTy() || isa<InlineAsm>(U))
    return true;
  const auto *CB = dyn_cast<CallBase>(&I);
  if (!CB)
    return false;
  if (CB->isCallee(&U))
    return true;
  if (!CB->isArgOperand(&U) || !isa<ConstantInt, ConstantFP>(U))
    return false;
  if (CB->isInlineAsm())
    return true; // "n" and "i" constraints
  return CB->paramHasAttr(CB->getArgOperandNo(&U), Attribute::ImmArg);
}

void addFunction(Module &M, const Instruction &I, unsigned Number) {
  LLVMContext &C = M.getContext();
  SmallVector<Type *, 6> Params;
  for (const Use &U : I.operands())
    if (!staysConstant(I, U))
      Params.push_back(U->getType());
  Type *Result = I.getType();
  Params.push_back(PointerType::get(C, 0));
  Function *F = Function::Create(FunctionType::get(Type::getVoidTy(C), Params, false), GlobalValue::ExternalLinkage,
                                 "probe" + Twine(Number), M);
  IRBuilder<> B(BasicBlock::Create(C, "", F));
  Instruction *Copy = I.clone();
  unsigned Next = 0;
  for (Use &U : Copy->operands()) {
    const Use &Old = I.getOperandUse(U.getOperandNo());
    if (!staysConstant(I, Old))
      U.set(F->getArg(Next++));
    else if (const auto *Callee = dyn_cast<Function>(Old.get()))
      U.set(M.getOrInsertFunction(Callee->getName(), Callee->getFunctionType(), Callee->getAttributes()).getCallee());
  }
  Copy->dropUnknownNonDebugMetadata();
  Copy->setDebugLoc(DebugLoc());
  B.Insert(Copy);
  if (!Result->isVoidTy())
    B.CreateStore(Copy, F->getArg(Next));
  B.CreateRetVoid();
}

Error lower(ArrayRef<const Instruction *> Questions, const GPUArch &Arch, unsigned PTX) {
  LLVMInitializeNVPTXTargetInfo();
  LLVMInitializeNVPTXTarget();
  LLVMInitializeNVPTXTargetMC();
  LLVMInitializeNVPTXAsmPrinter();
  Triple TT("nvptx64-nvidia-cuda");
  std::string Message;
  const Target *T = TargetRegistry::lookupTarget(TT, Message);
  if (!T)
    return createStringError(Message);
  std::unique_ptr<TargetMachine> TM(T->createTargetMachine(TT, Arch.smName(), "+ptx" + std::to_string(PTX),
                                                           TargetOptions(), std::nullopt, std::nullopt,
                                                           CodeGenOptLevel::None));
  Module M("probe", Questions[0]->getContext());
  M.setTargetTriple(TT);
  M.setDataLayout(TM->createDataLayout());
  for (auto [Number, I] : enumerate(Questions))
    addFunction(M, *I, Number);
  SmallVector<char, 0> Assembly;
  raw_svector_ostream OS(Assembly);
  legacy::PassManager PM;
  if (TM->addPassesToEmitFile(PM, OS, nullptr, CodeGenFileType::AssemblyFile))
    return createStringError("this LLVM cannot emit PTX");
  PM.run(M);
  return Error::success();
}

std::string lowerInChild(ArrayRef<const Instruction *> Questions, const GPUArch &Arch, unsigned PTX) {
  return runInChild(&Questions[0]->getContext(), [&](raw_ostream &) { return lower(Questions, Arch, PTX); }, TimeoutSeconds).Error;
}

/// LLVM's message without the addresses and node numbers of the selection graph.
std::string shortened(StringRef Message) {
  StringRef First = Message.split('\n').first;
  if (First.consume_front("Cannot select: ")) {
    size_t Intrinsic = First.find("intrinsic ");
    if (Intrinsic != StringRef::npos)
      return ("Cannot select: " + First.drop_front(Intrinsic)).str();
    size_t Equal = First.find(" = ");
    if (Equal != StringRef::npos)
      First = First.drop_front(Equal + 3);
    return ("Cannot select: " + First.take_until([](char C) { return C == ' '; })).str();
  }
  return First.str();
}

std::mutex CacheLock;
StringMap<std::string> &cache() {
  static StringMap<std::string> Cache;
  return Cache;
}

std::string cacheKey(const Instruction &I, const GPUArch &Arch, unsigned PTX) {
  return Arch.smName() + "/" + std::to_string(PTX) + "/" + probeKey(I);
}

std::optional<std::string> cached(const std::string &Key) {
  std::lock_guard<std::mutex> Lock(CacheLock);
  auto Found = cache().find(Key);
  return Found == cache().end() ? std::nullopt : std::optional(Found->second);
}

void remember(const std::string &Key, const std::string &Why) {
  std::lock_guard<std::mutex> Lock(CacheLock);
  cache()[Key] = Why;
}

} // namespace

std::string probeKey(const Instruction &I) {
  std::string Key;
  raw_string_ostream OS(Key);
  OS << I.getOpcodeName() << ' ' << *I.getType();
  for (const Use &U : I.operands()) {
    OS << ", ";
    if (!staysConstant(I, U))
      OS << *U->getType();
    else if (const auto *F = dyn_cast<Function>(U))
      OS << F->getName();
    else if (const auto *Asm = dyn_cast<InlineAsm>(U))
      OS << Asm->getAsmString() << '|' << Asm->getConstraintString();
    else
      U->printAsOperand(OS);
  }
  if (const auto *C = dyn_cast<CmpInst>(&I))
    OS << ' ' << CmpInst::getPredicateName(C->getPredicate());
  if (const auto *R = dyn_cast<AtomicRMWInst>(&I))
    OS << ' ' << AtomicRMWInst::getOperationName(R->getOperation()) << ' ' << R->getAlign().value() << ' '
       << unsigned(R->getOrdering()) << ' ' << unsigned(R->getSyncScopeID());
  if (const auto *X = dyn_cast<AtomicCmpXchgInst>(&I))
    OS << ' ' << X->getAlign().value() << ' ' << unsigned(X->getSuccessOrdering()) << ' '
       << unsigned(X->getFailureOrdering()) << ' ' << unsigned(X->getSyncScopeID());
  if (const auto *L = dyn_cast<LoadInst>(&I))
    OS << ' ' << L->getAlign().value() << ' ' << unsigned(L->getOrdering()) << ' ' << unsigned(L->getSyncScopeID());
  if (const auto *S = dyn_cast<StoreInst>(&I))
    OS << ' ' << S->getAlign().value() << ' ' << unsigned(S->getOrdering()) << ' ' << unsigned(S->getSyncScopeID());
  if (const auto *F = dyn_cast<FenceInst>(&I))
    OS << ' ' << unsigned(F->getOrdering()) << ' ' << unsigned(F->getSyncScopeID());
  return Key;
}

std::string probe(const Instruction &I, const GPUArch &Arch, unsigned PTX) {
  // An architecture that a PTX version does not know lacks everything.
  PTX = std::max(PTX, minimumPTXVersion(Arch));
  std::string Key = cacheKey(I, Arch, PTX);
  if (std::optional<std::string> Known = cached(Key))
    return *Known;
  std::string Why = shortened(lowerInChild({&I}, Arch, PTX));
  remember(Key, Why);
  return Why;
}

std::vector<const Instruction *> probeAll(ArrayRef<const Instruction *> Questions, const GPUArch &Arch, unsigned PTX) {
  PTX = std::max(PTX, minimumPTXVersion(Arch));
  std::vector<const Instruction *> Open, Refused;
  for (const Instruction *I : Questions)
    if (!cached(cacheKey(*I, Arch, PTX)))
      Open.push_back(I);
  if (!Open.empty() && lowerInChild(Open, Arch, PTX).empty())
    for (const Instruction *I : Open)
      remember(cacheKey(*I, Arch, PTX), "");
  for (const Instruction *I : Questions)
    if (!probe(*I, Arch, PTX).empty())
      Refused.push_back(I);
  return Refused;
}

} // namespace cordon
