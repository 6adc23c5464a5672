//===- cordon/DevicePasses.h - what other stages use of device preparation -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CORDON_DEVICEPASSES_H
#define CORDON_DEVICEPASSES_H

#include "cordon/Findings.h"
#include "cordon/Toolchain.h"
#include <optional>

namespace llvm {
class CallBase;
class Function;
class Module;
} // namespace llvm

namespace cordon {

/// `!cordon.host.datalayout = !{!{!"LAYOUT", !"TRIPLE"}}` in a device module: what the host laid its types out with.
constexpr llvm::StringLiteral HostLayoutMetadata = "cordon.host.datalayout";

/// `!cordon.cuda`, empty, in a device module: the host launched with `<<<>>>`, so that clang compiled it from CUDA.
constexpr llvm::StringLiteral CudaSourceMetadata = "cordon.cuda";

/// After linking and optimization: every symbol that is used and that nothing defines becomes a finding
/// (unresolved-device-symbol) with its callers and the nearest name that is known; calls of a type that is not the
/// definition's become runtime-signature. The driver's own (vprintf, malloc, free, __assertfail) are fine.
void checkClosure(llvm::Module &Device, FindingSet &Findings);

/// Calls of intrinsics that are declared with a type that they do not have become runtime-signature: compilers run no
/// verifier before plugins.
void checkIntrinsicSignatures(llvm::Module &Device, FindingSet &Findings);

/// Calls of intrinsics in the host's C ABI (a struct in two registers or through memory, shared memory as a plain pointer)
/// become calls as LLVM defines them, where the bits agree. Returns true if it changed something.
bool matchIntrinsics(llvm::Module &Device, FindingSet &Findings);

/// Makes the strings of all __nvvm_reflect calls constants, or refuses: LLVM aborts on others. Returns true if it changed
/// something.
bool resolveReflect(llvm::Module &Device, FindingSet &Findings);
/// True for __nvvm_reflect itself.
bool isReflect(const llvm::Function &F);
/// The string of such a call, if it is a constant.
std::optional<llvm::StringRef> reflectQuestion(const llvm::CallBase &Call);

/// Asks LLVM's back end, in a child, about every operation of \p Device that an architecture may lack, and adds
/// unsupported-on-arch for those that it cannot select for \p Arch with PTX version \p PTX (major * 10 + minor).
void checkArchSupport(llvm::Module &Device, const GPUArch &Arch, unsigned PTX, FindingSet &Findings);

} // namespace cordon

#endif // CORDON_DEVICEPASSES_H
