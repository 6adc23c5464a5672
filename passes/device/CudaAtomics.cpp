//===- device/CudaAtomics.cpp - what clang's CUDA means by seq_cst --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cordon-cuda-atomics`: CUDA's atomicAdd and kin are relaxed and have the scope of the device. clang writes them as
// seq_cst and of the whole system, and counts on its NVPTX back end to drop both: lowered as they read, each gets two
// fences of the system, which made a program 2.3 times slower. They are known by the functions of clang's own header that
// hold them (`__iAtomicAdd` and kin, names that no program may have), and, once those are inlined, by an atomicrmw of
// default order and scope in a function that clang compiled for a GPU; there it runs as clang itself compiles it. Where a
// merge of both sides took the function's processor away, it is known by the launches that were in the host module.
// An order or scope that the source names is never touched. `-cordon-no-cuda-atomics` leaves the pass out.

#include "cordon/DevicePasses.h"
#include "device/Repairs.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"

using namespace llvm;

namespace cordon {

static cl::opt<bool> Disabled("cordon-no-cuda-atomics", cl::Hidden,
                              cl::desc("Cordon: atomics of clang's CUDA headers are seq_cst, as their IR says"));

/// `_ZL12__iAtomicAddPii` and kin. Those for the block and the system are target intrinsics already.
static bool isHeaderAtomic(const Function &F) {
  StringRef Name = F.getName();
  unsigned Length;
  if (!F.hasLocalLinkage() || !Name.consume_front("_ZL") || Name.consumeInteger(10, Length) || Length > Name.size())
    return false;
  Name = Name.take_front(Length);
  if (!Name.consume_front("__"))
    return false;
  Name = Name.drop_while([](char C) { return C >= 'a' && C <= 'z'; });
  return Name.starts_with("Atomic") && !Name.contains('_');
}

/// clang gives every function of a GPU the processor's name, and says whether it honours traps; rustc and Julia do not.
/// \p FromCuda: the host launched with `<<<>>>`, which clang alone compiles to calls.
static bool isClangsForGPU(const Function &F, bool FromCuda) {
  return (FromCuda || F.getFnAttribute("target-cpu").getValueAsString().starts_with("sm_")) &&
         F.hasFnAttribute("no-trapping-math");
}

bool relaxCudaAtomics(Module &M, FindingSet &) {
  if (Disabled)
    return false;
  bool Changed = false;
  bool FromCuda = M.getNamedMetadata(CudaSourceMetadata);
  SyncScope::ID Device = M.getContext().getOrInsertSyncScopeID("device");
  for (Function &F : M) {
    bool Header = isHeaderAtomic(F);
    if (!Header && !isClangsForGPU(F, FromCuda))
      continue;
    for (Instruction &I : instructions(F)) {
      auto *R = dyn_cast<AtomicRMWInst>(&I);
      if (R && R->getOrdering() == AtomicOrdering::SequentiallyConsistent && R->getSyncScopeID() == SyncScope::System) {
        R->setOrdering(AtomicOrdering::Monotonic);
        R->setSyncScopeID(Device);
        Changed = true;
      }
      // The back end does honour a cmpxchg's order, so only those that are CUDA's own are relaxed.
      auto *X = dyn_cast<AtomicCmpXchgInst>(&I);
      if (X && Header && X->getSuccessOrdering() == AtomicOrdering::SequentiallyConsistent &&
          X->getSyncScopeID() == SyncScope::System) {
        X->setSuccessOrdering(AtomicOrdering::Monotonic);
        X->setFailureOrdering(AtomicOrdering::Monotonic);
        X->setSyncScopeID(Device);
        Changed = true;
      }
    }
  }
  return Changed;
}

} // namespace cordon
