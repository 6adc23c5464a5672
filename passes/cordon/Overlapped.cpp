//===- cordon/Overlapped.cpp - the device is lowered meanwhile ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Half of a compilation is the device's pipeline, its code generation and ptxas, which the host's pipeline need not wait
// for. So a child makes the image, and the end of the pipeline embeds it. Until then a list of the compiler's keeps what
// will be registered as if it were already. Where the child has anything to say, the work is done again here, where
// diagnostics have their place.

#include "WholeWay.h"
#include "cordon/Entries.h"
#include "support/ForkedChild.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ValueHandle.h"
#include "llvm/Pass.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace cordon {

static cl::opt<bool> Disabled("cordon-no-overlap", cl::Hidden,
                              cl::desc("Cordon: lower the device before the host is optimized"));

struct OverlappedCordon::State {
  CordonOptions Opts;
  std::unique_ptr<Module> Device;
  ChildProcess Child;
  GlobalVariable *Kept = nullptr;
  SmallVector<WeakTrackingVH, 8> FilledLater; ///< marked so here alone
  void keepEntries(Module &M);
  void releaseEntries(Module &M);
  ~State() {
    if (Child.Pid > 0) // an error ended the pipeline
      waitForChild(Child, 0);
  }
};

OverlappedCordon::OverlappedCordon() = default;
OverlappedCordon::~OverlappedCordon() = default;

/// A lock that another thread holds would stay locked in a child for ever.
static bool hasThreads() {
  std::error_code EC;
  unsigned Count = 0;
  for (sys::fs::directory_iterator I("/proc/self/task", EC), End; !EC && I != End; I.increment(EC))
    ++Count;
  return Count != 1;
}

/// Remarks, times and traces of the device's pipeline would stay in the child.
static bool isListening(const Module &M) {
  const DiagnosticHandler *Handler = M.getContext().getDiagHandlerPtr();
  return (Handler && Handler->isAnyRemarkEnabled()) || M.getContext().getLLVMRemarkStreamer() || TimePassesIsEnabled ||
         timeTraceProfilerEnabled();
}

/// The host's symbols of the entries look used, with unknown users, and variables as if others filled them in before the
/// program's constructors run: as they will be when they are registered.
void OverlappedCordon::State::keepEntries(Module &M) {
  SmallVector<Constant *, 16> Symbols;
  std::string Error;
  for (const Entry &E : readEntries(M, Error)) {
    Symbols.push_back(E.Host);
    if (auto *V = dyn_cast<GlobalVariable>(E.Host); V && !V->isExternallyInitialized()) {
      V->setExternallyInitialized(true);
      FilledLater.push_back(V);
    }
  }
  auto *Type = ArrayType::get(PointerType::getUnqual(M.getContext()), Symbols.size());
  Kept = new GlobalVariable(M, Type, /*isConstant=*/true, GlobalValue::InternalLinkage, ConstantArray::get(Type, Symbols),
                            ".cordon.kept");
  appendToCompilerUsed(M, {Kept});
}

void OverlappedCordon::State::releaseEntries(Module &M) {
  removeFromUsedLists(M, [&](Constant *C) { return C->stripPointerCasts() == Kept; });
  Kept->eraseFromParent();
  for (Value *V : FilledLater)
    if (auto *G = dyn_cast_or_null<GlobalVariable>(V))
      G->setExternallyInitialized(false);
}

PreservedAnalyses OverlappedCordon::start(Module &M, const CordonOptions &Opts) {
  Begun.reset(); // of a module before this one
  if (Disabled || Opts.Embed.As == EmbedOptions::AsKind::Offload || hasThreads() || isListening(M))
    return runAtOnce(M, Opts);
  FindingSet Findings;
  bool Changed = false;
  auto S = std::make_unique<State>();
  S->Opts = Opts;
  S->Device = WholeWay(M, S->Opts, Findings).split(Changed);
  if (!S->Device || Findings.hasErrors())
    return reportAll(M, Findings, Changed);
  Findings.report(M); // warnings
  S->keepEntries(M);
  S->Child = startChild(&M.getContext(), [&](raw_ostream &Out) -> Error {
    FindingSet Found;
    S->Opts.Lower.SaveReproducer = false;
    std::unique_ptr<MemoryBuffer> Image = WholeWay(M, S->Opts, Found).lower(*S->Device);
    if (!Image || !Found.empty())
      return createStringError("there are findings");
    Out << (hasState(*S->Device) ? '1' : '0') << Image->getBuffer();
    return Error::success();
  });
  Begun = std::move(S);
  return PreservedAnalyses::none();
}

PreservedAnalyses OverlappedCordon::finish(Module &M) {
  if (!Begun)
    return PreservedAnalyses::all();
  std::unique_ptr<State> S = std::move(Begun);
  S->releaseEntries(M);
  FindingSet Findings;
  WholeWay Way(M, S->Opts, Findings);
  ChildResult R = waitForChild(S->Child, /*TimeoutSeconds=*/24 * 3600);
  if (R.Ok && R.Warnings.empty())
    Way.embed(MemoryBufferRef(StringRef(R.Bytes).drop_front(), M.getModuleIdentifier()), R.Bytes[0] == '1');
  else if (std::unique_ptr<MemoryBuffer> Image = Way.lower(*S->Device))
    Way.embed(*Image, hasState(*S->Device));
  return reportAll(M, Findings, /*Changed=*/true);
}

} // namespace cordon
