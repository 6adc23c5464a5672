//===- cpu/Translate.cpp - from a device module to running code -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The whole module is translated once. A function that this backend cannot run keeps the others running: only a launch
// of a kernel that reaches it is refused.
//===----------------------------------------------------------------------===//

#include "Translate.h"
#include "cordon/Findings.h"
#include "cordon/Passes.h"
#include "llvm/ADT/Statistic.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/ThreadSafeModule.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/Verifier.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;

namespace cordon::smoke::cpu {
namespace {

std::string isDeviceModule(const Module &M, const std::string &Path) {
  const Triple &T = M.getTargetTriple();
  if (T.isNVPTX())
    return "";
  if (T.isAMDGPU() || T.isSPIROrSPIRV())
    return "unsupported: '" + Path + "' is device code for " + T.str();
  return "'" + Path + "' is host code for " + T.str() +
         "; give the device module that cordon-quarantine writes, or an image";
}

/// libdevice where device code calls it: then mathematical functions give what they give on a GPU.
void linkLibdevice(Module &M) {
  bool Needed = false;
  for (Function &F : M)
    Needed |= F.isDeclaration() && F.getName().starts_with("__nv_") && !F.use_empty();
  std::string Path = CORDON_LIBDEVICE_PATH;
  for (const char *Variable : {"CUDA_HOME", "CUDA_PATH"})
    if (const char *Root = getenv(Variable); Root && !sys::fs::exists(Path))
      Path = std::string(Root) + "/nvvm/libdevice/libdevice.10.bc";
  if (!Needed || Path.empty() || !sys::fs::exists(Path))
    return; // then they are mapped to libm
  SMDiagnostic Err;
  std::unique_ptr<Module> Lib = parseIRFile(Path, Err, M.getContext());
  if (!Lib)
    return;
  Lib->setTargetTriple(M.getTargetTriple());
  Lib->setDataLayout(M.getDataLayout());
  Linker::linkModules(M, std::move(Lib), Linker::LinkOnlyNeeded);
}

/// True if the module calls what neither CUDA's driver nor LLVM defines: then it has not been linked yet.
bool needsRuntime(const Module &M) {
  for (const Function &F : M) {
    if (!F.isDeclaration() || F.use_empty() || F.getName().starts_with("llvm."))
      continue;
    if (!is_contained({"vprintf", "malloc", "free", "__assertfail", "__nvvm_reflect", "cudaCGGetIntrinsicHandle",
                       "cudaCGSynchronize"},
                      F.getName()))
      return true;
  }
  return false;
}

/// Repairs and links a module that comes as the split left it, as cordon would for a GPU. Where that is refused, the
/// module stays as it is, and the backend's own definitions serve.
std::unique_ptr<Module> prepared(std::unique_ptr<Module> Device) {
  if (!needsRuntime(*Device))
    return Device;
  std::unique_ptr<Module> Copy = CloneModule(*Device);
  FindingSet Findings;
  if (!prepareDevice(*Copy, {}, Findings) || !linkRuntime(*Copy, {}, Findings) || Findings.hasErrors() ||
      verifyModule(*Copy))
    return Device;
  return Copy;
}

/// Before kernels are split and put into loops: inlined, variables promoted, loops that have a known length unrolled.
enum class Effort { Simplify, Little, Full };

void optimize(Module &M, TargetMachine &TM, Effort How) {
  LoopAnalysisManager LAM;
  FunctionAnalysisManager FAM;
  CGSCCAnalysisManager CGAM;
  ModuleAnalysisManager MAM;
  PipelineTuningOptions Tuning;
  Tuning.LoopVectorization = Tuning.SLPVectorization = How == Effort::Full;
  PassBuilder PB(&TM, Tuning);
  PB.registerModuleAnalyses(MAM);
  PB.registerCGSCCAnalyses(CGAM);
  PB.registerFunctionAnalyses(FAM);
  PB.registerLoopAnalyses(LAM);
  PB.crossRegisterProxies(LAM, FAM, CGAM, MAM);
  if (How == Effort::Simplify)
    PB.buildModuleSimplificationPipeline(OptimizationLevel::O3, ThinOrFullLTOPhase::None).run(M, MAM);
  else
    PB.buildPerModuleDefaultPipeline(How == Effort::Little ? OptimizationLevel::O1 : OptimizationLevel::O2).run(M, MAM);
}

std::string text(Error E) { return toString(std::move(E)); }

} // namespace

std::string Image::load(StringRef Data, const std::string &Path, const BackendOptions &Options) {
  Context = std::make_unique<LLVMContext>();
  // Warnings of the reader (a data layout of another clang) are not the user's business here.
  Context->setDiagnosticHandlerCallBack(
      [](const DiagnosticInfo *DI, void *) {
        if (DI->getSeverity() != DS_Error)
          return;
        DiagnosticPrinterRawOStream DP(errs());
        DI->print(DP);
        errs() << '\n';
      },
      nullptr, true);
  SMDiagnostic Err;
  std::unique_ptr<MemoryBuffer> Buffer = MemoryBuffer::getMemBufferCopy(Data, Path);
  std::unique_ptr<Module> Device = parseIR(Buffer->getMemBufferRef(), Err, *Context);
  if (!Device) {
    std::string S;
    raw_string_ostream OS(S);
    Err.print("", OS, false, false);
    return "cannot read '" + Path + "' as LLVM bitcode or IR: " + StringRef(S).rtrim().str();
  }
  std::string Broken;
  raw_string_ostream OS(Broken);
  if (verifyModule(*Device, &OS))
    return "'" + Path + "' is not valid IR: " + StringRef(Broken).split('\n').first.str();
  if (std::string Error = isDeviceModule(*Device, Path); !Error.empty())
    return Error;
  Device = prepared(std::move(Device));
  linkLibdevice(*Device);
  P.Check = Options.CheckMemory;
  P.CheckRaces = Options.CheckRaces;
  findKernels(*Device, P);
  if (std::string Error = flatten(*Device, P); !Error.empty())
    return Error;
  Device.reset();
  return compile(Options);
}

std::string Image::compile(const BackendOptions &Options) {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  auto JTMB = orc::JITTargetMachineBuilder::detectHost();
  if (!JTMB)
    return "no code generator for this host: " + text(JTMB.takeError());
  JTMB->setCodeGenOptLevel(CodeGenOptLevel::Default);
  // Code that was taken to be unreachable ends in a signal, not in the next function.
  JTMB->getOptions().TrapUnreachable = true;
  JTMB->getOptions().AllowFPOpFusion = FPOpFusion::Standard;
  auto TM = JTMB->createTargetMachine();
  if (!TM)
    return "no code generator for this host: " + text(TM.takeError());
  Module &M = *P.Flat;
  M.setTargetTriple((*TM)->getTargetTriple());
  M.setDataLayout((*TM)->createDataLayout());

  lowerCalls(P);
  lowerAtomics(P); // inline PTX has atomics, too
  lowerFloats(P);
  if (Options.CheckMemory || Options.CheckRaces)
    instrumentAccesses(P);
  refuseSharedInitialisers(P);
  classifyKernels(P);
  lowerSharedVariables(P);
  emitThreadEntries(P);
  bool Checks = Options.CheckMemory || Options.CheckRaces;
  StripDebugInfo(M);
  std::string Broken;
  raw_string_ostream OS(Broken);
  for (Function &F : M)
    if (!F.isDeclaration())
      F.addFnAttr("target-cpu", (*TM)->getTargetCPU());
  if (!Checks) { // which need to know each thread's stack
    inlineWaits(P);
    if (verifyModule(M, &OS))
      return "internal error: translation for the CPU is not valid IR: " + Broken;
    optimize(M, **TM, Effort::Simplify);
    emitRegions(P);
  }
  emitBlockEntries(P);
  for (Function &F : M)
    if (!F.isDeclaration())
      F.addFnAttr("target-cpu", (*TM)->getTargetCPU());
  if (verifyModule(M, &OS))
    return "internal error: translation for the CPU is not valid IR: " + Broken;
  optimize(M, **TM, Checks ? Effort::Little : Effort::Full);

  auto J = orc::LLJITBuilder().setJITTargetMachineBuilder(*JTMB).create();
  if (!J)
    return "cannot start the JIT: " + text(J.takeError());
  JIT = std::move(*J);
  orc::SymbolMap Symbols;
  for (const Service &S : services())
    Symbols[JIT->mangleAndIntern(S.Name)] = {orc::ExecutorAddr::fromPtr(S.Address), JITSymbolFlags::Exported};
  if (Error E = JIT->getMainJITDylib().define(orc::absoluteSymbols(std::move(Symbols))))
    return "cannot start the JIT: " + text(std::move(E));
  if (Error E = JIT->addIRModule(orc::ThreadSafeModule(std::move(P.Flat), std::move(Context))))
    return "cannot compile for the CPU: " + text(std::move(E));
  for (unsigned I = 0; I < P.Kernels.size(); ++I) {
    Kernel &K = P.Kernels[I];
    if (!K.HasEntry)
      continue;
    auto A = JIT->lookup((K.Split ? "__cordon_cpu_regions_" : "__cordon_cpu_entry_") + std::to_string(I));
    if (!A)
      return "cannot compile for the CPU: " + text(A.takeError());
    if (K.Split)
      K.Regions.Table = A->toPtr<const RegionFunction *>();
    else
      K.Entry = A->toPtr<EntryFunction>();
  }
  for (Variable &V : P.Variables) {
    auto A = JIT->lookup(V.Name);
    if (!A)
      return "cannot compile for the CPU: " + text(A.takeError());
    V.Address = A->getValue();
  }
  return "";
}

} // namespace cordon::smoke::cpu
