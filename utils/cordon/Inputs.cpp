//===- cordon/Inputs.cpp - reading bitcode and textual IR -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Inputs.h"
#include "Driver.h"
#include "llvm/IR/Verifier.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cordon::driver {

Expected<std::vector<InputModule>> readInputs(StringRef File) {
  auto Buffer = MemoryBuffer::getFileOrSTDIN(File);
  if (!Buffer)
    return createStringError("cannot read '%s': %s", File.str().c_str(), Buffer.getError().message().c_str());
  InputModule Input;
  Input.Name = File.str();
  Input.Bytes = (*Buffer)->getBuffer().str();
  return std::vector<InputModule>{std::move(Input)};
}

Expected<std::unique_ptr<Module>> parseInput(const InputModule &Input, LLVMContext &Context) {
  enterStep("reading '" + Input.Name + "'", /*Reading=*/true);
  SMDiagnostic Diagnostic;
  std::unique_ptr<Module> M = parseIR(MemoryBufferRef(Input.Bytes, Input.Name), Diagnostic, Context);
  std::string Problem;
  raw_string_ostream OS(Problem);
  if (!M) // without the line itself, which may be binary
    OS << "line " << Diagnostic.getLineNo() << ": " << Diagnostic.getMessage();
  else if (!verifyModule(*M, &OS))
    return M;
  return createStringError("'%s' is no valid LLVM module: %s", Input.Name.c_str(), StringRef(Problem).rtrim().str().c_str());
}

} // namespace cordon::driver
