//===- embed/Embed.cpp - the image goes into the host module --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Embeds a device image in a host module and registers what `!cordon.entries` names, and nothing else. The entries are
// consumed: a module that is embedded already comes out unchanged.

#include "cordon/abi/state.h"
#include "embed/Registration.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace cordon {

/// Left in the host module when it has its image.
constexpr StringLiteral EmbeddedMetadata = "cordon.embedded";

/// Nothing of the host names the state; what is registered for it stands for it in calls of the CUDA runtime.
static Entry createStateEntry(Module &M) {
  auto *Bytes = ArrayType::get(Type::getInt8Ty(M.getContext()), sizeof(cordon_state));
  auto *Shadow = new GlobalVariable(M, Bytes, /*isConstant=*/false, GlobalValue::InternalLinkage,
                                    ConstantAggregateZero::get(Bytes), ".cordon.state");
  Shadow->setAlignment(Align(8));
  Entry E;
  E.Kind = Entry::Variable;
  E.Host = Shadow;
  E.DeviceName = E.SourceName = CORDON_STATE_SYMBOL;
  E.Size = sizeof(cordon_state);
  return E;
}

bool embedImage(Module &Host, MemoryBufferRef Image, const EmbedOptions &Opts, FindingSet &Findings) {
  const Triple &T = Host.getTargetTriple();
  if (T.isGPU() || T.isSPIROrSPIRV()) {
    Findings.fail("'" + Host.getModuleIdentifier() + "' is a device module (" + T.str() +
                  "); embed the image in the host module that it was split from");
    return false;
  }
  Registration R;
  std::string Error;
  R.Entries = readEntries(Host, Error);
  if (!Error.empty()) {
    Findings.fail(Error);
    return false;
  }
  if (R.Entries.empty() && Host.getNamedMetadata(EmbeddedMetadata))
    return true;
  if (Image.getBufferSize() == 0) {
    Findings.fail("the device image '" + Image.getBufferIdentifier() + "' is empty");
    return false;
  }
  R.Image = Image;
  R.Archs = Opts.Archs;
  R.HostRuntime = Opts.HostRuntime;
  R.HasState = Opts.HasState ? *Opts.HasState : Image.getBuffer().contains(CORDON_STATE_SYMBOL);
  if (R.HasState)
    R.Entries.push_back(createStateEntry(Host));
  if (Opts.As == EmbedOptions::AsKind::Cuda)
    registerWithCuda(Host, R);
  else if (!emitOffloadEntries(Host, R, Findings))
    return false;
  if (R.HasState)
    prepareLaunches(Host, R.HostRuntime);
  if (NamedMDNode *Consumed = Host.getNamedMetadata(EntriesMetadata))
    Consumed->eraseFromParent();
  Host.getOrInsertNamedMetadata(EmbeddedMetadata);
  return true;
}

PreservedAnalyses EmbedPass::run(Module &M, ModuleAnalysisManager &) {
  FindingSet Findings;
  if (Opts.Image.empty())
    Findings.fail("cordon-embed needs image=FILE");
  else if (auto Image = MemoryBuffer::getFile(Opts.Image, /*IsText=*/false, /*RequiresNullTerminator=*/false))
    embedImage(M, **Image, Opts, Findings);
  else
    Findings.fail("cannot read '" + Opts.Image + "': " + Image.getError().message() +
                  "; name the device image with image=FILE");
  Findings.report(M);
  return PreservedAnalyses::none();
}

} // namespace cordon
