//===- device/MatchIntrinsics.cpp - intrinsics in the host's C ABI --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-match-intrinsics`: C and Rust declare an intrinsic as a C function, and its type in IR is the host's ABI's then:
// a struct comes back in two registers or through memory, shared memory is a plain pointer, two halves are a word. Where
// the bits agree, the call is made as LLVM defines the intrinsic. Others are left, and refused with the checks.
//===----------------------------------------------------------------------===//

#include "cordon/DevicePasses.h"
#include "device/Repairs.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace cordon {
namespace {

/// The type that a suffix of an intrinsic's name stands for: p3, i32, bf16, v2f16.
Type *suffixType(LLVMContext &C, StringRef Text) {
  unsigned N = 0;
  if (Text == "bf16")
    return Type::getBFloatTy(C);
  if (Text == "f16")
    return Type::getHalfTy(C);
  if (Text == "f32")
    return Type::getFloatTy(C);
  if (Text == "f64")
    return Type::getDoubleTy(C);
  if (Text.consume_front("p"))
    return Text.getAsInteger(10, N) ? nullptr : PointerType::get(C, N);
  if (Text.consume_front("i"))
    return Text.getAsInteger(10, N) || N == 0 || N > 256 ? nullptr : IntegerType::get(C, N);
  if (!Text.consume_front("v") || Text.consumeInteger(10, N) || N == 0 || N > 256)
    return nullptr;
  Type *Element = suffixType(C, Text);
  return Element && !Element->isVectorTy() ? FixedVectorType::get(Element, N) : nullptr;
}

/// How many types the name of \p ID spells out.
unsigned countOverloads(Intrinsic::ID ID) {
  SmallVector<Intrinsic::IITDescriptor, 8> Descriptors;
  Intrinsic::getIntrinsicInfoTableEntries(ID, Descriptors);
  unsigned Count = 0;
  for (const Intrinsic::IITDescriptor &D : Descriptors)
    if (D.Kind == Intrinsic::IITDescriptor::Argument)
      Count = std::max(Count, D.getArgumentNumber() + 1);
  return Count;
}

/// The type that \p F has by its name, with the overloads in it; null where the name does not tell.
FunctionType *typeByName(const Function &F, SmallVectorImpl<Type *> &Overloads) {
  Intrinsic::ID ID = F.getIntrinsicID();
  StringRef Rest = F.getName().drop_front(Intrinsic::getBaseName(ID).size());
  SmallVector<StringRef, 4> Suffixes;
  Rest.split(Suffixes, '.', -1, /*KeepEmpty=*/false);
  for (StringRef S : Suffixes) {
    Overloads.push_back(suffixType(F.getContext(), S));
    if (!Overloads.back())
      return nullptr;
  }
  if (Overloads.size() != countOverloads(ID))
    return nullptr;
  FunctionType *T = Intrinsic::getType(F.getContext(), ID, Overloads);
  SmallVector<Type *, 4> Found;
  return Intrinsic::getIntrinsicSignature(ID, T, Found) ? T : nullptr;
}

bool isWord(const Type *T) { return T->isPointerTy() || T->isIntegerTy(64); }

/// Values of \p From stand for values of \p To without a change of their bits.
bool sameBits(const Type *From, const Type *To) {
  if (From == To || (isWord(From) && isWord(To)))
    return true;
  return (From->isVectorTy() || To->isVectorTy()) && From->isSized() && From->getScalarType()->isSingleValueType() &&
         From->getPrimitiveSizeInBits() == To->getPrimitiveSizeInBits() && From->getPrimitiveSizeInBits() != 0;
}

Value *convert(IRBuilder<> &B, Value *V, Type *To) {
  Type *From = V->getType();
  if (From == To)
    return V;
  if (From->isPointerTy() && To->isPointerTy())
    return B.CreateAddrSpaceCast(V, To);
  if (From->isPointerTy())
    return B.CreatePtrToInt(V, To);
  if (To->isPointerTy())
    return B.CreateIntToPtr(V, To);
  return B.CreateBitCast(V, To);
}

/// One call of an intrinsic as the host's ABI has it, and as LLVM has it.
struct Match {
  CallBase &Call;
  FunctionType *To;
  Type *ByMemory = nullptr; ///< what the first argument points to, where the result goes there

  unsigned firstArgument() const { return ByMemory ? 1 : 0; }
  bool fits(Intrinsic::ID ID);
  void apply(Function &Intrinsic);
};

bool Match::fits(Intrinsic::ID ID) {
  if (Call.arg_size() > 0)
    ByMemory = Call.getParamStructRetType(0);
  unsigned First = firstArgument();
  if (Call.arg_size() - First != To->getNumParams())
    return false;
  AttributeList Attrs = Intrinsic::getAttributes(Call.getContext(), ID, To);
  for (unsigned I = 0; I < To->getNumParams(); ++I) {
    const Value *Arg = Call.getArgOperand(First + I);
    if (!sameBits(Arg->getType(), To->getParamType(I)) || Call.isByValArgument(First + I) ||
        (Attrs.hasParamAttr(I, Attribute::ImmArg) && !isa<ConstantInt, ConstantFP>(Arg)))
      return false;
  }
  Type *Result = To->getReturnType(), *Wanted = ByMemory ? ByMemory : Call.getType();
  if (!ByMemory && (Wanted->isVoidTy() || Call.use_empty()))
    return true;
  if (Result->isVoidTy() || Wanted->isVoidTy())
    return false;
  if (sameBits(Result, Wanted))
    return true;
  // As memory; registers hold whole words of it. Scalars of two kinds are a mistake in the declaration.
  const DataLayout &DL = Call.getDataLayout();
  auto IsScalar = [](const Type *T) { return !T->isAggregateType() && !T->isVectorTy(); };
  return !(IsScalar(Result) && IsScalar(Wanted)) &&
         alignTo(DL.getTypeAllocSize(Result), 8) == alignTo(DL.getTypeAllocSize(Wanted), 8);
}

void Match::apply(Function &Intrinsic) {
  CallBase *Old = &Call;
  if (auto *Invoke = dyn_cast<InvokeInst>(Old))
    Old = changeToCall(Invoke);
  IRBuilder<> B(Old);
  SmallVector<Value *, 16> Args;
  for (unsigned I = 0; I < To->getNumParams(); ++I)
    Args.push_back(convert(B, Old->getArgOperand(firstArgument() + I), To->getParamType(I)));
  CallInst *New = B.CreateCall(&Intrinsic, Args);
  New->setDebugLoc(Old->getDebugLoc());
  Type *Result = To->getReturnType(), *Wanted = Old->getType();
  const DataLayout &DL = Old->getDataLayout();
  if (ByMemory)
    B.CreateAlignedStore(New, Old->getArgOperand(0), Old->getParamAlign(0).valueOrOne());
  else if (!Old->use_empty() && sameBits(Result, Wanted))
    Old->replaceAllUsesWith(convert(B, New, Wanted));
  else if (!Old->use_empty()) {
    bool Larger = DL.getTypeAllocSize(Wanted) >= DL.getTypeAllocSize(Result);
    BasicBlock &Entry = Old->getFunction()->getEntryBlock();
    AllocaInst *Slot = IRBuilder<>(&Entry, Entry.begin()).CreateAlloca(Larger ? Wanted : Result);
    Slot->setAlignment(std::max(DL.getPrefTypeAlign(Wanted), DL.getPrefTypeAlign(Result)));
    B.CreateStore(New, Slot);
    Old->replaceAllUsesWith(B.CreateLoad(Wanted, Slot));
  }
  Old->eraseFromParent();
}

bool matchIntrinsic(Function &F) {
  SmallVector<Type *, 4> Overloads;
  FunctionType *To = typeByName(F, Overloads);
  if (!To)
    return false;
  SmallVector<Match, 8> Matches;
  for (Use &U : F.uses()) {
    auto *Call = dyn_cast<CallBase>(U.getUser());
    if (!Call || !Call->isCallee(&U))
      return false;
    Matches.push_back({*Call, To});
    if (!Matches.back().fits(F.getIntrinsicID()))
      return false;
  }
  Intrinsic::ID ID = F.getIntrinsicID();
  F.setName(""); // or the declaration below would be this one
  Function *Intrinsic = Intrinsic::getOrInsertDeclaration(F.getParent(), ID, Overloads);
  for (Match &M : Matches)
    M.apply(*Intrinsic);
  F.eraseFromParent();
  return true;
}

} // namespace

bool matchIntrinsics(Module &M, FindingSet &) {
  bool Changed = false;
  for (Function &F : make_early_inc_range(M)) {
    SmallVector<Type *, 4> Overloads;
    if (F.getIntrinsicID() == Intrinsic::not_intrinsic || F.use_empty())
      continue;
    bool Declared = Intrinsic::getIntrinsicSignature(F.getIntrinsicID(), F.getFunctionType(), Overloads);
    bool Called = all_of(F.users(), [&](const User *U) {
      auto *Call = dyn_cast<CallBase>(U);
      return !Call || Call->getFunctionType() == F.getFunctionType();
    });
    if (!Declared || !Called)
      Changed |= matchIntrinsic(F);
  }
  return Changed;
}

} // namespace cordon
