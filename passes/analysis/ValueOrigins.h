//===- analysis/ValueOrigins.h - which functions can a value be? -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A demand-driven search, backwards from one value, through casts, phis, arguments and results of functions, memory
// (allocas, globals, heap objects, by field) and constant tables. It is what -O0 code needs: nearly every value there
// goes through memory. Flow-insensitive; calls and returns are matched, and a heap object is one for each way to its
// allocation, so that containers of the same type are told apart.
//===----------------------------------------------------------------------===//
#ifndef CORDON_ANALYSIS_VALUEORIGINS_H
#define CORDON_ANALYSIS_VALUEORIGINS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <deque>
#include <map>
#include <set>
#include <vector>

namespace llvm {
class CallBase;
class DataLayout;
class Function;
class Module;
class Value;
} // namespace llvm

namespace cordon {

class ValueOrigins {
public:
  explicit ValueOrigins(const llvm::Module &M);

  /// Calls \p Found(F, In) for each function that \p V, an operand in \p In, can be. \p In is the function whose code
  /// names F, or null where F stands in a global initializer.
  void trace(const llvm::Value *V, const llvm::Function *In,
             llvm::function_ref<void(const llvm::Function *F, const llvm::Function *In)> Found);

private:
  /// A byte offset. Stride is 0 for one exact place, else the place repeats: At + k * Stride.
  struct Offset {
    int64_t At = 0;
    uint64_t Stride = 0;
    bool operator<(const Offset &O) const { return std::tie(At, Stride) < std::tie(O.At, O.Stride); }
  };
  /// The calls that lead to where we are, so that a result is followed to the arguments of its own call only.
  struct Frame {
    const llvm::CallBase *Call;
    const Frame *Up;
    unsigned Depth;
  };
  /// The value's content at Path[0], taken as a pointer and read at Path[1], and so on.
  struct State {
    const llvm::Value *V;
    llvm::SmallVector<Offset, 3> Path;
    const Frame *Stack;
    const llvm::Function *In;
    bool operator<(const State &O) const;
  };
  /// A write into a memory object: a stored value, or a block copy from a pointer.
  struct Write {
    Offset To;
    const llvm::Value *From;
    uint64_t Size;
    bool Copy;
    const Frame *Stack;
    const llvm::Function *In;
  };

  /// A load from a memory object.
  struct Read {
    Offset At;
    const llvm::Value *Load;
    const Frame *Stack;
  };
  struct Accesses {
    std::vector<Write> Writes;
    std::vector<Read> Reads;
    bool Finished = false;
  };
  /// An alloca, a global, or an allocation and the calls that led to it.
  using Object = std::pair<const llvm::Value *, const Frame *>;
  struct Target {
    Object To;
    Offset At;
  };
  /// A pointer into an object, on the way forward.
  struct Pointer {
    const llvm::Value *V;
    Offset At;
    const Frame *Stack;
    bool operator<(const Pointer &O) const { return std::tie(V, At, Stack) < std::tie(O.V, O.At, O.Stack); }
  };
  class Walk;

  const Frame *push(const llvm::CallBase *Call, const Frame *Up);
  void visit(const State &S);
  void visitArgument(const State &S);
  void visitCall(const State &S, const llvm::CallBase &Call);
  void visitObject(const State &S);
  void visitConstant(const State &S);
  void enqueue(State S);
  void with(const State &S, const llvm::Value *V);
  static Object objectOf(const State &S);
  Accesses accessesOf(Object O);
  std::vector<Target> pointsTo(const llvm::Value *V, const llvm::Function *In, const Frame *Stack);
  const std::vector<const llvm::CallBase *> &callsOf(const llvm::Function *F);
  static bool overlaps(Offset Where, uint64_t WhereSize, Offset What);

  const llvm::Module &M;
  const llvm::DataLayout &DL;
  std::deque<Frame> Frames;
  std::map<std::pair<const llvm::CallBase *, const Frame *>, const Frame *> FrameTable;
  std::map<Object, Accesses> Objects;
  std::map<Object, std::vector<Target>> Pointees; ///< of a pointer, in a context
  llvm::DenseMap<const llvm::Function *, std::vector<const llvm::CallBase *>> Calls;
  /// Offsets seen at one value: many mean that it moves on, and is anywhere in its stride.
  struct Places {
    llvm::SmallVector<Offset, 3> First;
    unsigned Count = 0;
    void widen(llvm::MutableArrayRef<Offset> Path);
  };
  struct Search {
    std::set<State> Seen;
    std::vector<State> Work;
    std::map<std::tuple<const llvm::Value *, const Frame *, size_t>, Places> At;
    llvm::function_ref<void(const llvm::Function *, const llvm::Function *)> *Report = nullptr;
    std::vector<Target> *Targets = nullptr; ///< where objects themselves are asked for
  };
  Search Now;
  bool MetUnfinished = false;
  unsigned Nested = 0, StatesLeft = 0, StepsLeft = 0; ///< of one trace
  unsigned TotalLeft = 5000000;                       ///< of all
};

} // namespace cordon

#endif // CORDON_ANALYSIS_VALUEORIGINS_H
