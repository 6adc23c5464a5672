// What the host pays: the time of a launch through a registered symbol, and from the start of main to the end of the first
// launch in a program of 200 kernels. One source for nvcc and Cordon; prints "name microseconds".
#if defined(__CUDACC__)
#include <cuda_runtime.h>
#else
#include <cordon/device.h>
#endif
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

extern "C" __global__ void empty(int *p) {
  if (p)
    *p = 1;
}
template <int N> __global__ void many(float *p, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  for (int k = 0; k < N; ++k)
    if (i < n)
      p[i] = p[i] * p[i] + N;
}
template <int N> static void collect(std::vector<const void *> &all) {
  all.push_back((const void *)(void (*)(float *, int))many<N>);
  if constexpr (N > 1)
    collect<N - 1>(all);
}

static double now() {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static void launch(const void *kernel, void **args) {
  cudaError_t e = cudaLaunchKernel(kernel, dim3(1), dim3(32), args, 0, 0);
  if (e != cudaSuccess) {
    std::fprintf(stderr, "%s\n", cudaGetErrorString(e));
    std::exit(1);
  }
}

int main() {
  int *p = nullptr;
  float *f = nullptr;
  int n = 0;
  void *args[] = {&p}, *more[] = {&f, &n};
  double start = now();
  cudaFree(0);
  double context = now();
  launch((const void *)empty, args);
  cudaDeviceSynchronize();
  double first = now();
  std::vector<const void *> all;
  collect<200>(all);
  for (const void *k : all)
    launch(k, more);
  cudaDeviceSynchronize();
  double each = now();
  std::vector<double> times;
  for (int round = 0; round < 50; ++round) {
    double t = now();
    for (int i = 0; i < 1000; ++i)
      launch((const void *)empty, args);
    times.push_back((now() - t) / 1000);
    cudaDeviceSynchronize();
  }
  std::sort(times.begin(), times.end());
  std::printf("context %.1f\nfirstLaunch %.1f\neachOf200 %.2f\nlaunch %.3f\n", context - start, first - context,
              (each - first) / 200, times[times.size() / 2]);
  return 0;
}
