//===- analysis/CudaDeviceRuntime.cpp - libcudadevrt's functions ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types as in cuda_device_runtime_api.h; nvlink compares them with the library's.
//===----------------------------------------------------------------------===//

#include "analysis/CudaDeviceRuntime.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace cordon {

static constexpr CudaDeviceFunction Table[] = {
    {"DeviceGetAttribute", "i(pii)", true, false},
    {"DeviceGetLimit", "i(pi)", true, false},
    {"DeviceGetCacheConfig", "i(p)", true, false},
    {"DeviceGetSharedMemConfig", "i(p)", true, false},
    {"GetLastError", "i()", true, false},
    {"PeekAtLastError", "i()", true, false},
    {"GetErrorString", "p(i)", true, false},
    {"GetErrorName", "p(i)", true, false},
    {"GetDeviceCount", "i(p)", true, false},
    {"GetDevice", "i(p)", true, false},
    {"StreamCreateWithFlags", "i(pi)", true, false},
    {"StreamDestroy", "i(p)", true, false},
    {"StreamWaitEvent", "i(ppi)", true, true},
    {"EventCreateWithFlags", "i(pi)", true, false},
    {"EventRecord", "i(pp)", true, true},
    {"EventRecordWithFlags", "i(ppi)", true, true},
    {"EventDestroy", "i(p)", true, false},
    {"FuncGetAttributes", "i(pp)", true, false},
    {"Free", "i(p)", true, false},
    {"Malloc", "i(pp)", true, false},
    {"MemcpyAsync", "i(pppip)", true, true},
    {"Memcpy2DAsync", "i(ppppppip)", true, true},
    {"Memcpy3DAsync", "i(pp)", true, true},
    {"MemsetAsync", "i(pipp)", true, true},
    {"Memset2DAsync", "i(ppippp)", true, true},
    {"Memset3DAsync", "i(PiEp)", true, true},
    {"RuntimeGetVersion", "i(p)", true, false},
    {"OccupancyMaxActiveBlocksPerMultiprocessor", "i(ppip)", true, false},
    {"OccupancyMaxActiveBlocksPerMultiprocessorWithFlags", "i(ppipi)", true, false},
    {"GetParameterBuffer", "p(pp)", false, false},
    {"GetParameterBufferV2", "p(pDDi)", false, false, 0},
    {"LaunchDevice", "i(ppDDip)", false, true, 0},
    {"LaunchDeviceV2", "i(pp)", false, true},
    {"CGGetIntrinsicHandle", "p(i)", false, false},
    {"CGSynchronize", "i(pi)", false, false},
    {"CGSynchronizeGrid", "i(pi)", false, false},
    {"CGGetSize", "i(ppp)", false, false},
    {"CGGetRank", "i(ppp)", false, false},
    {"GraphLaunch", "i(pp)", false, false}, // in host code more often the host's
};

/// Names that dynamic parallelism's second design left as they were.
static bool isUnchanged(StringRef Base) { return Base.starts_with("CG") || Base == "GraphLaunch"; }

const CudaDeviceFunction *findCudaDeviceFunction(StringRef Name) {
  bool Current = Name.consume_front("__cudaCDP2");
  if (!Current && !Name.consume_front("cuda"))
    return nullptr;
  if (Current && isUnchanged(Name))
    return nullptr;
  bool Streams = Name.consume_back("_ptsz");
  const auto *F = find_if(Table, [&](const CudaDeviceFunction &E) { return E.Name == Name; });
  return F == std::end(Table) || (Streams && !F->HasStreams) ? nullptr : F;
}

std::string currentCudaDeviceName(StringRef Name) {
  StringRef Base = Name;
  if (!Base.consume_front("cuda") || isUnchanged(Base))
    return Name.str();
  return ("__cudaCDP2" + Twine(Base)).str();
}

} // namespace cordon
