//===- analysis/DeviceSymbols.cpp - names that only exist on the device ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one table of device-side symbols: GPUCompiler's runtime, its pseudo intrinsics, NVVM's and PTX's system calls, and
// libcudadevrt. A user's file adds names and globs to it.
//===----------------------------------------------------------------------===//

#include "analysis/CudaDeviceRuntime.h"
#include "cordon/DeviceUse.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace cordon {

// GPUCompiler's src/runtime.jl; "ptx_" was the prefix until April 2020. A plain `gpu_` glob would take in the many
// programs that have a gpu_init of their own.
bool DeviceSymbols::isRuntimeFunction(StringRef Name) {
  if (!Name.consume_front("gpu_") && !Name.consume_front("ptx_"))
    return false;
  return StringSwitch<bool>(Name)
      .Cases({"signal_exception", "report_exception", "report_exception_name", "report_exception_frame"}, true)
      .Cases({"report_oom", "malloc", "gc_pool_alloc"}, true)
      .Default(false);
}

bool DeviceSymbols::isDeviceOnlyCudaRuntime(StringRef Name) {
  return Name.starts_with("cudaGetParameterBuffer") || Name.starts_with("cudaLaunchDevice") ||
         Name.starts_with("cudaCG") || Name.starts_with("__cudaCDP2");
}

bool DeviceSymbols::isAmbiguousCudaRuntime(StringRef Name) {
  // CUDA 11's headers and CUDA 13's declare these for device code; no library has them.
  if (Name == "cudaDeviceSynchronize" || Name == "cudaEventRecordWithFlags" || Name == "cudaEventRecordWithFlags_ptsz")
    return true;
  const CudaDeviceFunction *F = Name.starts_with("cuda") ? findCudaDeviceFunction(Name) : nullptr;
  return F && F->OnHost;
}

bool DeviceSymbols::isLibdevice(StringRef Name) {
  if (!Name.consume_front("__nv_"))
    return false;
  // nvcc's host-side registration helpers have the same prefix.
  for (StringRef Host : {"cuda", "save_", "init", "fatbin", "managed", "module", "dummy", "dl_", "hdl_", "def_"})
    if (Name.starts_with(Host))
      return false;
  return true;
}

bool DeviceSymbols::isDeviceSystemCall(StringRef Name) {
  return Name == "vprintf" || Name == "malloc" || Name == "free";
}

bool DeviceSymbols::isDeviceRuntime(StringRef Name) const {
  if (isRuntimeFunction(Name) || isDeviceOnlyCudaRuntime(Name) || Name.starts_with("julia.gpu."))
    return true;
  if (StringSwitch<bool>(Name)
          .Cases({"gpu_static_assert", "deferred_codegen", "julia_exception_flag", "cudanativeExceptionFlag"}, true)
          .Cases({"__nvvm_reflect", "__assertfail"}, true)
          .Cases({"sm_major", "sm_minor", "sm_features", "ptx_major", "ptx_minor", "ptx_features"}, true)
          .Cases({"global_random_keys", "global_random_counters"}, true)
          .Cases({"gpu_ke_data", "gpu_we_data", "gpu_fe_data"}, true)
          .Default(false))
    return true;
  return Names.contains(Name) || any_of(Globs, [&](const GlobPattern &G) { return G.match(Name); });
}

std::string DeviceSymbols::addFile(StringRef File) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> Buffer = MemoryBuffer::getFile(File, /*IsText=*/true);
  if (!Buffer)
    return ("cannot read the symbols file '" + File + "': " + Buffer.getError().message() +
            "; give symbols= a text file with one name or glob on each line")
        .str();
  for (line_iterator I(**Buffer, /*SkipBlanks=*/true, '#'); !I.is_at_end(); ++I) {
    StringRef Line = I->split('#').first.trim();
    if (Line.empty())
      continue;
    if (Line.find_first_of("*?[{\\") == StringRef::npos) {
      Names.insert(Line);
      continue;
    }
    if (Expected<GlobPattern> P = GlobPattern::create(Line))
      Globs.push_back(std::move(*P));
    else
      return (File + ":" + Twine(I.line_number()) + ": '" + Line + "' is no glob: " + toString(P.takeError())).str();
  }
  Files.push_back(std::move(*Buffer));
  return "";
}

} // namespace cordon
