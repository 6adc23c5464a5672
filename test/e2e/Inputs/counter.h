// Two files include this; each has a kernel, a variable and a constant of the same static names.
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdio.h>

static __device__ int counter;
static __constant__ int factor = 1;

static __global__ void count(int by) {
  if (threadIdx.x < 8)
    atomicAdd(&counter, by * factor);
}

static int run(int times) {
  int one = 1, value = 0, by = times;
  void *args[] = {&by};
  struct dim3 grid = {2, 1, 1}, block = {32, 1, 1};
  if (cudaMemcpyToSymbol((const void *)&factor, &times, sizeof(int), 0, cudaMemcpyHostToDevice) ||
      cudaMemcpyToSymbol((const void *)&counter, &one, sizeof(int), 0, cudaMemcpyHostToDevice) ||
      cudaLaunchKernel((const void *)count, grid, block, args, 0, 0) ||
      cudaMemcpyFromSymbol(&value, (const void *)&counter, sizeof(int), 0, cudaMemcpyDeviceToHost))
    return -1;
  return value;
}
