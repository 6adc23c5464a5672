// Two files in one program, each with its image, with kernels of the same static name.
// FILES: two-b.c
// CASE: run
// EXPECT: a: 10 b: 20
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdio.h>

static __global__ void fill(int *p) { *p = 10; }

int runB(int *device);

static int runA(int *device) {
  int result = -1;
  void *args[] = {&device};
  cudaLaunchKernel((void *)fill, (dim3){1, 1, 1}, (dim3){1, 1, 1}, args, 0, 0);
  cudaMemcpy(&result, device, sizeof result, cudaMemcpyDeviceToHost);
  return result;
}

int main(void) {
  int *device;
  if (cudaMalloc((void **)&device, sizeof *device))
    return 77;
  int a = runA(device), b = runB(device);
  printf("a: %d b: %d\n", a, b);
  return a == 10 && b == 20 ? 0 : 1;
}
