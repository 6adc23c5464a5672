//===- analysis/ValueOrigins.cpp - which functions can a value be? --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// States are visited once; a budget bounds the search on pathological code, where it gives up without an answer rather
// than with a wrong one.
//===----------------------------------------------------------------------===//

#include "analysis/ValueOrigins.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/GetElementPtrTypeIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Operator.h"
#include <numeric>

using namespace llvm;

namespace cordon {

static constexpr unsigned MaxPath = 6, MaxFrames = 8, MaxStates = 20000, MaxWalk = 20000;

ValueOrigins::ValueOrigins(const Module &M) : M(M), DL(M.getDataLayout()) {}

bool ValueOrigins::State::operator<(const State &O) const {
  if (V != O.V)
    return V < O.V;
  if (Stack != O.Stack)
    return Stack < O.Stack;
  if (In != O.In)
    return In < O.In;
  return std::lexicographical_compare(Path.begin(), Path.end(), O.Path.begin(), O.Path.end());
}

const ValueOrigins::Frame *ValueOrigins::push(const CallBase *Call, const Frame *Up) {
  for (const Frame *F = Up; F; F = F->Up)
    if (F->Call == Call)
      return nullptr; // recursion: forget the calls
  unsigned Depth = Up ? Up->Depth + 1 : 1;
  if (Depth > MaxFrames)
    return nullptr;
  const Frame *&Slot = FrameTable[{Call, Up}];
  if (!Slot) {
    Frames.push_back({Call, Up, Depth});
    Slot = &Frames.back();
  }
  return Slot;
}

/// The offset that a GEP adds, as a place and the stride of its variable indices.
static bool gepOffset(const GEPOperator &GEP, const DataLayout &DL, int64_t &At, uint64_t &Stride) {
  SmallMapVector<Value *, APInt, 4> Variable;
  unsigned Bits = DL.getIndexSizeInBits(GEP.getPointerAddressSpace());
  APInt Constant(Bits, 0);
  if (!GEP.collectOffset(DL, Bits, Variable, Constant))
    return false;
  At = Constant.getSExtValue();
  for (const auto &[Index, Scale] : Variable)
    Stride = std::gcd(Stride, Scale.abs().getZExtValue());
  return true;
}

/// True where a \p WhereSize wide piece at \p Where covers the place \p What.
bool ValueOrigins::overlaps(Offset Where, uint64_t WhereSize, Offset What) {
  uint64_t Stride = std::gcd(Where.Stride, What.Stride);
  int64_t Distance = What.At - Where.At;
  if (Stride) {
    int64_t S = int64_t(Stride);
    Distance = ((Distance % S) + S) % S;
  }
  return Distance >= 0 && uint64_t(Distance) < WhereSize;
}

void ValueOrigins::trace(const Value *V, const Function *In,
                         function_ref<void(const Function *F, const Function *In)> Found) {
  Seen.clear();
  Work.clear();
  Report = &Found;
  enqueue({V, {Offset()}, nullptr, In});
  while (!Work.empty() && Seen.size() < MaxStates) {
    State S = std::move(Work.back());
    Work.pop_back();
    visit(S);
  }
  Report = nullptr;
}

void ValueOrigins::enqueue(State S) {
  if (S.Path.size() > MaxPath)
    return;
  if (Seen.insert(S).second)
    Work.push_back(std::move(S));
}

void ValueOrigins::with(const State &S, const Value *V) {
  State Next = S;
  Next.V = V;
  enqueue(std::move(Next));
}

void ValueOrigins::visit(const State &S) {
  const Value *V = S.V;
  if (auto *F = dyn_cast<Function>(V)) {
    if (S.Path.size() == 1)
      (*Report)(F, S.In);
    return;
  }
  if (auto *GEP = dyn_cast<GEPOperator>(V)) {
    int64_t At = 0;
    uint64_t Stride = 0;
    if (S.Path.size() < 2 || !gepOffset(*GEP, DL, At, Stride))
      return;
    State Next = S;
    Next.V = GEP->getPointerOperand();
    Next.Path[1].At += At;
    Next.Path[1].Stride = std::gcd(Next.Path[1].Stride, Stride);
    return enqueue(std::move(Next));
  }
  if (auto *Op = dyn_cast<Operator>(V))
    switch (Op->getOpcode()) {
    case Instruction::BitCast:
    case Instruction::AddrSpaceCast:
    case Instruction::PtrToInt:
    case Instruction::IntToPtr:
    case Instruction::Freeze:
      return with(S, Op->getOperand(0));
    default:
      break;
    }
  if (isa<Argument>(V))
    return visitArgument(S);
  if (isa<AllocaInst, GlobalVariable>(V))
    return visitObject(S);
  if (auto *A = dyn_cast<GlobalAlias>(V))
    return with(S, A->getAliasee());
  if (isa<Constant>(V))
    return visitConstant(S);
  if (auto *Phi = dyn_cast<PHINode>(V)) {
    for (const Value *In : Phi->incoming_values())
      with(S, In);
  } else if (auto *Select = dyn_cast<SelectInst>(V)) {
    with(S, Select->getTrueValue());
    with(S, Select->getFalseValue());
  } else if (auto *Load = dyn_cast<LoadInst>(V)) {
    State Next = S;
    Next.V = Load->getPointerOperand();
    Next.Path.insert(Next.Path.begin(), Offset());
    enqueue(std::move(Next));
  } else if (auto *Extract = dyn_cast<ExtractValueInst>(V)) {
    SmallVector<Value *, 4> Indices{ConstantInt::get(Type::getInt32Ty(M.getContext()), 0)};
    for (unsigned I : Extract->indices())
      Indices.push_back(ConstantInt::get(Type::getInt32Ty(M.getContext()), I));
    State Next = S;
    Next.V = Extract->getAggregateOperand();
    Next.Path[0].At += DL.getIndexedOffsetInType(Next.V->getType(), Indices);
    enqueue(std::move(Next));
  } else if (auto *Insert = dyn_cast<InsertValueInst>(V)) {
    SmallVector<Value *, 4> Indices{ConstantInt::get(Type::getInt32Ty(M.getContext()), 0)};
    for (unsigned I : Insert->indices())
      Indices.push_back(ConstantInt::get(Type::getInt32Ty(M.getContext()), I));
    int64_t At = DL.getIndexedOffsetInType(Insert->getType(), Indices);
    uint64_t Size = DL.getTypeAllocSize(Insert->getInsertedValueOperand()->getType());
    State Next = S;
    if (overlaps({At, 0}, Size, S.Path[0])) {
      Next.V = Insert->getInsertedValueOperand();
      Next.Path[0].At -= At;
    } else
      Next.V = Insert->getAggregateOperand();
    enqueue(std::move(Next));
  } else if (auto *Call = dyn_cast<CallBase>(V))
    visitCall(S, *Call);
}

void ValueOrigins::visitArgument(const State &S) {
  const auto *A = cast<Argument>(S.V);
  auto Follow = [&](const CallBase *Call, const Frame *Up) {
    if (A->getArgNo() >= Call->arg_size())
      return;
    State Next = S;
    Next.V = Call->getArgOperand(A->getArgNo());
    Next.Stack = Up;
    Next.In = Call->getFunction();
    enqueue(std::move(Next));
  };
  if (S.Stack && S.Stack->Call->getCalledOperand()->stripPointerCastsAndAliases() == A->getParent())
    return Follow(S.Stack->Call, S.Stack->Up);
  for (const CallBase *Call : callsOf(A->getParent()))
    Follow(Call, nullptr);
}

void ValueOrigins::visitCall(const State &S, const CallBase &Call) {
  const auto *F = dyn_cast<Function>(Call.getCalledOperand()->stripPointerCastsAndAliases());
  if (!F)
    return;
  if (F->isDeclaration())
    return visitObject(S); // operator new, malloc: an object, if anything
  const Frame *Inside = push(&Call, S.Stack);
  for (const BasicBlock &BB : *F)
    if (auto *Ret = dyn_cast<ReturnInst>(BB.getTerminator()))
      if (const Value *V = Ret->getReturnValue()) {
        State Next = S;
        Next.V = V;
        Next.Stack = Inside;
        Next.In = F;
        enqueue(std::move(Next));
      }
}

void ValueOrigins::visitConstant(const State &S) {
  const auto *C = cast<Constant>(S.V);
  if (!isa<ConstantAggregate>(C))
    return;
  Type *Ty = C->getType();
  for (unsigned I = 0, E = C->getNumOperands(); I != E; ++I) {
    const auto *Element = cast<Constant>(C->getOperand(I));
    uint64_t Size = DL.getTypeAllocSize(Element->getType());
    int64_t At = Ty->isStructTy() ? DL.getStructLayout(cast<StructType>(Ty))->getElementOffset(I) : I * Size;
    if (!overlaps({At, 0}, Size, S.Path[0]))
      continue;
    State Next = S;
    Next.V = Element;
    Next.Path[0].At -= At;
    if (Next.Path[0].Stride && !Element->getType()->isAggregateType())
      Next.Path[0] = Offset();
    enqueue(std::move(Next));
  }
}

void ValueOrigins::visitObject(const State &S) {
  if (S.Path.size() < 2)
    return; // a data pointer, no function
  Offset Place = S.Path[1];
  if (auto *G = dyn_cast<GlobalVariable>(S.V)) {
    if (G->hasInitializer()) {
      State Next = S;
      Next.V = G->getInitializer();
      Next.Path.erase(Next.Path.begin());
      Next.In = nullptr;
      Next.Stack = nullptr;
      enqueue(std::move(Next));
    }
    if (G->isConstant())
      return;
  }
  // A copy: the table may grow while states are made.
  for (const Write &W : std::vector<Write>(writesInto(S.V))) {
    if (!overlaps(W.To, W.Size, Place))
      continue;
    State Next{W.From, S.Path, W.Stack, W.In};
    Offset Inside = Place;
    Inside.At -= W.To.At;
    Inside.Stride = std::gcd(Inside.Stride, W.To.Stride);
    if (W.Copy) // From is a pointer: read what it points to
      Next.Path[1] = Inside;
    else {
      Next.Path.erase(Next.Path.begin());
      Next.Path[0] = W.From->getType()->isAggregateType() ? Inside : Offset();
    }
    enqueue(std::move(Next));
  }
}

const std::vector<const CallBase *> &ValueOrigins::callsOf(const Function *F) {
  auto [It, New] = Calls.try_emplace(F);
  if (!New)
    return It->second;
  std::vector<const CallBase *> Found;
  SmallVector<const Value *, 4> Names{F};
  while (!Names.empty()) {
    const Value *Name = Names.pop_back_val();
    for (const User *U : Name->users()) {
      if (auto *Call = dyn_cast<CallBase>(U)) {
        if (Call->getCalledOperand() == Name)
          Found.push_back(Call);
      } else if (isa<GlobalAlias>(U) || (isa<ConstantExpr>(U) && cast<ConstantExpr>(U)->isCast()))
        Names.push_back(U);
    }
  }
  return Calls[F] = std::move(Found);
}

const std::vector<ValueOrigins::Write> &ValueOrigins::writesInto(const Value *Object) {
  auto [It, New] = Writes.try_emplace(Object);
  if (!New)
    return It->second;
  std::vector<Write> Found;
  struct Pointer {
    const Value *V;
    Offset At;
    const Frame *Stack;
    bool operator<(const Pointer &O) const { return std::tie(V, At, Stack) < std::tie(O.V, O.At, O.Stack); }
  };
  std::set<Pointer> Visited;
  std::vector<Pointer> Walk;
  auto Add = [&](const Value *V, Offset At, const Frame *Stack) {
    if (Visited.size() < MaxWalk && Visited.insert({V, At, Stack}).second)
      Walk.push_back({V, At, Stack});
  };
  Add(Object, Offset(), nullptr);
  while (!Walk.empty()) {
    Pointer P = Walk.back();
    Walk.pop_back();
    for (const Use &U : P.V->uses()) {
      const User *By = U.getUser();
      if (auto *GEP = dyn_cast<GEPOperator>(By)) {
        int64_t At = 0;
        uint64_t Stride = 0;
        if (U.getOperandNo() == 0 && gepOffset(*GEP, DL, At, Stride))
          Add(GEP, {P.At.At + At, std::gcd(P.At.Stride, Stride)}, P.Stack);
        continue;
      }
      if (auto *CE = dyn_cast<ConstantExpr>(By)) {
        if (CE->isCast())
          Add(CE, P.At, P.Stack);
        continue;
      }
      if (isa<CastInst, PHINode, SelectInst, FreezeInst>(By)) {
        Add(By, P.At, P.Stack);
        continue;
      }
      if (auto *Store = dyn_cast<StoreInst>(By)) {
        const Value *Value = Store->getValueOperand();
        if (U.getOperandNo() == StoreInst::getPointerOperandIndex())
          Found.push_back({P.At, Value, DL.getTypeStoreSize(Value->getType()), false, P.Stack, Store->getFunction()});
        else if (const auto *Slot = Store->getPointerOperand()->stripPointerCasts(); isa<AllocaInst, GlobalVariable>(Slot))
          // The pointer itself is kept in a variable, as -O0 does with arguments: its loads are the pointer again.
          for (const User *L : Slot->users())
            if (isa<LoadInst>(L) && L->getType() == Value->getType())
              Add(L, P.At, isa<GlobalVariable>(Slot) ? nullptr : P.Stack);
        continue;
      }
      if (auto *Copy = dyn_cast<MemTransferInst>(By)) {
        auto *Length = dyn_cast<ConstantInt>(Copy->getLength());
        if (U.getOperandNo() == 0)
          Found.push_back({P.At, Copy->getRawSource(), Length ? Length->getZExtValue() : UINT64_MAX / 2, true, P.Stack,
                           Copy->getFunction()});
        continue;
      }
      if (auto *Ret = dyn_cast<ReturnInst>(By)) {
        const Function *F = Ret->getFunction();
        if (P.Stack && P.Stack->Call->getCalledOperand()->stripPointerCastsAndAliases() == F)
          Add(P.Stack->Call, P.At, P.Stack->Up);
        else
          for (const CallBase *Call : callsOf(F))
            Add(Call, P.At, nullptr);
        continue;
      }
      auto *Call = dyn_cast<CallBase>(By);
      if (!Call || !Call->isArgOperand(&U))
        continue;
      const auto *Callee = dyn_cast<Function>(Call->getCalledOperand()->stripPointerCastsAndAliases());
      unsigned Index = Call->getArgOperandNo(&U);
      // A byval argument is a copy: writes to it do not come back.
      if (Callee && !Callee->isDeclaration() && Index < Callee->arg_size() && !Callee->hasParamAttribute(Index, Attribute::ByVal))
        Add(Callee->getArg(Index), P.At, push(Call, P.Stack));
    }
  }
  return Writes[Object] = std::move(Found);
}

} // namespace cordon
