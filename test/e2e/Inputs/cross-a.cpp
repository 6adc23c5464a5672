// A kernel that calls what cross-b.cpp defines; both throw, so that both bring the runtime's state.
#include <cordon/device.h>
#include <assert.h>
#include <cuda_runtime_api.h>

extern "C" __device__ float twice(float x);
extern __device__ int calls;

template <typename T> __device__ T checked(T x) {
  assert(x < T(1000));
  return x;
}

template <typename T> __global__ void apply(T *p) {
  atomicAdd(&calls, 1);
  p[threadIdx.x] = checked(T(twice(p[threadIdx.x])));
}

float *run_b(float *p);

int main() {
  float host[32], *p = nullptr;
  int count = 0;
  for (int i = 0; i < 32; ++i)
    host[i] = i;
  void *args[] = {&p};
  if (cudaMalloc(&p, sizeof host) || cudaMemcpy(p, host, sizeof host, cudaMemcpyHostToDevice) ||
      cudaLaunchKernel((const void *)&apply<float>, dim3{1, 1, 1}, dim3{32, 1, 1}, args, 0, 0) || !run_b(p) ||
      cudaMemcpy(host, p, sizeof host, cudaMemcpyDeviceToHost) ||
      cudaMemcpyFromSymbol(&count, (const void *)&calls, sizeof count, 0, cudaMemcpyDeviceToHost))
    return 2;
  for (int i = 0; i < 32; ++i)
    if (host[i] != 4 * i)
      return 1;
  return count != 64;
}
