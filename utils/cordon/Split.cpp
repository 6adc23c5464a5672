//===- cordon/Split.cpp - cordon split ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One module in, a host and a device module out.

#include "Driver.h"
#include "Inputs.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cordon::driver {

int runSplit(const Arguments &Args) {
  std::optional<std::string> DeviceFile = Args.value("device");
  if (Args.Files.size() != 1 || Args.Output.empty() || !DeviceFile || DeviceFile->empty())
    return fail(Usage, "cordon split takes one FILE, -o HOST.bc and --device=DEVICE.bc");
  QuarantineOptions Opts;
  if (Error E = Args.apply(quarantineSettings(), Opts))
    return fail(Usage, std::move(E));
  DeviceSymbols Symbols;
  if (std::optional<std::string> File = Args.value("symbols"))
    if (std::string Message = Symbols.addFile(*File); !Message.empty())
      return fail(Usage, Message);

  enterStep("reading '" + Args.Files[0] + "'", /*Reading=*/true);
  Expected<std::vector<InputModule>> Inputs = readInputs(Args.Files[0]);
  if (!Inputs)
    return fail(Usage, Inputs.takeError());
  llvm::erase_if(*Inputs, [](const InputModule &I) { return !I.IsModule; });
  if (Inputs->size() != 1)
    return fail(Usage, "'" + Args.Files[0] + "' holds " + Twine(Inputs->size()) +
                           " modules, and cordon split takes one; split its members one by one, or use cordon build");
  LLVMContext Context;
  prepareContext(Context);
  Expected<std::unique_ptr<Module>> Host = parseInput(Inputs->front(), Context);
  if (!Host)
    return fail(Usage, Host.takeError());

  enterStep("splitting '" + Args.Files[0] + "'");
  FindingSet Findings;
  DeviceUse Use = computeDeviceUse(**Host, Symbols);
  if (!Use.isHostModule())
    return fail(Usage, "'" + Args.Files[0] + "' is a device module already; lower it with cordon device");
  bool Changed = false;
  std::unique_ptr<Module> Device = quarantine(**Host, Use, Opts, Findings, Changed);
  if (int Code = finish(Findings, **Host))
    return Code;
  if (!Device)
    WithColor::warning(errs(), "cordon") << "'" << Args.Files[0] << "' has no device code; '" << *DeviceFile
                                         << "' is not written\n";
  else if (Error E = writeModule(*Device, *DeviceFile))
    return fail(Failure, std::move(E));
  if (Error E = writeModule(**Host, Args.Output))
    return fail(Failure, std::move(E));
  return Success;
}

} // namespace cordon::driver
