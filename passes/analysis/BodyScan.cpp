//===- analysis/BodyScan.cpp - address spaces and inline assembly ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one look at every instruction. Each kind of instruction names the few types that can hold a device pointer, so
// that an ordinary one costs a few loads and no look-up.
//
// A pointer in 3, 4, 5 or 7 is evidence wherever an instruction makes or uses one. Address space 1 is also used by
// garbage collectors and by tables that hosts hand to the CUDA runtime: there it takes an access, or a cast of a pointer
// that is not constant, outside functions with a `gc` strategy.
//===----------------------------------------------------------------------===//

#include "analysis/EvidenceCollector.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

namespace cordon {

/// The address space of a pointer or a vector of pointers, 0 for anything else.
static unsigned spaceOf(const Type *Ty) {
  if (auto *Vector = dyn_cast<VectorType>(Ty))
    Ty = Vector->getElementType();
  auto *Pointer = dyn_cast<PointerType>(Ty);
  return Pointer ? Pointer->getAddressSpace() : 0;
}

static bool isDeviceSpace(unsigned Space) { return Space == 3 || Space == 4 || Space == 5 || Space == 7; }

void EvidenceCollector::addSpace(const Instruction &I, unsigned Space) {
  // Neighbours that would be reported alike.
  if (!Found.empty()) {
    const Evidence &Last = Found.back();
    if (Last.R == Rule::DeviceAddressSpace && Last.At && Last.F == I.getFunction() &&
        Last.At->getDebugLoc() == I.getDebugLoc() && Last.Symbol == utostr(Space))
      return;
  }
  static const char *const Names[] = {"", "global", "", "shared", "constant", "local", "", "shared cluster"};
  add(Rule::DeviceAddressSpace, *I.getFunction(), &I, utostr(Space),
      Twine("the GPU's ") + Names[Space] + " memory; the host would access its own memory there");
}

void EvidenceCollector::scanBody(const Function &F) {
  const bool Collector = F.hasGC();
  for (const BasicBlock &BB : F)
    for (const Instruction &I : BB) {
      auto Use = [&](const Value *V) {
        unsigned Space = spaceOf(V->getType());
        if (LLVM_UNLIKELY(Space != 0 && isDeviceSpace(Space)))
          addSpace(I, Space);
      };
      auto Access = [&](const Value *Pointer) {
        unsigned Space = spaceOf(Pointer->getType());
        if (LLVM_UNLIKELY(Space != 0) && (isDeviceSpace(Space) || (Space == 1 && !Collector)))
          addSpace(I, Space);
      };
      switch (I.getOpcode()) {
      case Instruction::Load:
        Access(I.getOperand(0));
        Use(&I);
        break;
      case Instruction::Store:
        Access(I.getOperand(1));
        Use(I.getOperand(0));
        break;
      case Instruction::AtomicRMW:
      case Instruction::AtomicCmpXchg:
        Access(I.getOperand(0));
        Use(I.getOperand(1));
        break;
      case Instruction::AddrSpaceCast:
      case Instruction::IntToPtr:
      case Instruction::PtrToInt:
      case Instruction::PtrToAddr:
        if (isa<Constant>(I.getOperand(0))) {
          Use(I.getOperand(0));
          Use(&I);
        } else {
          Access(I.getOperand(0));
          Access(&I);
        }
        break;
      case Instruction::ICmp:
      case Instruction::Ret:
        if (I.getNumOperands())
          Use(I.getOperand(0));
        break;
      case Instruction::InsertValue:
        Use(I.getOperand(1));
        break;
      case Instruction::Call:
      case Instruction::Invoke:
      case Instruction::CallBr: {
        const auto &Call = cast<CallBase>(I);
        const Value *Callee = Call.getCalledOperand();
        if (isa<InlineAsm>(Callee)) {
          StringRef Mnemonic = Asm.ptxMnemonic(Call);
          if (!Mnemonic.empty())
            add(Rule::PTXAsm, F, &I, Mnemonic, "PTX, which the host's assembler refuses");
        }
        bool Memory = false;
        if (auto *Known = dyn_cast<Function>(Callee); Known && Known->isIntrinsic())
          switch (Known->getIntrinsicID()) {
          case Intrinsic::memcpy:
          case Intrinsic::memcpy_inline:
          case Intrinsic::memcpy_element_unordered_atomic:
          case Intrinsic::memmove:
          case Intrinsic::memmove_element_unordered_atomic:
          case Intrinsic::memset:
          case Intrinsic::memset_inline:
          case Intrinsic::memset_element_unordered_atomic:
          case Intrinsic::masked_load:
          case Intrinsic::masked_store:
          case Intrinsic::masked_gather:
          case Intrinsic::masked_scatter:
          case Intrinsic::masked_expandload:
          case Intrinsic::masked_compressstore:
          case Intrinsic::vp_load:
          case Intrinsic::vp_store:
          case Intrinsic::vp_gather:
          case Intrinsic::vp_scatter:
            Memory = true;
            break;
          default:
            break;
          }
        for (const auto &Arg : Call.args())
          Memory ? Access(Arg.get()) : Use(Arg.get());
        Use(&I);
        break;
      }
      case Instruction::Alloca:
      case Instruction::GetElementPtr:
      case Instruction::PHI:
      case Instruction::Select:
      case Instruction::ExtractValue:
      case Instruction::ExtractElement:
      case Instruction::InsertElement:
      case Instruction::ShuffleVector:
      case Instruction::Freeze:
      case Instruction::VAArg:
        Use(&I);
        break;
      default:
        break;
      }
    }
}

} // namespace cordon
