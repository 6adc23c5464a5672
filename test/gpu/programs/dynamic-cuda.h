// The host's part of dynamic-cuda and dynamic-nvcc; kernel() is what differs.
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>

static const void *kernel();

int main(int argc, char **argv) {
  const int n = 1000, m = 2000;
  int wrong = argc > 1 ? atoi(argv[1]) : 0;
  void **shapes;
  double *total;
  int *data;
  if (cudaMalloc(&shapes, n * sizeof(void *)) || cudaMallocManaged(&total, 8) || cudaMallocManaged(&data, m * sizeof(int)))
    return 77;
  *total = 0;
  unsigned seed = 1;
  for (int i = 0; i < m; ++i)
    data[i] = (seed = seed * 1664525 + 1013904223) >> 8;
  void *args[] = {&shapes, (void *)&n, &total, &data, (void *)&m, &wrong};
  cudaError_t e = cudaLaunchKernel(kernel(), dim3(1), dim3(1), args, 0, 0);
  if (e == cudaSuccess)
    e = cudaDeviceSynchronize();
  if (e != cudaSuccess) {
    fprintf(stderr, "%s\n", cudaGetErrorString(e));
    return 3;
  }
  unsigned hash = 0;
  for (int i = 0; i < m; ++i)
    hash = hash * 31 + data[i];
  printf("total %.2f, hash %u\n", *total, hash);
  return 0;
}
