//===- cordon-smoke/CudaDriver.h - the driver API that is used --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The few functions, types and constants of the CUDA driver API that the harness calls, declared here so that it builds
// without a toolkit and starts on machines without a driver. Names, versions and values are those of CUDA's cuda.h;
// functions marked optional came with CUDA 12.3 and 12.4.
//===----------------------------------------------------------------------===//
#ifndef CORDON_SMOKE_CUDADRIVER_H
#define CORDON_SMOKE_CUDADRIVER_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace cordon::smoke::cuda {

typedef int Result; // CUresult
typedef int Device;
typedef uint64_t DevicePtr;
typedef struct CUctx_st *Context;
typedef struct CUmod_st *Module;
typedef struct CUfunc_st *Function;
typedef struct CUstream_st *Stream;
typedef struct CUevent_st *Event;

enum : Result {
  Success = 0,
  ErrorNoDevice = 100,
  ErrorNoBinaryForGpu = 209,
  ErrorJitCompilerNotFound = 221,
  ErrorUnsupportedPtxVersion = 222,
  ErrorNotFound = 500,
  ErrorNotReady = 600
};
enum JitOption : int { JitInfoLog = 3, JitInfoLogBytes = 4, JitErrorLog = 5, JitErrorLogBytes = 6 };
enum FunctionAttribute : int {
  AttributeSharedBytes = 1,
  AttributeMaxDynamicShared = 8,
  AttributeNonPortableCluster = 14
};
enum DeviceAttribute : int { AttributeMajor = 75, AttributeMinor = 76, AttributeCooperative = 95 };
enum : unsigned { HostPortable = 1, HostMapped = 2 };

enum LaunchAttributeId : int { LaunchCooperative = 2, LaunchCluster = 4 };
struct LaunchAttribute {
  LaunchAttributeId Id;
  char Pad[8 - sizeof(int)];
  union {
    char Bytes[64];
    int Cooperative;
    unsigned Cluster[3];
  } Value;
};
struct ExtendedLaunch { // CUlaunchConfig
  unsigned Grid[3];
  unsigned Block[3];
  unsigned SharedBytes;
  Stream S;
  LaunchAttribute *Attributes;
  unsigned NumAttributes;
};

// Function, exported symbol, parameters.
#define CORDON_CUDA_FUNCTIONS(F, OPTIONAL)                                                                             \
  F(Init, "cuInit", (unsigned))                                                                                        \
  F(DeviceGetCount, "cuDeviceGetCount", (int *))                                                                       \
  F(DeviceGet, "cuDeviceGet", (Device *, int))                                                                         \
  F(DeviceGetName, "cuDeviceGetName", (char *, int, Device))                                                           \
  F(DeviceGetAttribute, "cuDeviceGetAttribute", (int *, DeviceAttribute, Device))                                      \
  F(PrimaryCtxRetain, "cuDevicePrimaryCtxRetain", (Context *, Device))                                                 \
  F(CtxSetCurrent, "cuCtxSetCurrent", (Context))                                                                       \
  F(CtxSynchronize, "cuCtxSynchronize", ())                                                                            \
  F(ModuleLoadDataEx, "cuModuleLoadDataEx", (Module *, const void *, unsigned, JitOption *, void **))                  \
  F(ModuleGetFunction, "cuModuleGetFunction", (Function *, Module, const char *))                                      \
  F(ModuleGetGlobal, "cuModuleGetGlobal_v2", (DevicePtr *, size_t *, Module, const char *))                            \
  F(MemAlloc, "cuMemAlloc_v2", (DevicePtr *, size_t))                                                                  \
  F(MemFree, "cuMemFree_v2", (DevicePtr))                                                                              \
  F(MemcpyHtoD, "cuMemcpyHtoD_v2", (DevicePtr, const void *, size_t))                                                  \
  F(MemcpyDtoH, "cuMemcpyDtoH_v2", (void *, DevicePtr, size_t))                                                        \
  F(MemsetD8, "cuMemsetD8_v2", (DevicePtr, unsigned char, size_t))                                                     \
  F(MemHostAlloc, "cuMemHostAlloc", (void **, size_t, unsigned))                                                       \
  F(MemHostGetDevicePointer, "cuMemHostGetDevicePointer_v2", (DevicePtr *, void *, unsigned))                          \
  F(StreamCreate, "cuStreamCreate", (Stream *, unsigned))                                                              \
  F(StreamQuery, "cuStreamQuery", (Stream))                                                                            \
  F(EventCreate, "cuEventCreate", (Event *, unsigned))                                                                 \
  F(EventRecord, "cuEventRecord", (Event, Stream))                                                                     \
  F(EventElapsedTime, "cuEventElapsedTime", (float *, Event, Event))                                                   \
  F(FuncGetAttribute, "cuFuncGetAttribute", (int *, FunctionAttribute, Function))                                      \
  F(FuncSetAttribute, "cuFuncSetAttribute", (Function, FunctionAttribute, int))                                        \
  F(LaunchKernel, "cuLaunchKernel",                                                                                    \
    (Function, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, Stream, void **, void **))        \
  F(LaunchCooperativeKernel, "cuLaunchCooperativeKernel",                                                              \
    (Function, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, Stream, void **))                 \
  F(GetErrorName, "cuGetErrorName", (Result, const char **))                                                           \
  F(GetErrorString, "cuGetErrorString", (Result, const char **))                                                       \
  OPTIONAL(LaunchKernelEx, "cuLaunchKernelEx", (const ExtendedLaunch *, Function, void **, void **))                   \
  OPTIONAL(ModuleGetFunctionCount, "cuModuleGetFunctionCount", (unsigned *, Module))                                   \
  OPTIONAL(ModuleEnumerateFunctions, "cuModuleEnumerateFunctions", (Function *, unsigned, Module))                     \
  OPTIONAL(FuncGetName, "cuFuncGetName", (const char **, Function))                                                    \
  OPTIONAL(FuncGetParamInfo, "cuFuncGetParamInfo", (Function, size_t, size_t *, size_t *))

struct Driver {
#define CORDON_DECLARE(NAME, SYMBOL, PARAMS) Result(*NAME) PARAMS = nullptr;
  CORDON_CUDA_FUNCTIONS(CORDON_DECLARE, CORDON_DECLARE)
#undef CORDON_DECLARE
  void *Library = nullptr;
  /// Opens libcuda.so.1. Returns an error text, or an empty one.
  std::string open();
  /// "CUDA_ERROR_X (n): what it means".
  std::string describe(Result R) const;
};

} // namespace cordon::smoke::cuda

#endif // CORDON_SMOKE_CUDADRIVER_H
