// Every GPU of the machine: kernels, device variables (one on each), managed ones (one for all), printing, the device heap.
// CASE: run
// EXPECT: devices [1-9][0-9]*: right
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <stdlib.h>

__device__ int own = 10;
__managed__ int shared;

__global__ void work(int device, int *out) {
  int *scratch = (int *)malloc(sizeof(int) * 8);
  if (!scratch)
    return;
  scratch[threadIdx.x % 8] = device;
  atomicAdd(&own, 1);
  out[threadIdx.x] = scratch[threadIdx.x % 8] + 1;
  free(scratch);
  if (threadIdx.x == 0)
    shared += own;
}

static int check(cudaError_t e, const char *what) {
  if (e)
    printf("%s: %s\n", what, cudaGetErrorString(e));
  return e != cudaSuccess;
}

int main(void) {
  int n = 0, total = 0, wrong = check(cudaGetDeviceCount(&n), "count");
  // Back and forth, so that each context is come back to.
  for (int turn = 0; turn < 2 * n; ++turn) {
    int d = turn < n ? turn : 2 * n - 1 - turn, *out, back[32] = {0}, value = 0;
    void *args[] = {&d, &out};
    wrong |= check(cudaSetDevice(d), "set") || check(cudaMalloc((void **)&out, sizeof back), "malloc") ||
             check(cudaLaunchKernel((void *)work, (dim3){1, 1, 1}, (dim3){32, 1, 1}, args, 0, 0), "launch") ||
             check(cudaMemcpy(back, out, sizeof back, cudaMemcpyDeviceToHost), "copy") ||
             check(cudaMemcpyFromSymbol(&value, &own, sizeof value, 0, cudaMemcpyDeviceToHost), "symbol");
    int expected = 10 + 32 * (turn < n ? 1 : 2);
    total += expected;
    if (value != expected) {
      printf("device %d: own is %d, not %d\n", d, value, expected);
      wrong = 1;
    }
    for (int i = 0; i < 32; ++i)
      wrong |= back[i] != d + 1;
  }
  cudaDeviceSynchronize();
  if (shared != total) {
    printf("shared is %d, not %d\n", shared, total);
    wrong = 1;
  }
  printf("devices %d: %s\n", n, wrong ? "wrong" : "right");
  return wrong;
}
