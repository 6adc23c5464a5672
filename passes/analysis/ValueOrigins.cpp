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
#include <utility>

using namespace llvm;

namespace cordon {

static constexpr unsigned MaxPath = 6, MaxFrames = 12, MaxStates = 20000, MaxWalk = 20000;
// Of the searches for the memory that a pointer is kept in.
static constexpr unsigned MaxPlaces = 8, MaxNested = 6, MaxNestedStates = 4000, AllNestedStates = 100000, AllSteps = 400000;

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

void ValueOrigins::Places::widen(MutableArrayRef<Offset> Path) {
  if (First.empty())
    First.assign(Path.begin(), Path.end());
  if (++Count <= MaxPlaces)
    return;
  for (auto [At, Start] : zip(Path, First)) {
    At.Stride = std::gcd(std::gcd(At.Stride, Start.Stride), uint64_t(std::abs(At.At - Start.At)));
    if (int64_t Stride = int64_t(At.Stride))
      At.At = ((At.At % Stride) + Stride) % Stride;
    Start = At;
  }
}

void ValueOrigins::trace(const Value *V, const Function *In,
                         function_ref<void(const Function *F, const Function *In)> Found) {
  Now = Search();
  Now.Report = &Found;
  // A module with thousands of launches of that kind: the later ones get the plain search only.
  StatesLeft = std::min(AllNestedStates, TotalLeft);
  StepsLeft = std::max(MaxWalk, std::min(AllSteps, TotalLeft));
  const unsigned Before = StatesLeft + StepsLeft;
  enqueue({V, {Offset()}, nullptr, In});
  while (!Now.Work.empty() && Now.Seen.size() < MaxStates) {
    State S = std::move(Now.Work.back());
    Now.Work.pop_back();
    visit(S);
  }
  TotalLeft -= std::min(TotalLeft, Before - StatesLeft - StepsLeft);
  Now = Search();
}

void ValueOrigins::enqueue(State S) {
  if (S.Path.size() > MaxPath)
    return;
  Now.At[{S.V, S.Stack, S.Path.size()}].widen(S.Path);
  if (Now.Seen.insert(S).second)
    Now.Work.push_back(std::move(S));
}

void ValueOrigins::with(const State &S, const Value *V) {
  State Next = S;
  Next.V = V;
  enqueue(std::move(Next));
}

void ValueOrigins::visit(const State &S) {
  const Value *V = S.V;
  if (auto *F = dyn_cast<Function>(V)) {
    if (S.Path.size() == 1 && Now.Report)
      (*Now.Report)(F, S.In);
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

/// A heap object is one for each way to its allocation, a local variable one for each way to its function.
ValueOrigins::Object ValueOrigins::objectOf(const State &S) {
  return {S.V, isa<GlobalVariable>(S.V) ? nullptr : S.Stack};
}

void ValueOrigins::visitObject(const State &S) {
  if (S.Path.size() < 2)
    return; // a data pointer, no function
  if (Now.Targets && S.Path.size() == 2) {
    Now.Targets->push_back({objectOf(S), S.Path[1]});
    return;
  }
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
  const Accesses Found = accessesOf(objectOf(S));
  for (const Write &W : Found.Writes) {
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

/// The objects that \p V may point to, and where.
std::vector<ValueOrigins::Target> ValueOrigins::pointsTo(const Value *V, const Function *In, const Frame *Stack) {
  if (auto It = Pointees.find({V, Stack}); It != Pointees.end())
    return It->second;
  std::vector<Target> Found;
  if (Nested == MaxNested || !StatesLeft) {
    MetUnfinished = true;
    return Found;
  }
  ++Nested;
  bool OuterUnfinished = std::exchange(MetUnfinished, false);
  Search Outer = std::exchange(Now, Search());
  Now.Targets = &Found;
  enqueue({V, {Offset(), Offset()}, Stack, In});
  while (!Now.Work.empty() && Now.Seen.size() < MaxNestedStates && StatesLeft) {
    --StatesLeft;
    State S = std::move(Now.Work.back());
    Now.Work.pop_back();
    visit(S);
  }
  Now = std::move(Outer);
  --Nested;
  if (!MetUnfinished) // else more may be known later
    Pointees[{V, Stack}] = Found;
  MetUnfinished |= OuterUnfinished;
  return Found;
}

/// Forward from an object to everything that reads or writes it through a pointer that came from it.
class ValueOrigins::Walk {
public:
  Walk(ValueOrigins &Origins, Accesses &Found) : Origins(Origins), Found(Found) {}

  void run(Object Start) {
    add(Start.first, Offset(), Start.second);
    while (!Work.empty()) {
      Pointer P = Work.back();
      Work.pop_back();
      for (const Use &U : P.V->uses())
        follow(P, U);
    }
  }

private:
  void add(const Value *V, Offset At, const Frame *Stack) {
    if (!Origins.StepsLeft)
      return;
    --Origins.StepsLeft;
    Seen[{V, Stack}].widen(At);
    if (Visited.size() < MaxWalk && Visited.insert({V, At, Stack}).second)
      Work.push_back({V, At, Stack});
  }

  void follow(const Pointer &P, const Use &U) {
    const User *By = U.getUser();
    if (auto *GEP = dyn_cast<GEPOperator>(By)) {
      int64_t At = 0;
      uint64_t Stride = 0;
      if (U.getOperandNo() == 0 && gepOffset(*GEP, Origins.DL, At, Stride))
        add(GEP, {P.At.At + At, std::gcd(P.At.Stride, Stride)}, P.Stack);
    } else if (auto *CE = dyn_cast<ConstantExpr>(By)) {
      if (CE->isCast())
        add(CE, P.At, P.Stack);
    } else if (isa<CastInst, PHINode, SelectInst, FreezeInst>(By))
      add(By, P.At, P.Stack);
    else if (isa<LoadInst>(By))
      Found.Reads.push_back({P.At, By, P.Stack});
    else if (auto *Store = dyn_cast<StoreInst>(By))
      followStore(P, *Store, U.getOperandNo() == StoreInst::getPointerOperandIndex());
    else if (auto *Copy = dyn_cast<MemTransferInst>(By)) {
      auto *Length = dyn_cast<ConstantInt>(Copy->getLength());
      if (U.getOperandNo() == 0)
        Found.Writes.push_back({P.At, Copy->getRawSource(), Length ? Length->getZExtValue() : UINT64_MAX / 2, true,
                                P.Stack, Copy->getFunction()});
    } else if (auto *Ret = dyn_cast<ReturnInst>(By)) {
      const Function *F = Ret->getFunction();
      if (P.Stack && P.Stack->Call->getCalledOperand()->stripPointerCastsAndAliases() == F)
        add(P.Stack->Call, P.At, P.Stack->Up);
      else
        for (const CallBase *Call : Origins.callsOf(F))
          add(Call, P.At, nullptr);
    } else if (auto *Call = dyn_cast<CallBase>(By); Call && Call->isArgOperand(&U)) {
      const auto *Callee = dyn_cast<Function>(Call->getCalledOperand()->stripPointerCastsAndAliases());
      unsigned Index = Call->getArgOperandNo(&U);
      // A byval argument is a copy: writes to it do not come back.
      if (Callee && !Callee->isDeclaration() && Index < Callee->arg_size() &&
          !Callee->hasParamAttribute(Index, Attribute::ByVal))
        add(Callee->getArg(Index), P.At, Origins.push(Call, P.Stack));
    }
  }

  void followStore(const Pointer &P, const StoreInst &Store, bool IntoObject) {
    const Value *V = Store.getValueOperand();
    if (IntoObject) {
      Found.Writes.push_back(
          {P.At, V, Origins.DL.getTypeStoreSize(V->getType()), false, P.Stack, Store.getFunction()});
      return;
    }
    // The pointer itself is kept in memory: what is loaded from there is the pointer again.
    const auto *Slot = Store.getPointerOperand()->stripPointerCasts();
    if (isa<AllocaInst, GlobalVariable>(Slot)) { // as -O0 does with arguments
      for (const User *L : Slot->users())
        if (isa<LoadInst>(L) && L->getType() == V->getType())
          add(L, P.At, isa<GlobalVariable>(Slot) ? nullptr : P.Stack);
      return;
    }
    for (const Target &T : Origins.pointsTo(Store.getPointerOperand(), Store.getFunction(), P.Stack)) {
      const Accesses There = Origins.accessesOf(T.To);
      for (const Read &R : There.Reads)
        if (R.Load->getType() == V->getType() && overlaps(R.At, 1, T.At))
          add(R.Load, P.At, R.Stack);
    }
  }

  ValueOrigins &Origins;
  Accesses &Found;
  std::map<std::pair<const Value *, const Frame *>, Places> Seen;
  std::set<Pointer> Visited;
  std::vector<Pointer> Work;
};

/// In a cycle of objects that point to one another, or too deep, only a part is seen: that is used, but not kept.
ValueOrigins::Accesses ValueOrigins::accessesOf(Object O) {
  auto [It, New] = Objects.try_emplace(O);
  if (!New) {
    MetUnfinished |= !It->second.Finished;
    return It->second;
  }
  bool OuterUnfinished = std::exchange(MetUnfinished, false);
  Walk(*this, It->second).run(O);
  Accesses Found = It->second;
  if (!StepsLeft || (MetUnfinished && Nested && StatesLeft))
    Objects.erase(It);
  else
    It->second.Finished = true;
  MetUnfinished |= OuterUnfinished;
  return Found;
}

} // namespace cordon
