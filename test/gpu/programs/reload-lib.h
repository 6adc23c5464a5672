/* A library with device code of its own: a kernel, a device variable, the device heap, exceptions' record. */
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdlib.h>

__device__ int total = VALUE;

static __global__ void add(int n, int *out) {
  int *p = (int *)malloc(sizeof *p);
  if (!p)
    return;
  *p = n;
  if (atomicAdd(&total, *p) < 0)
    __builtin_trap();
  free(p);
  *out = total;
}

int library_add(int n) {
  int *out, result = -1;
  void *args[] = {&n, &out};
  if (cudaMalloc((void **)&out, sizeof *out) ||
      cudaLaunchKernel((void *)add, (dim3){1, 1, 1}, (dim3){1, 1, 1}, args, 0, 0) ||
      cudaMemcpy(&result, out, sizeof result, cudaMemcpyDeviceToHost) || cudaFree(out))
    return -2;
  return result;
}
