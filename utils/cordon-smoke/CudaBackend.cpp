//===- cordon-smoke/CudaBackend.cpp - the GPU -----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loads images and launches kernels through the CUDA driver, which is opened at run time. Before the first launch it
// fills `__cordon_state` with a record in pinned host memory, so that an exception can still be read when the failed
// launch has taken the context with it. After a failure nothing is released: every call would return the same error.
//===----------------------------------------------------------------------===//
#include "CudaBackend.h"
#include "CudaDriver.h"

// The header is C, where {0} is the way to clear a struct.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#include "cordon/abi/heap.h"
#pragma GCC diagnostic pop
#include <chrono>
#include <cstring>
#include <dlfcn.h>
#include <thread>

using namespace cordon::smoke;
using namespace cordon::smoke::cuda;

std::string Driver::open() {
  Library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!Library)
    return "no CUDA driver: libcuda.so.1 was not found";
#define CORDON_LOAD_OPTIONAL(NAME, SYMBOL, PARAMS) NAME = reinterpret_cast<Result(*) PARAMS>(dlsym(Library, SYMBOL));
#define CORDON_LOAD(NAME, SYMBOL, PARAMS)                                                                              \
  CORDON_LOAD_OPTIONAL(NAME, SYMBOL, PARAMS)                                                                           \
  if (!NAME)                                                                                                           \
    return "the CUDA driver is too old: it has no " SYMBOL;
  CORDON_CUDA_FUNCTIONS(CORDON_LOAD, CORDON_LOAD_OPTIONAL)
#undef CORDON_LOAD
#undef CORDON_LOAD_OPTIONAL
  return "";
}

std::string Driver::describe(Result R) const {
  const char *Name = nullptr, *Text = nullptr;
  GetErrorName(R, &Name);
  GetErrorString(R, &Text);
  return std::string(Name ? Name : "unknown error") + " (" + std::to_string(R) + "): " + (Text ? Text : "no text");
}

namespace {
class CudaBackend : public Backend {
public:
  CudaBackend(const BackendOptions &O) : Options(O) {}

  std::string open() {
    std::string Error = D.open();
    if (!Error.empty())
      return Error;
    int Count = 0;
    Result R = D.Init(0);
    if (R == Success)
      R = D.DeviceGetCount(&Count);
    if (R != Success)
      return "no usable GPU: " + D.describe(R);
    if (Options.Device < 0 || Options.Device >= Count)
      return Count == 0 ? "no GPU"
                        : "no GPU " + std::to_string(Options.Device) + ": there are " + std::to_string(Count);
    Context Ctx = nullptr;
    // The stream is one that waits for the default stream, so that copies from pageable memory are done before a launch.
    if ((R = D.DeviceGet(&Dev, Options.Device)) != Success || (R = D.PrimaryCtxRetain(&Ctx, Dev)) != Success ||
        (R = D.CtxSetCurrent(Ctx)) != Success || (R = D.StreamCreate(&S, 0)) != Success ||
        (R = D.EventCreate(&Start, 0)) != Success || (R = D.EventCreate(&Stop, 0)) != Success)
      return "the GPU cannot be used: " + D.describe(R);
    return "";
  }

  std::string name() const override {
    char Name[128] = "";
    int Major = 0, Minor = 0;
    D.DeviceGetName(Name, sizeof(Name) - 1, Dev);
    D.DeviceGetAttribute(&Major, AttributeMajor, Dev);
    D.DeviceGetAttribute(&Minor, AttributeMinor, Dev);
    return std::string("cuda: ") + Name + ", sm_" + std::to_string(Major * 10 + Minor);
  }

  std::string load(const void *Data, size_t Size, const std::string &Path) override {
    // PTX has to end with a NUL.
    Image.assign(static_cast<const char *>(Data), Size);
    char Info[8192] = "", Errors[8192] = "";
    JitOption Names[] = {JitInfoLog, JitInfoLogBytes, JitErrorLog, JitErrorLogBytes};
    void *Values[] = {Info, reinterpret_cast<void *>(sizeof(Info)), Errors, reinterpret_cast<void *>(sizeof(Errors))};
    Result R = D.ModuleLoadDataEx(&M, Image.c_str(), 4, Names, Values);
    if (R != Success) {
      bool Here = R == ErrorNoBinaryForGpu || R == ErrorUnsupportedPtxVersion || R == ErrorJitCompilerNotFound;
      std::string Message = std::string(Here ? "unsupported: " : "") + "the driver cannot load '" + Path +
                            "': " + D.describe(R);
      for (char *Log : {Errors, Info}) {
        Log[8191] = 0;
        if (*Log)
          Message += std::string("\n") + (Log == Errors ? "JIT error log:\n" : "JIT log:\n") + Log;
      }
      while (!Message.empty() && (Message.back() == '\n' || Message.back() == ' '))
        Message.pop_back();
      return Message;
    }
    return prepareState();
  }

  std::vector<std::string> kernels() override {
    std::vector<std::string> Out;
    unsigned Count = 0;
    if (!D.ModuleGetFunctionCount || !D.ModuleEnumerateFunctions || !D.FuncGetName ||
        D.ModuleGetFunctionCount(&Count, M) != Success)
      return Out;
    std::vector<Function> Functions(Count);
    if (D.ModuleEnumerateFunctions(Functions.data(), Count, M) != Success)
      return Out;
    for (Function F : Functions) {
      const char *Name = nullptr;
      if (D.FuncGetName(&Name, F) == Success && Name)
        Out.push_back(Name);
    }
    return Out;
  }

  std::string findKernel(const std::string &DeviceName, KernelInfo &Out) override {
    Function F;
    Result R = D.ModuleGetFunction(&F, M, DeviceName.c_str());
    if (R != Success)
      return R == ErrorNotFound ? "no kernel '" + DeviceName + "'"
                                : "kernel '" + DeviceName + "': " + D.describe(R);
    Out = KernelInfo();
    Out.DeviceName = DeviceName;
    if (!D.FuncGetParamInfo)
      return "";
    // The driver has no count: the first index that it refuses is the end.
    size_t Offset, Size;
    while (Out.ParamSizes.size() < 8192 && D.FuncGetParamInfo(F, Out.ParamSizes.size(), &Offset, &Size) == Success) {
      Out.ParamOffsets.push_back(Offset);
      Out.ParamSizes.push_back(Size);
    }
    Out.ParamsKnown = true;
    return "";
  }

  std::string findVariable(const std::string &DeviceName, uint64_t &Address, uint64_t &Size) override {
    size_t Bytes = 0;
    Result R = D.ModuleGetGlobal(&Address, &Bytes, M, DeviceName.c_str());
    Size = Bytes;
    return R == Success ? "" : "no variable '" + DeviceName + "': " + D.describe(R);
  }

  std::string allocate(uint64_t Bytes, const std::string &Name, uint64_t &Address) override {
    Result R = D.MemAlloc(&Address, Bytes ? Bytes : 1);
    return R == Success ? "" : "cannot allocate " + std::to_string(Bytes) + " bytes for " + Name + ": " + D.describe(R);
  }

  std::string release(uint64_t Address) override {
    Result R = D.MemFree(Address);
    return R == Success ? "" : D.describe(R);
  }

  std::string copyIn(uint64_t Address, const void *Data, uint64_t Bytes) override {
    Result R = Bytes ? D.MemcpyHtoD(Address, Data, Bytes) : Success;
    return R == Success ? "" : "copying to the device: " + D.describe(R);
  }

  std::string copyOut(void *Data, uint64_t Address, uint64_t Bytes) override {
    Result R = Bytes ? D.MemcpyDtoH(Data, Address, Bytes) : Success;
    return R == Success ? "" : "copying from the device: " + D.describe(R);
  }

  std::string launch(const std::string &DeviceName, const LaunchConfig &C, void **Params,
                     const std::vector<uint64_t> &, double &Milliseconds) override {
    Function F;
    Result R = D.ModuleGetFunction(&F, M, DeviceName.c_str());
    if (R != Success)
      return "kernel '" + DeviceName + "': " + D.describe(R);
    std::string Error = allowShared(F, C.SharedBytes);
    if (!Error.empty())
      return Error;
    R = D.EventRecord(Start, S);
    if (R == Success)
      R = start(F, C, Params, Error);
    if (!Error.empty())
      return Error;
    if (R == Success)
      R = D.EventRecord(Stop, S);
    if (R != Success)
      return "launch: " + D.describe(R);
    return wait(Milliseconds);
  }

  const cordon_exception_record *exceptionRecord() override { return Record; }
  void clearException() override {
    if (Record)
      std::memset(Record, 0, sizeof(*Record));
  }

  std::string heapReport(uint64_t &LiveObjects) override {
    LiveObjects = 0;
    cordon_heap H;
    if (!Heap || D.MemcpyDtoH(&H, Heap, sizeof(H)) != Success)
      return "";
    std::vector<cordon_heap_slab> Slabs(H.slabs);
    if (D.MemcpyDtoH(Slabs.data(), H.slab_records, Slabs.size() * sizeof(cordon_heap_slab)) != Success)
      return "";
    cordon_heap_statistics Stats;
    cordon_heap_count(&H, Slabs.data(), &Stats);
    LiveObjects = Stats.live_objects;
    return std::to_string(Stats.live_objects) + " live objects of " + std::to_string(Stats.live_bytes) + " bytes, " +
           std::to_string(Stats.counters.allocations) + " allocations, " + std::to_string(Stats.counters.frees) +
           " frees, " + std::to_string(Stats.counters.failures) + " failures";
  }

private:
  BackendOptions Options;
  Driver D;
  Device Dev = 0;
  Stream S = nullptr;
  Event Start = nullptr, Stop = nullptr;
  Module M = nullptr;
  std::string Image;
  cordon_exception_record *Record = nullptr;
  DevicePtr Heap = 0;

  /// Makes the device runtime's heap. Without --heap a small device may do without one: the driver's malloc serves then.
  std::string prepareHeap() {
    const uint64_t Bytes = Options.HeapBytes ? Options.HeapBytes : 256 << 20;
    cordon_heap Header;
    Result R = D.MemAlloc(&Heap, Bytes);
    if (R != Success) {
      Heap = 0;
      return Options.HeapBytes ? "cannot allocate a heap of " + std::to_string(Bytes) + " bytes: " + D.describe(R) : "";
    }
    if (!cordon_heap_layout(Heap, Bytes, &Header))
      return "--heap=" + std::to_string(Bytes) + " is too little for a heap; 128K is the least";
    R = D.MemsetD8(Heap, 0, Header.metadata_bytes);
    if (R == Success)
      R = D.MemcpyHtoD(Heap, &Header, sizeof(Header));
    return R == Success ? "" : "cannot set up the heap: " + D.describe(R);
  }

  /// Fills the image's `__cordon_state`, where it has one.
  std::string prepareState() {
    DevicePtr State;
    size_t Size = 0;
    if (D.ModuleGetGlobal(&State, &Size, M, CORDON_STATE_SYMBOL) != Success)
      return "";
    if (Size < sizeof(cordon_state))
      return std::string("this image's ") + CORDON_STATE_SYMBOL + " has " + std::to_string(Size) +
             " bytes, not " + std::to_string(sizeof(cordon_state)) + ": it is from another version of the runtime";
    void *Host = nullptr;
    DevicePtr OnDevice = 0;
    Result R = D.MemHostAlloc(&Host, sizeof(cordon_exception_record), HostPortable | HostMapped);
    if (R == Success)
      R = D.MemHostGetDevicePointer(&OnDevice, Host, 0);
    if (R != Success)
      return "cannot allocate the exception record: " + D.describe(R);
    Record = static_cast<cordon_exception_record *>(Host);
    clearException();
    cordon_state Init;
    std::memset(&Init, 0, sizeof(Init));
    Init.version = CORDON_ABI_VERSION;
    Init.flags = Options.CheckHeap ? CORDON_STATE_CHECK_HEAP : 0;
    Init.record = OnDevice;
    std::string Error = prepareHeap();
    if (!Error.empty())
      return Error;
    Init.heap = Heap;
    Init.random_seed = 1;
    R = D.MemcpyHtoD(State, &Init, sizeof(Init));
    return R == Success ? "" : std::string("cannot set ") + CORDON_STATE_SYMBOL + ": " + D.describe(R);
  }

  /// Above 48 KiB, a kernel's shared memory has to be asked for (CUDA C++ Programming Guide, "Shared Memory" of 7.x on).
  std::string allowShared(Function F, unsigned Dynamic) {
    int Static = 0;
    if (!Dynamic || D.FuncGetAttribute(&Static, AttributeSharedBytes, F) != Success || Static + Dynamic <= 48 * 1024)
      return "";
    Result R = D.FuncSetAttribute(F, AttributeMaxDynamicShared, static_cast<int>(Dynamic));
    return R == Success ? ""
                        : std::to_string(Dynamic) + " bytes of dynamic shared memory next to " +
                              std::to_string(Static) + " static ones: " + D.describe(R);
  }

  Result start(Function F, const LaunchConfig &C, void **Params, std::string &Error) {
    const unsigned *G = C.Grid, *B = C.Block;
    if (!C.Cluster[0] && !C.Cooperative)
      return D.LaunchKernel(F, G[0], G[1], G[2], B[0], B[1], B[2], C.SharedBytes, S, Params, nullptr);
    if (!C.Cluster[0])
      return D.LaunchCooperativeKernel(F, G[0], G[1], G[2], B[0], B[1], B[2], C.SharedBytes, S, Params);
    if (!D.LaunchKernelEx) {
      Error = "the CUDA driver is too old for clusters: it has no cuLaunchKernelEx";
      return Success;
    }
    LaunchAttribute Attributes[2];
    std::memset(Attributes, 0, sizeof(Attributes));
    Attributes[0].Id = LaunchCluster;
    std::memcpy(Attributes[0].Value.Cluster, C.Cluster, sizeof(C.Cluster));
    Attributes[1].Id = LaunchCooperative;
    Attributes[1].Value.Cooperative = 1;
    if (uint64_t(C.Cluster[0]) * C.Cluster[1] * C.Cluster[2] > 8)
      D.FuncSetAttribute(F, AttributeNonPortableCluster, 1);
    ExtendedLaunch L = {{G[0], G[1], G[2]}, {B[0], B[1], B[2]}, C.SharedBytes, S, Attributes,
                            C.Cooperative ? 2u : 1u};
    return D.LaunchKernelEx(&L, F, Params, nullptr);
  }

  /// Polls, so that a kernel that hangs can be reported; short kernels are polled without sleeping.
  std::string wait(double &Milliseconds) {
    auto Begin = std::chrono::steady_clock::now();
    for (;;) {
      Result R = D.StreamQuery(S);
      if (R == Success)
        break;
      if (R != ErrorNotReady) {
        D.CtxSynchronize(); // what the kernel printed, and the driver's own word on a failed assertion
        return D.describe(R);
      }
      double Seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - Begin).count();
      if (Options.TimeLimitSeconds && Seconds > Options.TimeLimitSeconds)
        return "the kernel did not end within " + std::to_string(Options.TimeLimitSeconds) + " s (--timeout)";
      if (Seconds > 0.002)
        std::this_thread::sleep_for(std::chrono::microseconds(Seconds > 1 ? 5000 : 100));
    }
    float Elapsed = 0;
    Result R = D.EventElapsedTime(&Elapsed, Start, Stop);
    // Also flushes the device's printf buffer.
    if (R == Success)
      R = D.CtxSynchronize();
    Milliseconds = Elapsed;
    return R == Success ? "" : D.describe(R);
  }
};
} // namespace

std::unique_ptr<Backend> cordon::smoke::createCudaBackend(const BackendOptions &Options, std::string &Why) {
  auto B = std::make_unique<CudaBackend>(Options);
  Why = B->open();
  if (!Why.empty())
    return nullptr;
  return B;
}
