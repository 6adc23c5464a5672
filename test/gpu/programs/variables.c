// Device and constant variables that the host copies to and from by their plain symbols.
// CASE: run
// EXPECT: counter 64
// EXPECT: table right
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdio.h>

__device__ int counter = 4;
__constant__ float coefficients[4] = {1, 1, 1, 1};
static __device__ float table[64];

__global__ void count(void) {
  if (threadIdx.x < 60)
    atomicAdd(&counter, 1);
  table[threadIdx.x] = coefficients[threadIdx.x % 4] * threadIdx.x;
}

int main(void) {
  const float values[4] = {1, 2, 3, 4};
  float back[64];
  int n = 0;
  if (cudaMemcpyToSymbol(coefficients, values, sizeof values, 0, cudaMemcpyHostToDevice)) {
    fprintf(stderr, "cudaMemcpyToSymbol: %s\n", cudaGetErrorString(cudaGetLastError()));
    return 1;
  }
  cudaLaunchKernel((void *)count, (dim3){1, 1, 1}, (dim3){64, 1, 1}, 0, 0, 0);
  cudaMemcpyFromSymbol(&n, &counter, sizeof n, 0, cudaMemcpyDeviceToHost);
  cudaMemcpyFromSymbol(back, table, sizeof back, 0, cudaMemcpyDeviceToHost);
  printf("counter %d\n", n);
  int wrong = n != 64;
  for (int i = 0; i < 64; ++i)
    wrong |= back[i] != values[i % 4] * i;
  printf("table %s\n", wrong ? "wrong" : "right");
  return wrong;
}
