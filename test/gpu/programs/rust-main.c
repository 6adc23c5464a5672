// The host program of rust-kernel.rs.
#include <cuda_runtime_api.h>
#include <stdio.h>

extern void rust_scale(float *data, unsigned long len, unsigned long n, float by);
int rust_launch(float *data, unsigned long len, unsigned long n, float by);

int main(int argc, char **argv) {
  (void)argv;
  enum { N = 500 };
  float host[N], by = 3, *data;
  unsigned long len = argc > 1 ? 100 : N, n = N;
  for (int i = 0; i < N; ++i)
    host[i] = i;
  cudaMalloc((void **)&data, sizeof host);
  cudaMemcpy(data, host, sizeof host, cudaMemcpyHostToDevice);
  void *args[] = {&data, &len, &n, &by};
  cudaLaunchKernel((void *)rust_scale, (struct dim3){4, 1, 1}, (struct dim3){128, 1, 1}, args, 0, 0);
  cudaError_t e = cudaDeviceSynchronize();
  if (e != cudaSuccess) {
    fprintf(stderr, "%s\n", cudaGetErrorString(e));
    return 1;
  }
  cudaMemcpy(host, data, sizeof host, cudaMemcpyDeviceToHost);
  for (int i = 0; i < N; ++i)
    if (host[i] != 3 * i)
      return 1;
  printf("rust: %d elements right\n", N);
  return 0;
}
