//===- lower/DeviceMachine.cpp - the NVPTX back end, in process -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code generation by the NVPTX target of the libLLVM that already runs. It calls abort() on what it cannot select, so it
// works in a child process.

#include "lower/Stages.h"
#include "support/ForkedChild.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/raw_ostream.h"

// What libLLVM exports; llvm/Support/TargetSelect.h has them all, for targets that may be missing.
extern "C" {
void LLVMInitializeNVPTXTargetInfo() __attribute__((weak));
void LLVMInitializeNVPTXTarget() __attribute__((weak));
void LLVMInitializeNVPTXTargetMC() __attribute__((weak));
void LLVMInitializeNVPTXAsmPrinter() __attribute__((weak));
}

using namespace llvm;

namespace cordon {

static bool initializeNVPTX() {
  if (!LLVMInitializeNVPTXTargetInfo || !LLVMInitializeNVPTXTarget || !LLVMInitializeNVPTXTargetMC ||
      !LLVMInitializeNVPTXAsmPrinter)
    return false;
  static const bool Done = [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    return true;
  }();
  return Done;
}

Expected<std::unique_ptr<TargetMachine>> createDeviceMachine(const Module &M, const GPUArch &Arch, unsigned PTX,
                                                             unsigned OptLevel) {
  const Triple &T = M.getTargetTriple();
  if (!T.isNVPTX() || !T.isArch64Bit())
    return createStringError("'%s' is no device module: its triple is '%s', not nvptx64-nvidia-cuda",
                             M.getModuleIdentifier().c_str(), T.str().c_str());
  if (!initializeNVPTX())
    return createStringError("this LLVM was built without the NVPTX target; use one that has it "
                             "(llc --version lists nvptx64)");
  std::string Message;
  const Target *NVPTX = TargetRegistry::lookupTarget(T, Message);
  if (!NVPTX)
    return createStringError(Message);
  TargetOptions Options;
  std::unique_ptr<TargetMachine> TM(NVPTX->createTargetMachine(
      T, Arch.smName(), "+ptx" + std::to_string(PTX), Options, Reloc::PIC_, std::nullopt,
      OptLevel == 0   ? CodeGenOptLevel::None
      : OptLevel == 1 ? CodeGenOptLevel::Less
      : OptLevel == 2 ? CodeGenOptLevel::Default
                      : CodeGenOptLevel::Aggressive));
  if (!TM)
    return createStringError("LLVM's NVPTX target made no target machine for %s", Arch.name().c_str());
  return TM;
}

/// What an initializer names comes before it, in its order. LLVM 22's NVPTX writes what is still missing in the order of a set
/// of pointers, which differs from run to run.
static void orderVariables(Module &M) {
  SmallVector<GlobalVariable *> Old(make_pointer_range(M.globals())), Ordered;
  SmallPtrSet<const Constant *, 32> Seen;
  for (GlobalVariable *V : Old) {
    SmallVector<std::pair<Constant *, unsigned>, 8> Stack; // and the next operand to look at
    auto Enter = [&](Constant *C) {
      if (!isa<ConstantData, Function>(C) && Seen.insert(C).second)
        Stack.emplace_back(C, 0);
    };
    Enter(V);
    while (!Stack.empty()) {
      auto &[C, Next] = Stack.back();
      if (Next != C->getNumOperands()) {
        if (auto *Operand = dyn_cast<Constant>(C->getOperand(Next++)))
          Enter(Operand);
        continue;
      }
      if (auto *Done = dyn_cast<GlobalVariable>(C))
        Ordered.push_back(Done);
      Stack.pop_back();
    }
  }
  if (Ordered == Old)
    return;
  for (GlobalVariable *V : Ordered) {
    M.removeGlobalVariable(V);
    M.insertGlobalVariable(V);
  }
}

static Error runBackEnd(Module &M, const GPUArch &Arch, unsigned PTX, unsigned OptLevel, raw_ostream &Out) {
  orderVariables(M);
  Expected<std::unique_ptr<TargetMachine>> TM = createDeviceMachine(M, Arch, PTX, OptLevel);
  if (!TM)
    return TM.takeError();
  SmallString<0> Text;
  raw_svector_ostream OS(Text);
  legacy::PassManager PM;
  if ((*TM)->addPassesToEmitFile(PM, OS, nullptr, CodeGenFileType::AssemblyFile))
    return createStringError("LLVM's NVPTX target cannot write assembly");
  PM.run(M);
  Out << Text;
  return Error::success();
}

static ChildResult runBackEnd(Module &M, const GPUArch &Arch, unsigned PTX, unsigned OptLevel) {
  return runInChild(&M.getContext(),
                    [&](raw_ostream &Out) { return runBackEnd(M, Arch, PTX, OptLevel, Out); });
}

Expected<std::string> generatePTX(Module &M, const GPUArch &Arch, unsigned &PTX, bool Fixed, unsigned OptLevel,
                                  std::vector<std::string> &Warnings) {
  auto Generate = [&](Module &Part, raw_ostream &Out) { return runBackEnd(Part, Arch, PTX, OptLevel, Out); };
  if (std::optional<std::string> Text = generateInParts(M, Generate, Warnings))
    return std::move(*Text);
  ChildResult R = runBackEnd(M, Arch, PTX, OptLevel);
  if (!R.Ok && !Fixed) {
    // No table of what needs which version is public: the lowest that works is found by trying, newest first, so that
    // code that no version can express costs one run more and not ten.
    ArrayRef<unsigned> Known = knownPTXVersions();
    if (Known.back() > PTX) {
      ChildResult Newest = runBackEnd(M, Arch, Known.back(), OptLevel);
      if (Newest.Ok)
        for (unsigned V : Known) {
          if (V <= PTX)
            continue;
          R = V == Known.back() ? std::move(Newest) : runBackEnd(M, Arch, V, OptLevel);
          if (R.Ok) {
            PTX = V;
            break;
          }
        }
    }
  }
  llvm::append_range(Warnings, R.Warnings);
  if (!R.Ok)
    return createStringError(R.Error);
  return std::move(R.Bytes);
}

} // namespace cordon
