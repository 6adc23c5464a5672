//===- cpu/Program.h - a device module on its way to host code --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The steps from a device module to host code, in the order in which Translate.cpp runs them. Each works on a Program,
// which collects what the engine must know: kernels, source places, shared memory, and what this backend cannot run.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CPU_PROGRAM_H
#define CORDON_SMOKE_CPU_PROGRAM_H

#include "../Backend.h"
#include "Context.h"
#include "Regions.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include <map>
#include <memory>

namespace cordon::smoke::cpu {

struct Kernel {
  std::string Name;
  KernelInfo Info;
  std::vector<bool> ByValue;       ///< parameters that are passed as a pointer to a copy
  llvm::Function *Body = nullptr;  ///< in the flat module
  bool NeedsFibers = false;        ///< waits for other threads, or ends in the middle
  bool InOrder = false;            ///< its atomics give other results in another order of blocks
  std::string Refused;             ///< "unsupported: ..." or what is missing, of all that it reaches
  uint64_t SharedBytes = 0;        ///< static shared memory that it reaches
  EntryFunction Entry = nullptr;   ///< after compilation
  bool CallsPointers = false;      ///< of functions
  bool SyncsGrid = false;          ///< by a call of the runtime
  llvm::Function *Thread = nullptr; ///< a copy that waits nowhere but in itself
  bool HasEntry = false;
  bool Split = false;              ///< has Regions instead of Entry
  RegionCode Regions;
  uint64_t ParamBytes = 0;
  uint32_t MaxThreads = 0;         ///< of a block, by its launch bounds; 0: no bound
  uint32_t NeededBlock[3] = {0, 0, 0}; ///< .reqntid; 0: any
};

struct SharedVariable {
  std::string Name;
  uint64_t Offset = 0, Size = 0; ///< size 0: dynamic
};

struct Variable {
  std::string Name;
  uint64_t Size = 0, Address = 0;
  bool Constant = false;
  bool Internal = false; ///< listed for --check alone
};

struct Program {
  std::vector<Kernel> Kernels;
  std::vector<Site> Sites;
  std::vector<SharedVariable> Shared;
  std::vector<Variable> Variables;
  uint64_t StaticSharedBytes = 0;
  bool Check = false, CheckRaces = false;

  std::unique_ptr<llvm::Module> Flat;
  /// First thing in each function that this backend cannot run, as one message.
  llvm::MapVector<llvm::Function *, std::string> Refusals;
  /// Functions that wait for other threads or end their thread in the middle.
  llvm::DenseMap<llvm::Function *, bool> Waits;

  /// \p Own: no other instruction of the same line has it.
  unsigned site(const llvm::Instruction &I, bool Own = false);
  /// \p What is named; the call is left to end the kernel if it is ever reached.
  void refuse(llvm::Function &F, const std::string &What);

private:
  std::map<std::pair<std::string, std::string>, unsigned> SiteIndex;
};

/// Kernels of a module as it was read, with the layout of their parameters.
void findKernels(llvm::Module &Device, Program &P);

/// Copies \p Device into P.Flat: one address space, host layout, a context argument in front of every defined function.
/// Returns an error message, or an empty string.
std::string flatten(llvm::Module &Device, Program &P);

/// Lowers NVVM intrinsics, inline PTX, undefined functions, shared variables.
void lowerCalls(Program &P);
/// What reads a shared variable's address from memory that is the same for all blocks.
void refuseSharedInitialisers(Program &P);
void lowerSharedVariables(Program &P);
/// Conversions and operations of half and bfloat that the host's back end cannot compile without a library.
void lowerFloats(Program &P);
/// Atomics: host scopes; loops that wait get a yield.
void lowerAtomics(Program &P);

/// Bounds, initialisation and race checks, before optimization.
void instrumentAccesses(Program &P);

/// Works out P.Kernels[i].Refused and NeedsFibers from the call graph.
void classifyKernels(Program &P);
/// Emits entries for one thread, of kernels that wait.
void emitThreadEntries(Program &P);
/// Makes Kernel::Thread where that can be done.
void inlineWaits(Program &P);
/// Emits entries for all threads of a block, of kernels that do not wait. After simplification.
void emitBlockEntries(Program &P);
/// Tells the optimizer that the accesses of \p Body's threads do not depend on each other, which they do only where they
/// race. \p Back ends an iteration of the loop that calls \p Body; \p Own are stores of the loop itself.
void runInParallel(llvm::Function &Body, llvm::BranchInst &Back, llvm::ArrayRef<llvm::StoreInst *> Own = {});
/// Where \p Body calls functions, and so will not be vectorized: puts \p Ctx, or null, into the block's context, for
/// messages. True if it did.
bool showContext(llvm::IRBuilder<> &B, llvm::Function &Body, llvm::Value *Block, llvm::Value *Ctx);
/// A value in the frames that is likely to be the same in all threads: a counter, a stride.
struct LikelyUniform {
  uint64_t Offset = 0; ///< of its array, for one thread
  llvm::IntegerType *Type = nullptr;
};
/// What runs one thread from one wait to the next.
struct RegionBody {
  llvm::Function *F = nullptr;
  llvm::SmallVector<LikelyUniform, 4> Uniform; ///< that it reads
};
/// Splits Kernel::Thread at its waits; \p Bodies gets the regions, and Kernel::Regions all but the table. False leaves the
/// kernel to fibers.
bool splitKernel(Kernel &K, unsigned Index, llvm::SmallVectorImpl<RegionBody> &Bodies);
/// Splits all kernels that have a Thread, and emits loops over threads and the tables of regions.
void emitRegions(Program &P);

/// Helpers of the lowering steps.
llvm::Value *contextOf(llvm::Function &F);
llvm::Value *loadContext32(llvm::IRBuilder<> &B, llvm::Value *Ctx, size_t Offset, const llvm::Twine &Name = "");
llvm::FunctionCallee service(llvm::Module &M, llvm::StringRef Name, llvm::Type *Result,
                             llvm::ArrayRef<llvm::Type *> Params);
/// Special register by its PTX name without '%'; null if it is not known.
llvm::Value *specialRegister(Program &P, llvm::IRBuilder<> &B, llvm::StringRef Name, llvm::Instruction &At);
/// A warp collective; \p A is widened to 64 bits.
llvm::Value *warpCollective(Program &P, llvm::IRBuilder<> &B, llvm::Instruction &At, uint32_t Op, llvm::Value *Mask,
                            llvm::Value *A, llvm::Value *Operand, llvm::Value *Clamp);
/// The second result of the collective \p Result.
llvm::Value *warpPredicate(llvm::IRBuilder<> &B, llvm::Value *Result);
llvm::Value *blockBarrier(Program &P, llvm::IRBuilder<> &B, llvm::Instruction &At, BarrierOp Op, llvm::Value *Id,
                          llvm::Value *Count, llvm::Value *Pred, bool Aligned = false);
void endThread(Program &P, llvm::IRBuilder<> &B, llvm::Instruction &At);
void trapKernel(Program &P, llvm::IRBuilder<> &B, llvm::Instruction &At);

/// One intrinsic: true if it was replaced (the call is then erased by the caller).
bool lowerSyncIntrinsic(Program &P, llvm::CallBase &Call, llvm::StringRef Name, llvm::Value *&Result);
bool lowerMathIntrinsic(Program &P, llvm::CallBase &Call, llvm::StringRef Name, llvm::Value *&Result);
/// Inline PTX: an empty string if it was translated, otherwise the first instruction that is not known.
std::string lowerInlineAsm(Program &P, llvm::CallBase &Call, llvm::Value *&Result);
/// A call of a function that the module does not define.
bool lowerUndefined(Program &P, llvm::CallBase &Call, llvm::Function &Callee, llvm::Value *&Result);

} // namespace cordon::smoke::cpu

#endif // CORDON_SMOKE_CPU_PROGRAM_H
