// The second file of two-a.c.
#include <cordon/device.h>
#include <cuda_runtime_api.h>

static __global__ void fill(int *p) { *p = 20; }

int runB(int *device) {
  int result = -1;
  void *args[] = {&device};
  cudaLaunchKernel((void *)fill, (dim3){1, 1, 1}, (dim3){1, 1, 1}, args, 0, 0);
  cudaMemcpy(&result, device, sizeof result, cudaMemcpyDeviceToHost);
  return result;
}
