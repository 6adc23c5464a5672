// Kernels that check what they index, in three forms: CHECK(c) is nothing, a trap, or assert() with its record. Prints each
// kernel's best time in milliseconds.
#include <cordon/device.h>
#include <cassert>
#include <cstdio>
#include <cstdlib>

#if defined(NO_CHECK)
#define CHECK(C) ((void)0)
#elif defined(TRAP)
#define CHECK(C) ((C) ? (void)0 : __builtin_trap())
#else
#define CHECK(C) assert(C)
#endif

#define INDEX (int)(blockIdx.x * blockDim.x + threadIdx.x)

extern "C" {
__global__ void gather(const float *in, const int *index, float *out, int n) {
  int i = INDEX;
  if (i >= n)
    return;
  int j = index[i];
  CHECK(j >= 0 && j < n);
  out[i] = in[j];
}
__global__ void stencil(const float *in, const int *index, float *out, int n) {
  int i = INDEX;
  float s = 0;
  for (int k = -4; k <= 4; ++k) {
    int j = (i + k + n) % n;
    CHECK(j >= 0 && j < n);
    s += in[j] * (k + 5);
  }
  if (i < n)
    out[i] = s;
}
__global__ void rows(const float *in, const int *index, float *out, int n) {
  int i = INDEX, width = 64;
  float s = 0;
  for (int k = 0; k < width; ++k) {
    int j = (i / 32 * 32 * width + k * 32 + i % 32) % n;
    CHECK(j < n);
    s = s * 0.5f + in[j];
  }
  CHECK(s == s);
  out[i % n] = s;
}
__global__ void bins(const float *in, const int *index, float *out, int n) {
  int i = INDEX;
  if (i >= n)
    return;
  int b = index[i] % 1024;
  CHECK(b >= 0 && b < 1024);
  atomicAdd(out + b, 1.0f);
}
}

int main(int argc, char **argv) {
  int n = 1 << 22, repeats = argc > 1 ? atoi(argv[1]) : 50;
  float *in, *out;
  int *index;
  if (cudaMallocManaged((void **)&in, n * 4, 1) || cudaMallocManaged((void **)&out, n * 4, 1) ||
      cudaMallocManaged((void **)&index, n * 4, 1))
    return 77;
  for (int i = 0; i < n; ++i) {
    in[i] = i % 17;
    index[i] = (int)((long)i * 7919 % n);
  }
  cudaEvent_t start, stop;
  cudaEventCreate(&start);
  cudaEventCreate(&stop);
  const struct {
    const char *name;
    void (*kernel)(const float *, const int *, float *, int);
  } all[] = {{"gather", gather}, {"stencil", stencil}, {"rows", rows}, {"bins", bins}};
  for (const auto &k : all) {
    float best = 1e30f;
    void *args[] = {&in, &index, &out, &n};
    for (int r = 0; r < repeats; ++r) {
      float ms;
      cudaEventRecord(start, 0);
      cudaLaunchKernel((const void *)k.kernel, dim3(n / 256), dim3(256), args, 0, 0);
      cudaEventRecord(stop, 0);
      if (cudaEventSynchronize(stop) || cudaEventElapsedTime(&ms, start, stop))
        return 1;
      best = ms < best ? ms : best;
    }
    printf("%s %.4f\n", k.name, best);
  }
  return 0;
}
