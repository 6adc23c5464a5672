// Kernels of the tests of both backends.
#include "cordon/device.h"
#include <assert.h>

__global__ void saxpy(float a, const float *x, float *y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    y[i] = a * x[i] + y[i];
}

__global__ void reverse(int *data) {
  CORDON_DYNAMIC_SHARED(int, tile);
  int *mine = data + blockIdx.x * blockDim.x;
  tile[threadIdx.x] = mine[threadIdx.x];
  __syncthreads();
  mine[threadIdx.x] = tile[blockDim.x - 1 - threadIdx.x];
}

__global__ void total(const int *in, long long *out) {
  atomicAdd(out, (long long)in[blockIdx.x * blockDim.x + threadIdx.x]);
}

__global__ void fails(int limit) {
  int x = (int)threadIdx.x;
  assert(x != limit);
}

__device__ int scale = 3;
__global__ void scaled(int *data) { data[threadIdx.x] *= scale; }
