// For programs that are compiled as plain C++ with cordon/device.h and as CUDA, where Inputs/merge_cuda.py makes one module.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <cstring>
#ifdef __CUDA__
#include <cuda_runtime.h>
template <typename... Params, typename... Args>
cudaError_t launch(void (*kernel)(Params...), dim3 grid, dim3 block, size_t shared, cudaStream_t stream, Args... args) {
  return [&](Params... converted) {
    void *pointers[] = {const_cast<void *>(static_cast<const volatile void *>(&converted))..., nullptr};
    return cudaLaunchKernel(reinterpret_cast<const void *>(kernel), grid, block, pointers, shared, stream);
  }(static_cast<Params>(args)...);
}
#else
#include <cordon/device.h>
using cordon::launch;
#endif

inline int failures = 0;

/// Says what went wrong and ends the program: what follows would fail as well.
#define MUST(CALL)                                                                                                     \
  do {                                                                                                                 \
    if (cudaError_t e = (cudaError_t)(CALL)) {                                                                         \
      printf("%s:%d: %s: %s\n", __FILE_NAME__, __LINE__, #CALL, cudaGetErrorString(e));                                \
      exit(1);                                                                                                         \
    }                                                                                                                  \
  } while (0)

inline void verdict(const char *what, bool right) {
  printf("%s %s\n", what, right ? "right" : "wrong");
  failures += !right;
}

/// Memory that both sides reach.
template <typename T> T *managed(size_t n) {
  T *p;
  MUST(cudaMallocManaged((void **)&p, n * sizeof(T), cudaMemAttachGlobal));
  memset((void *)p, 0, n * sizeof(T));
  return p;
}
