// malloc and free in kernels: the heap that libcordonrt makes, its statistics, its checking mode, and what CUDA's limit says.
// CASE: churn
// EXPECT: churn: 0 wrong, 0 nulls
// EXPECT: heap of at least 1000 MiB; live at the end: 0
// EXPECT: allocations [1-9][0-9]*, as many frees
// CASE: leak leak
// EXPECT: live at the end: 1000
// CASE: limit limit
// EXPECT: heap of at least 512 MiB
// CASE: full full
// EXPECT: more than three quarters of 64 MiB
// CASE: twice twice
// STATUS: nonzero
// EXPECT: a block was used or freed after it was freed
// CASE: behind behind
// STATUS: nonzero
// EXPECT: bytes behind a block were overwritten
#include <cordon/abi/heap.h>
#include <cordon/abi/hostrt.h>
#include <cordon/device.h>
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__global__ void churn(void **slots, unsigned n, unsigned round, unsigned *wrong) {
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x, at = (unsigned)((i * 2654435761ull + round) % n);
  unsigned *p = (unsigned *)slots[at], k, size = 16u << (at + round) % 8;
  if (i >= n || (i + round) % 3 == 0)
    return;
  if (p) {
    for (k = 0; k < p[0] / 4; ++k)
      if (p[k] != p[0])
        __atomic_fetch_add(&wrong[0], 1, __ATOMIC_RELAXED);
    free(p);
    slots[at] = 0;
  } else {
    p = (unsigned *)malloc(size);
    if (!p)
      __atomic_fetch_add(&wrong[1], 1, __ATOMIC_RELAXED);
    for (k = 0; p && k < size / 4; ++k)
      p[k] = size;
    slots[at] = p;
  }
}

__global__ void clear(void **slots, unsigned n) {
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    free(slots[i]);
}

__global__ void leak(unsigned n) {
  if (blockIdx.x * blockDim.x + threadIdx.x < n)
    *(volatile int *)malloc(100) = 1;
}

__global__ void full(void **slots, unsigned n) {
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  slots[i] = i < n ? malloc(1024) : 0;
}

__global__ void twice(char **slots) {
  if (threadIdx.x == 3) {
    slots[0] = (char *)malloc(24);
    free(slots[0]);
    free(slots[0]);
  }
}

__global__ void behind(char **slots) {
  slots[threadIdx.x] = (char *)malloc(24);
  slots[threadIdx.x][threadIdx.x == 5 ? 24 : 0] = 1;
  free(slots[threadIdx.x]);
}

static void **slots;
static int run(const void *kernel, unsigned blocks, unsigned threads, void **arguments) {
  struct dim3 g = {blocks, 1, 1}, b = {threads, 1, 1};
  cudaError_t e = cudaLaunchKernel(kernel, g, b, arguments, 0, 0);
  if (e == cudaSuccess)
    e = cudaDeviceSynchronize();
  if (e != cudaSuccess)
    printf("%s\n", cudaGetErrorString(e));
  return e != cudaSuccess;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "churn";
  unsigned n = 1 << 18, round, *wrong, count[2], i;
  struct cordon_heap_statistics s;
  if (strcmp(what, "limit") == 0)
    cudaDeviceSetLimit(cudaLimitMallocHeapSize, 512 << 20);
  else
    cordon_set_heap(strcmp(what, "full") == 0 ? 64 << 20 : 1024 << 20,
                    strcmp(what, "twice") == 0 || strcmp(what, "behind") == 0 ? CORDON_STATE_CHECK_HEAP
                                                                               : CORDON_STATE_HEAP_STATS);
  cudaMalloc((void **)&slots, n * sizeof(void *));
  cudaMemset(slots, 0, n * sizeof(void *));
  cudaMalloc((void **)&wrong, 8);
  cudaMemset(wrong, 0, 8);
  if (strcmp(what, "churn") == 0) {
    void *clears[] = {&slots, &n};
    for (round = 0; round < 40; ++round) {
      void *arguments[] = {&slots, &n, &round, &wrong};
      if (run((const void *)churn, n / 128, 128, arguments))
        return 1;
    }
    if (run((const void *)clear, n / 256, 256, clears))
      return 1;
    cudaMemcpy(count, wrong, 8, cudaMemcpyDeviceToHost);
    printf("churn: %u wrong, %u nulls\n", count[0], count[1]);
  } else if (strcmp(what, "leak") == 0 || strcmp(what, "limit") == 0) {
    void *arguments[] = {&count[0]};
    count[0] = 1000;
    if (run((const void *)leak, 8, 128, arguments))
      return 1;
  } else if (strcmp(what, "full") == 0) {
    void *arguments[] = {&slots, &n}, **copy = (void **)malloc(n * sizeof(void *));
    unsigned got = 0;
    run((const void *)full, n / 256, 256, arguments);
    cudaMemcpy(copy, slots, n * sizeof(void *), cudaMemcpyDeviceToHost);
    for (i = 0; i < n; ++i)
      got += copy[i] != 0;
    cordon_heap_statistics(&s);
    printf("%s of 64 MiB: %llu bytes live, %u blocks\n", s.live_bytes > 48 << 20 ? "more than three quarters" : "little",
           (unsigned long long)s.live_bytes, got);
    return 0;
  } else {
    void *arguments[] = {&slots};
    return run(strcmp(what, "twice") == 0 ? (const void *)twice : (const void *)behind, 1, 32, arguments);
  }
  if (!cordon_heap_statistics(&s)) {
    printf("no heap\n");
    return 1;
  }
  printf("heap of at least %d MiB; live at the end: %llu\n",
         s.heap_bytes >= 1000ull << 20 ? 1000 : s.heap_bytes >= 512ull << 20 ? 512 : 0, (unsigned long long)s.live_objects);
  if (s.counters.allocations == s.counters.frees)
    printf("allocations %llu, as many frees\n", (unsigned long long)s.counters.allocations);
  return 0;
}
