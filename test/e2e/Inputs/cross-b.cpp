#include <cordon/device.h>
#include <assert.h>
#include <cuda_runtime_api.h>

__device__ int calls = 0;

extern "C" __device__ float twice(float x) {
  assert(x >= 0);
  return 2 * x;
}

template <typename T> __global__ void again(T *p) {
  atomicAdd(&calls, 1);
  p[threadIdx.x] = twice(p[threadIdx.x]);
}

float *run_b(float *p) {
  void *args[] = {&p};
  return cudaLaunchKernel((const void *)&again<float>, dim3{1, 1, 1}, dim3{32, 1, 1}, args, 0, 0) ? nullptr : p;
}
