// printf, assert and abort in a kernel, as the C library declares them.
// CASE: print
// EXPECT: thread 0 of 4: 0.50 x
// EXPECT: thread 3 of 4: 3.50 x
// CASE: assert assert
// STATUS: nonzero
// EXPECT: fail.*n < 3
// CASE: abort abort
// STATUS: nonzero
// EXPECT: stop.*thread \(2,0,0\)
#include <assert.h>
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__global__ void print(int n) { printf("thread %d of %d: %.2f %c\n", (int)threadIdx.x, n, threadIdx.x + 0.5, 'x'); }

__global__ void fail(int n) {
  if (threadIdx.x == 1)
    assert(n < 3);
}

__global__ void stop(int n) {
  if ((int)threadIdx.x == n - 2)
    abort();
}

int main(int argc, char **argv) {
  int n = 4;
  void *args[] = {&n};
  void *kernel = argc < 2 ? (void *)print : !strcmp(argv[1], "assert") ? (void *)fail : (void *)stop;
  cudaLaunchKernel(kernel, (dim3){1, 1, 1}, (dim3){4, 1, 1}, args, 0, 0);
  cudaError_t e = cudaDeviceSynchronize();
  if (e != cudaSuccess)
    fprintf(stderr, "%s\n", cudaGetErrorString(e));
  return 0; // libcordonrt makes the run fail if the device reported an exception
}
