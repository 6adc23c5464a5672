//===- lower/Optimize.cpp - the device pipeline ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM's own per-module pipeline with NVPTX's target machine: address-space inference, __nvvm_reflect and the target's
// cost model come with it. For several architectures the simplification half runs once, before the module is copied.

#include "lower/Pipeline.h"
#include "lower/Stages.h"
#include "llvm/Analysis/AliasAnalysis.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/ADCE.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"

using namespace llvm;

namespace cordon {
namespace {

/// Level 2, the default, is all that LLVM has, as nvcc's default is for device code: what sets 3 apart is that it unrolls
/// further, without which some kernels take 1.75 times as long.
OptimizationLevel levelOf(unsigned OptLevel) {
  return OptLevel == 0   ? OptimizationLevel::O0
         : OptLevel == 1 ? OptimizationLevel::O1
                         : OptimizationLevel::O3;
}

/// A pass builder of our own: the compiler's has its plugins' callbacks, this plugin's among them.
class DevicePipeline {
public:
  explicit DevicePipeline(TargetMachine &TM, unsigned OptLevel) : PB(&TM, tuning(OptLevel)) {
    addCordonPasses(OptLevel);
    PB.registerModuleAnalyses(MAM);
    PB.registerCGSCCAnalyses(CGAM);
    PB.registerFunctionAnalyses(FAM);
    PB.registerLoopAnalyses(LAM);
    PB.crossRegisterProxies(LAM, FAM, CGAM, MAM);
  }
  PassBuilder &builder() { return PB; }
  void run(Module &M, ModulePassManager MPM) { MPM.run(M, MAM); }

private:
  void addCordonPasses(unsigned OptLevel) {
    PB.registerPipelineEarlySimplificationEPCallback([=](ModulePassManager &MPM, OptimizationLevel, ThinOrFullLTOPhase) {
      FunctionPassManager FPM;
      if (addPipelinePasses(PipelinePoint::Early, OptLevel, FPM))
        MPM.addPass(createModuleToFunctionPassAdaptor(std::move(FPM)));
    });
    PB.registerPeepholeEPCallback([=](FunctionPassManager &FPM, OptimizationLevel) {
      addPipelinePasses(PipelinePoint::Peephole, OptLevel, FPM);
    });
    PB.registerVectorizerStartEPCallback([=](FunctionPassManager &FPM, OptimizationLevel) {
      addPipelinePasses(PipelinePoint::BeforeUnroller, OptLevel, FPM);
    });
    PB.registerOptimizerLastEPCallback([=](ModulePassManager &MPM, OptimizationLevel, ThinOrFullLTOPhase) {
      FunctionPassManager FPM;
      if (!addPipelinePasses(PipelinePoint::AfterUnroller, OptLevel, FPM))
        return;
      FPM.addPass(EarlyCSEPass());
      FPM.addPass(SimplifyCFGPass());
      MPM.addPass(createModuleToFunctionPassAdaptor(std::move(FPM)));
    });
  }
  static PipelineTuningOptions tuning(unsigned OptLevel) {
    PipelineTuningOptions PTO; // as clang sets it
    PTO.LoopUnrolling = PTO.LoopInterleaving = PTO.LoopVectorization = PTO.SLPVectorization = OptLevel >= 2;
    return PTO;
  }
  LoopAnalysisManager LAM;
  FunctionAnalysisManager FAM;
  CGSCCAnalysisManager CGAM;
  ModuleAnalysisManager MAM;
  PassBuilder PB;
};

ModulePassManager cordonPasses(PipelinePoint Point, unsigned OptLevel) {
  FunctionPassManager FPM;
  addPipelinePasses(Point, OptLevel, FPM);
  ModulePassManager MPM;
  if (Point == PipelinePoint::Start)
    addPipelineModulePasses(OptLevel, MPM);
  MPM.addPass(createModuleToFunctionPassAdaptor(std::move(FPM)));
  return MPM;
}

} // namespace

void simplifyForAll(Module &M, TargetMachine &TM, unsigned OptLevel) {
  if (OptLevel == 0)
    return;
  DevicePipeline P(TM, OptLevel);
  ModulePassManager MPM = cordonPasses(PipelinePoint::Start, OptLevel);
  MPM.addPass(P.builder().buildModuleSimplificationPipeline(levelOf(OptLevel), ThinOrFullLTOPhase::None));
  P.run(M, std::move(MPM));
}

void optimizeDevice(Module &M, TargetMachine &TM, unsigned OptLevel, bool Simplified) {
  DevicePipeline P(TM, OptLevel);
  OptimizationLevel Level = levelOf(OptLevel);
  if (!Simplified || OptLevel == 0) {
    ModulePassManager MPM = cordonPasses(PipelinePoint::Start, OptLevel);
    MPM.addPass(P.builder().buildPerModuleDefaultPipeline(Level));
    MPM.addPass(cordonPasses(PipelinePoint::End, OptLevel));
    P.run(M, std::move(MPM));
    return;
  }
  ModulePassManager MPM;
  if (M.getFunction("__nvvm_reflect") || M.getFunction("llvm.nvvm.reflect")) {
    // What was one function for all architectures falls apart here: clean up as the target's own callback would.
    FunctionPassManager FPM;
    FPM.addPass(SimplifyCFGPass());
    FPM.addPass(InstCombinePass());
    FPM.addPass(ADCEPass());
    FPM.addPass(SimplifyCFGPass());
    Error E = P.builder().parsePassPipeline(MPM, "nvvm-reflect");
    consumeError(std::move(E)); // code generation folds it again
    MPM.addPass(createModuleToFunctionPassAdaptor(std::move(FPM)));
    MPM.addPass(GlobalDCEPass());
  }
  MPM.addPass(P.builder().buildModuleOptimizationPipeline(Level, ThinOrFullLTOPhase::None));
  MPM.addPass(cordonPasses(PipelinePoint::End, OptLevel));
  P.run(M, std::move(MPM));
}

} // namespace cordon
