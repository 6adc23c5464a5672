//===- quarantine/SplitParameters.cpp - structs in two registers ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// x86-64's C ABI passes a struct of up to 16 bytes in two registers, and in IR it is two parameters: a launch that has one
// pointer for each parameter of the source would be off by one. clang's functions begin by storing the two where the struct
// lies, before any optimization:
//
//   %s = alloca %struct.pair
//   %low = getelementptr { double, double }, ptr %s, i32 0, i32 0     ; a struct without a name: the ABI's
//   store double %0, ptr %low
//   %high = getelementptr { double, double }, ptr %s, i32 0, i32 1
//   store double %1, ptr %high
//
// A kernel of that form takes the struct by value, as on the device. Where the struct is smaller than the two registers,
// they go to memory of their own, of which the struct is a copy.
//===----------------------------------------------------------------------===//

#include "quarantine/DeviceModule.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {
namespace {

/// The memory, and the field of the ABI's struct in it, that \p A is stored to and nothing else; null if it is not.
AllocaInst *storedTo(Argument &A, unsigned Field, StructType *&Registers) {
  auto *Store = A.hasOneUse() ? dyn_cast<StoreInst>(*A.user_begin()) : nullptr;
  auto *GEP = Store && Store->getValueOperand() == &A ? dyn_cast<GetElementPtrInst>(Store->getPointerOperand()) : nullptr;
  if (!GEP || GEP->getNumIndices() != 2 || Store->getParent() != &A.getParent()->getEntryBlock())
    return nullptr;
  auto *Type = dyn_cast<StructType>(GEP->getSourceElementType());
  auto *Zero = dyn_cast<ConstantInt>(GEP->getOperand(1)), *Index = dyn_cast<ConstantInt>(GEP->getOperand(2));
  if (!Type || !Type->isLiteral() || Type->getNumElements() != 2 || !Zero || !Zero->isZero() || !Index ||
      Index->getZExtValue() != Field)
    return nullptr;
  Registers = Type;
  return dyn_cast<AllocaInst>(GEP->getPointerOperand());
}

/// The struct that \p Memory holds, of which the two registers are \p Registers; null if that is not clear.
Type *structIn(const AllocaInst &Memory, StructType *Registers, const DataLayout &DL) {
  if (Memory.getAllocatedType() != Registers)
    return Memory.getAllocatedType();
  for (const User *U : Memory.users())
    if (auto *Copy = dyn_cast<MemCpyInst>(U)) {
      auto *To = Copy->getRawSource() == &Memory ? dyn_cast<AllocaInst>(Copy->getRawDest()) : nullptr;
      auto *Length = dyn_cast<ConstantInt>(Copy->getLength());
      bool Whole = To && Length && DL.getTypeAllocSize(To->getAllocatedType()) == Length->getZExtValue();
      return Whole ? To->getAllocatedType() : nullptr;
    }
  return Registers; // a complex number
}

struct Split {
  unsigned First;
  Type *Struct;
  StructType *Registers;
};

SmallVector<Split, 2> findSplits(Function &F) {
  SmallVector<Split, 2> Found;
  const DataLayout &DL = F.getDataLayout();
  for (unsigned I = 0; I + 1 < F.arg_size(); ++I) {
    StructType *Low = nullptr, *High = nullptr;
    Argument &A = *F.getArg(I), &B = *F.getArg(I + 1);
    AllocaInst *Memory = storedTo(A, 0, Low);
    if (!Memory || storedTo(B, 1, High) != Memory || Low != High || Low->getElementType(0) != A.getType() ||
        Low->getElementType(1) != B.getType())
      continue;
    Type *Struct = structIn(*Memory, Low, DL);
    if (!Struct || DL.getTypeAllocSize(Struct) > 16 || DL.getTypeAllocSize(Struct) <= 8)
      continue;
    Found.push_back({I, Struct, Low});
    ++I;
  }
  return Found;
}

void join(Function &F, ArrayRef<Split> Splits) {
  LLVMContext &C = F.getContext();
  const DataLayout &DL = F.getDataLayout();
  AttributeList Old = F.getAttributes();
  SmallVector<Type *, 8> Params;
  SmallVector<AttributeSet, 8> Attrs;
  SmallVector<const Split *, 8> SplitOf; // for each new parameter, what it joins
  for (unsigned I = 0; I < F.arg_size(); ++I) {
    const Split *S = find_if(Splits, [&](const Split &S) { return S.First == I; });
    if (S == Splits.end()) {
      Params.push_back(F.getArg(I)->getType());
      Attrs.push_back(Old.getParamAttrs(I));
      SplitOf.push_back(nullptr);
      continue;
    }
    AttrBuilder B(C);
    B.addByValAttr(S->Struct).addAlignmentAttr(DL.getABITypeAlign(S->Struct));
    Params.push_back(PointerType::getUnqual(C));
    Attrs.push_back(AttributeSet::get(C, B));
    SplitOf.push_back(S);
    ++I;
  }
  auto *New = Function::Create(FunctionType::get(F.getReturnType(), Params, false), F.getLinkage(), F.getAddressSpace(), "",
                               F.getParent());
  New->copyAttributesFrom(&F);
  New->setAttributes(AttributeList::get(C, Old.getFnAttrs(), Old.getRetAttrs(), Attrs));
  New->copyMetadata(&F, 0);
  New->setComdat(F.getComdat());
  F.setSubprogram(nullptr);
  New->takeName(&F);
  New->splice(New->begin(), &F);
  IRBuilder<> B(&New->getEntryBlock(), New->getEntryBlock().begin());
  unsigned From = 0;
  for (unsigned I = 0; I < Params.size(); ++I) {
    Argument *A = New->getArg(I);
    A->takeName(F.getArg(From));
    const Split *S = SplitOf[I];
    if (!S) {
      F.getArg(From++)->replaceAllUsesWith(A);
      continue;
    }
    const StructLayout *Layout = DL.getStructLayout(S->Registers);
    for (unsigned Field : {0u, 1u}) {
      Value *At = B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), A, Layout->getElementOffset(Field));
      Value *Half = B.CreateAlignedLoad(S->Registers->getElementType(Field), At,
                                        commonAlignment(DL.getABITypeAlign(S->Struct), Layout->getElementOffset(Field)));
      F.getArg(From++)->replaceAllUsesWith(Half);
    }
  }
  F.replaceAllUsesWith(New);
  F.eraseFromParent();
}

bool isFromClang(const Module &Host) {
  const NamedMDNode *Ident = Host.getNamedMetadata("llvm.ident");
  return Ident && any_of(Ident->operands(), [](const MDNode *N) {
           auto *Text = N->getNumOperands() ? dyn_cast_or_null<MDString>(N->getOperand(0)) : nullptr;
           return Text && Text->getString().contains("clang");
         });
}

/// How many parameters \p F has in the source, as debug info or the mangled name tell.
std::optional<unsigned> sourceParameters(const Function &F) {
  if (const DISubprogram *SP = F.getSubprogram())
    if (const DISubroutineType *T = SP->getType(); T && T->getTypeArray().size() > 0)
      return T->getTypeArray().size() - 1; // the first is the result's
  std::string Mangled = F.getName().str(); // the demangler refers to it
  ItaniumPartialDemangler Name;
  if (Name.partialDemangle(Mangled.c_str()) || !Name.isFunction())
    return std::nullopt;
  size_t Size = 0;
  char *Text = Name.getFunctionParameters(nullptr, &Size);
  StringRef List = Text ? StringRef(Text) : "";
  unsigned Count = List.size() > 2, Depth = 0; // "()" has none
  for (char C : List) {
    Depth += StringRef("(<[{").contains(C);
    Depth -= StringRef(")>]}").contains(C);
    Count += C == ',' && Depth == 1;
  }
  bool Known = !List.empty();
  std::free(Text);
  return Known ? std::optional<unsigned>(Count) : std::nullopt;
}

} // namespace

void warnOfSplitParameters(const Module &Host, const Module &Device, FindingSet &Findings) {
  if (!isFromClang(Host))
    return;
  for (const Function &F : Device) {
    if (F.getCallingConv() != CallingConv::PTX_Kernel || F.isDeclaration())
      continue;
    std::optional<unsigned> Count = sourceParameters(F);
    if (Count && *Count < F.arg_size())
      Findings
          .add(Rule::KernelSignature, F.getName(),
               "'" + F.getName() + "' has " + Twine(*Count) + " parameters in the source and " + Twine(F.arg_size()) +
                   " here: the x86-64 ABI splits structs of up to 16 bytes, and a launch needs a pointer for each half; run Cordon "
                   "before optimization, or pass the struct by pointer",
               nullptr, &F)
          .L = Level::Warning;
  }
}

void joinSplitParameters(Module &Device) {
  SmallVector<Function *, 8> Kernels;
  for (Function &F : Device)
    if (F.getCallingConv() == CallingConv::PTX_Kernel && !F.isDeclaration() && !F.isVarArg())
      Kernels.push_back(&F);
  for (Function *F : Kernels)
    if (SmallVector<Split, 2> Splits = findSplits(*F); !Splits.empty())
      join(*F, Splits);
}

} // namespace cordon
