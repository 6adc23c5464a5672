// A plain C file with a host main and a kernel, built by one clang command.
// CASE: run
// EXPECT: saxpy: 1000 elements right
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdio.h>

__global__ void saxpy(float a, const float *x, float *y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    y[i] = a * x[i] + y[i];
}

int main(void) {
  enum { N = 1000 };
  static float x[N], y[N];
  float a = 2, *dx, *dy;
  int n = N;
  for (int i = 0; i < N; ++i) {
    x[i] = i;
    y[i] = 1;
  }
  if (cudaMalloc((void **)&dx, sizeof x) || cudaMalloc((void **)&dy, sizeof y)) {
    fprintf(stderr, "no GPU: %s\n", cudaGetErrorString(cudaGetLastError()));
    return 77;
  }
  cudaMemcpy(dx, x, sizeof x, cudaMemcpyHostToDevice);
  cudaMemcpy(dy, y, sizeof y, cudaMemcpyHostToDevice);

  void *args[] = {&a, &dx, &dy, &n};
  cudaError_t e = cudaLaunchKernel((void *)saxpy, (dim3){4, 1, 1}, (dim3){256, 1, 1}, args, 0, 0);
  if (e == cudaSuccess)
    e = cudaDeviceSynchronize();
  if (e != cudaSuccess) {
    fprintf(stderr, "saxpy: %s\n", cudaGetErrorString(e));
    return 1;
  }
  cudaMemcpy(y, dy, sizeof y, cudaMemcpyDeviceToHost);
  for (int i = 0; i < N; ++i)
    if (y[i] != 2 * i + 1) {
      fprintf(stderr, "saxpy: element %d is %g\n", i, y[i]);
      return 1;
    }
  printf("saxpy: %d elements right\n", N);
  return 0;
}
