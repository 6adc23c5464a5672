//===- cordon/HostCode.cpp - objects for the host -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles a host module with libLLVM's own back ends, for `cordon build -o HOST.o`.

#include "Driver.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

// libLLVM exports these for the targets that it has.
#define CORDON_HOST_TARGET(T)                                                                                          \
  extern "C" {                                                                                                         \
  void LLVMInitialize##T##TargetInfo() __attribute__((weak));                                                          \
  void LLVMInitialize##T##Target() __attribute__((weak));                                                              \
  void LLVMInitialize##T##TargetMC() __attribute__((weak));                                                            \
  void LLVMInitialize##T##AsmPrinter() __attribute__((weak));                                                          \
  void LLVMInitialize##T##AsmParser() __attribute__((weak));                                                           \
  }                                                                                                                    \
  static bool initialize##T() {                                                                                        \
    if (!LLVMInitialize##T##TargetInfo || !LLVMInitialize##T##Target || !LLVMInitialize##T##TargetMC ||                \
        !LLVMInitialize##T##AsmPrinter || !LLVMInitialize##T##AsmParser)                                               \
      return false;                                                                                                    \
    LLVMInitialize##T##TargetInfo();                                                                                   \
    LLVMInitialize##T##Target();                                                                                       \
    LLVMInitialize##T##TargetMC();                                                                                     \
    LLVMInitialize##T##AsmPrinter();                                                                                   \
    LLVMInitialize##T##AsmParser();                                                                                    \
    return true;                                                                                                       \
  }
CORDON_HOST_TARGET(X86)
CORDON_HOST_TARGET(AArch64)
#undef CORDON_HOST_TARGET

using namespace llvm;

namespace cordon::driver {

std::vector<std::string> hostTargets() {
  std::vector<std::string> Result;
  if (initializeX86())
    Result.push_back("x86_64");
  if (initializeAArch64())
    Result.push_back("aarch64");
  return Result;
}

static void optimizeHost(Module &M, TargetMachine &TM, unsigned OptLevel) {
  LoopAnalysisManager LAM;
  FunctionAnalysisManager FAM;
  CGSCCAnalysisManager CGAM;
  ModuleAnalysisManager MAM;
  PassBuilder PB(&TM);
  PB.registerModuleAnalyses(MAM);
  PB.registerCGSCCAnalyses(CGAM);
  PB.registerFunctionAnalyses(FAM);
  PB.registerLoopAnalyses(LAM);
  PB.crossRegisterProxies(LAM, FAM, CGAM, MAM);
  OptimizationLevel Level = OptLevel == 0   ? OptimizationLevel::O0
                            : OptLevel == 1 ? OptimizationLevel::O1
                            : OptLevel == 2 ? OptimizationLevel::O2
                                            : OptimizationLevel::O3;
  PB.buildPerModuleDefaultPipeline(Level).run(M, MAM);
}

Expected<std::string> compileHost(Module &M, const HostCodeOptions &Opts) {
  const Triple &T = M.getTargetTriple();
  if (!(T.getArch() == Triple::x86_64 && initializeX86()) && !(T.getArch() == Triple::aarch64 && initializeAArch64()))
    return createStringError("cannot make an object for '%s'; hosts are x86_64 and aarch64 (write HOST.bc, and compile "
                             "it with the compiler of that host)",
                             T.str().c_str());
  std::string Message;
  const Target *Host = TargetRegistry::lookupTarget(T, Message);
  if (!Host)
    return createStringError(Message);
  bool PIC = Opts.PIC ? *Opts.PIC : true;
  if (!Opts.PIC && M.getModuleFlag("PIC Level") == nullptr && M.getModuleFlag("PIE Level") == nullptr)
    PIC = true; // right for every kind of program
  if (Opts.PIC && !*Opts.PIC) {
    // The back end looks at the flags, too.
    M.setPICLevel(PICLevel::NotPIC);
    M.setPIELevel(PIELevel::Default);
  }
  std::string CPU = Opts.CPU == "native" ? sys::getHostCPUName().str() : Opts.CPU;
  unsigned Level = Opts.OptLevel.value_or(2);
  TargetOptions Options;
  Options.FunctionSections = Options.DataSections = false;
  std::unique_ptr<TargetMachine> TM(Host->createTargetMachine(
      T, CPU, "", Options, PIC ? Reloc::PIC_ : Reloc::Static, M.getCodeModel(),
      Level == 0   ? CodeGenOptLevel::None
      : Level == 1 ? CodeGenOptLevel::Less
      : Level == 2 ? CodeGenOptLevel::Default
                   : CodeGenOptLevel::Aggressive));
  if (!TM)
    return createStringError("LLVM has no target machine for '%s'", T.str().c_str());
  if (!CPU.empty() && !TM->getMCSubtargetInfo()->isCPUStringValid(CPU))
    return createStringError("unknown processor '%s' for %s; see llc -march=%s -mcpu=help", CPU.c_str(),
                             T.str().c_str(), T.getArchName().str().c_str());
  if (M.getDataLayout().isDefault())
    M.setDataLayout(TM->createDataLayout());
  if (Opts.OptLevel)
    optimizeHost(M, *TM, *Opts.OptLevel);
  SmallString<0> Object;
  raw_svector_ostream OS(Object);
  legacy::PassManager PM;
  if (TM->addPassesToEmitFile(PM, OS, nullptr, CodeGenFileType::ObjectFile))
    return createStringError("LLVM cannot write objects for '%s'", T.str().c_str());
  PM.run(M);
  return std::string(Object);
}

} // namespace cordon::driver
