//===- cordon/Device.cpp - cordon device ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One device module in, PTX or machine code out.

#include "Driver.h"
#include "Inputs.h"

using namespace llvm;

namespace cordon::driver {

int runDevice(const Arguments &Args) {
  if (Args.Files.size() != 1 || Args.Output.empty())
    return fail(Usage, "cordon device takes one DEVICE.bc and -o OUT");
  PrepareDeviceOptions Prepare;
  LinkRuntimeOptions Link;
  LowerOptions Lower;
  if (Error E = joinErrors(Args.apply(prepareDeviceSettings(), Prepare),
                           joinErrors(Args.apply(linkRuntimeSettings(), Link), Args.apply(lowerSettings(), Lower))))
    return fail(Usage, std::move(E));
  if (Args.OptLevel)
    Lower.OptLevel = *Args.OptLevel;

  enterStep("reading '" + Args.Files[0] + "'", /*Reading=*/true);
  Expected<std::vector<InputModule>> Inputs = readInputs(Args.Files[0]);
  if (!Inputs)
    return fail(Usage, Inputs.takeError());
  llvm::erase_if(*Inputs, [](const InputModule &I) { return !I.IsModule; });
  if (Inputs->size() != 1)
    return fail(Usage, "'" + Args.Files[0] + "' holds " + Twine(Inputs->size()) +
                           " modules, and cordon device takes one; link them with llvm-link first");
  LLVMContext Context;
  prepareContext(Context);
  Expected<std::unique_ptr<Module>> Device = parseInput(Inputs->front(), Context);
  if (!Device)
    return fail(Usage, Device.takeError());
  Module &M = **Device;
  if (!M.getTargetTriple().isNVPTX())
    return fail(Usage, "'" + Args.Files[0] + "' is no device module for NVIDIA GPUs (its triple is '" +
                           M.getTargetTriple().str() + "'); split a host module with cordon split first");

  FindingSet Findings;
  enterStep("preparing '" + Args.Files[0] + "'");
  bool Ok = prepareDevice(M, Prepare, Findings);
  if (Ok) {
    enterStep("linking the device runtime");
    Ok = linkRuntime(M, Link, Findings);
  }
  std::unique_ptr<MemoryBuffer> Image;
  if (Ok) {
    enterStep("lowering '" + Args.Files[0] + "'");
    Image = lowerDevice(M, Lower, Findings);
  }
  if (int Code = finish(Findings, M))
    return Code;
  if (!Image)
    return fail(Failure, "no image was made of '" + Args.Files[0] + "'");
  if (Error E = writeBytes(Image->getBuffer(), Args.Output))
    return fail(Failure, std::move(E));
  return Success;
}

} // namespace cordon::driver
