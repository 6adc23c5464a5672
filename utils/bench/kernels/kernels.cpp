// Times the kernels of kernels.h, or, with KERNELS_ELSEWHERE, those of the same names that another object has (kernels.c,
// kernels.rs). Prints one line "name milliseconds checksum" for each: the median of the timed launches, by events.
#if defined(__CUDACC__) || defined(KERNELS_ELSEWHERE)
#include <cuda_runtime.h>
#else
#include <cordon/device.h>
#endif
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

// name, elements, elements for each thread
#define KERNELS(X) \
  X(copy, 1 << 24, 1) X(triad, 1 << 24, 1) X(stride, 1 << 24, 16) X(stencil, 1 << 24, 1) X(gather, 1 << 22, 1) \
  X(exponential, 1 << 22, 1) X(trigonometry, 1 << 22, 1) X(power, 1 << 22, 1) X(doubles, 1 << 22, 1) \
  X(blackScholes, 1 << 22, 1) X(matmul, 512 * 512, 1) X(transpose, 1 << 24, 4) X(blockReduce, 1 << 24, 16) \
  X(warpReduce, 1 << 24, 1) X(warpScan, 1 << 24, 1) X(votes, 1 << 22, 1) X(histogram, 1 << 24, 64) \
  X(globalAtomics, 1 << 22, 1) X(mandelbrot, 1 << 22, 1) X(branches, 1 << 24, 1) X(hashing, 1 << 22, 1) \
  X(division, 1 << 20, 1) X(registers, 1 << 20, 1) X(nbody, 1 << 16, 1) X(montecarlo, 1 << 20, 1) \
  X(bitonic, 1 << 22, 1) X(tensorCores, 512 * 512, 4) X(halfs, 1 << 22, 1) X(floatAtomics, 1 << 22, 1) \
  X(voteSearch, 1 << 22, 1) X(structs, 1 << 21, 1) X(polygon, 1 << 20, 1) \
  X(corners, 1 << 20, 8) X(wideCopies, 1 << 24, 4) X(countBits, 1 << 24, 1) X(forces, 1 << 16, 1) X(window, 1 << 24, 1)

#if defined(KERNELS_ELSEWHERE)
#define DECLARE(NAME, ELEMENTS, PER_THREAD) extern "C" __attribute__((weak)) void NAME(const float *, float *, const float *, int);
KERNELS(DECLARE)
#else
#include "kernels.h"
#endif

struct Bench {
  const char *name;
  void (*kernel)(const float *, float *, const float *, int);
  unsigned elements, perThread;
};
#define ROW(NAME, ELEMENTS, PER_THREAD) {#NAME, NAME, ELEMENTS, PER_THREAD},
static const Bench Benches[] = {KERNELS(ROW)};

static void check(cudaError_t e, const char *what) {
  if (e != cudaSuccess) {
    std::fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(e));
    std::exit(1);
  }
}

int main(int argc, char **argv) {
  const int repeats = argc > 1 ? std::atoi(argv[1]) : 50;
  const size_t n = 1 << 24;
  std::vector<float> host(n);
  float *a, *b, *c;
  check(cudaMalloc((void **)&a, n * 4), "cudaMalloc");
  check(cudaMalloc((void **)&b, n * 4), "cudaMalloc");
  check(cudaMalloc((void **)&c, n * 4), "cudaMalloc");
  for (size_t i = 0; i < n; ++i)
    host[i] = (float)((i * 2654435761u >> 8) & 0xffff) / 65536.0f;
  check(cudaMemcpy(a, host.data(), n * 4, cudaMemcpyHostToDevice), "cudaMemcpy");
  std::reverse(host.begin(), host.end());
  check(cudaMemcpy(c, host.data(), n * 4, cudaMemcpyHostToDevice), "cudaMemcpy");
  cudaEvent_t start, stop;
  cudaEventCreate(&start);
  cudaEventCreate(&stop);
  for (const Bench &bench : Benches) {
    if (!bench.kernel) // not every language has all
      continue;
    int count = (int)bench.elements;
    dim3 grid(bench.elements / bench.perThread / 256), block(256);
    void *args[] = {&a, &b, &c, &count};
    std::vector<float> times;
    check(cudaMemset(b, 0, n * 4), "cudaMemset");
    for (int r = -3; r < repeats; ++r) {
      cudaEventRecord(start);
      check(cudaLaunchKernel((const void *)bench.kernel, grid, block, args, 0, 0), bench.name);
      cudaEventRecord(stop);
      check(cudaEventSynchronize(stop), bench.name);
      float ms = 0;
      cudaEventElapsedTime(&ms, start, stop);
      if (r == -3) { // the checksum of one launch
        check(cudaMemcpy(host.data(), b, n * 4, cudaMemcpyDeviceToHost), "cudaMemcpy");
      } else if (r >= 0)
        times.push_back(ms);
    }
    std::sort(times.begin(), times.end());
    double sum = 0;
    for (size_t i = 0; i < bench.elements; ++i)
      sum += std::isfinite(host[i]) ? host[i] : 0;
    std::printf("%s %.6f %.9g\n", bench.name, times[times.size() / 2], sum);
  }
  return 0;
}
