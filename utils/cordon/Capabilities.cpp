//===- cordon/Capabilities.cpp - cordon --capabilities --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What this build can do here, a line each, for scripts: `name: value value ...`.

#include "Driver.h"
#include "cordon/Toolchain.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cordon::driver {

static void printTool(raw_ostream &OS, StringRef Name, Expected<std::string> Path) {
  OS << Name << ": ";
  if (Path)
    OS << *Path << "\n";
  else {
    consumeError(Path.takeError());
    OS << "not found\n";
  }
}

void printCapabilities(raw_ostream &OS) {
  OS << "version: " CORDON_VERSION "\nllvm: " LLVM_VERSION_STRING "\ncommands: check split device build\n";
  OS << "hosts:";
  for (const std::string &T : hostTargets())
    OS << " " << T;
  OS << "\narchs:";
  for (const std::string &A : knownArchNames())
    OS << " " << A;
  OS << "\nptx:";
  for (unsigned V : knownPTXVersions())
    OS << " " << V / 10 << "." << V % 10;
  OS << "\nemit: fatbin cubin ptx\nas: cuda offload\nformats: text json sarif html\nrules:";
  for (Rule R : allRules())
    OS << " " << ruleName(R);
  OS << "\n";
  for (StringRef Tool : {"ptxas", "fatbinary", "nvlink"})
    printTool(OS, Tool, findCudaTool(Tool));
  printTool(OS, "libdevice", findLibdevice(""));
  printTool(OS, "runtime", findRuntime(""));
}

} // namespace cordon::driver
