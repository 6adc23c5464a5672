//===- kernels.cuh - kernels of the allocation benchmark ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each takes the allocator as a parameter: this heap, or CUDA's. Included by alloc_bench.cu after the allocator.
//===----------------------------------------------------------------------===//
#ifndef CORDON_BENCH_ALLOC_KERNELS_CUH
#define CORDON_BENCH_ALLOC_KERNELS_CUH

struct Ours {
  static const char *name() { return "ours"; }
  static __device__ void *get(size_t n) { return __cordon_malloc(n); }
  static __device__ void put(void *p) { __cordon_free(p); }
};
struct Cuda {
  static const char *name() { return "cuda"; }
  static __device__ void *get(size_t n) { return malloc(n); }
  static __device__ void put(void *p) { free(p); }
};

__device__ unsigned long long Bump, Wrong, Nulls;

__device__ uint32_t hash32(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ x >> 16;
}
// kind 0: one size; 1: 16 to 4096, each power of two as likely; 2: 1 to max evenly.
__device__ uint32_t sizeOf(uint32_t kind, uint32_t size, uint32_t i) {
  if (kind == 0)
    return size;
  uint32_t r = hash32(i * 747796405u + 7);
  if (kind == 1)
    return 16u << r % 9;
  return 1 + r % size;
}

template <class A> __global__ void mallocKernel(void **out, uint32_t n, uint32_t kind, uint32_t size) {
  uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    out[i] = A::get(sizeOf(kind, size, i));
}
template <class A> __global__ void freeKernel(void **out, uint32_t n, uint32_t stride) {
  uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    uint32_t at = (uint32_t)((uint64_t)i * stride % n);
    A::put(out[at]);
    out[at] = 0;
  }
}
__global__ void bumpKernel(void **out, uint32_t n, uint32_t size) {
  uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    out[i] = (void *)atomicAdd(&Bump, (unsigned long long)size);
}
__global__ void countNulls(void **out, uint32_t n) {
  uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n && !out[i])
    atomicAdd(&Nulls, 1ull);
}
// First and last bytes of a block carry its slot's number.
__device__ void mark(void *p, uint32_t size, uint32_t slot) {
  if (!p) {
    atomicAdd(&Nulls, 1ull);
    return;
  }
  if (size >= 8) {
    *(uint32_t *)p = slot;
    ((unsigned char *)p)[size - 1] = (unsigned char)(slot * 31 + 1);
  }
}
__device__ void verify(void *p, uint32_t size, uint32_t slot) {
  if (p && size >= 8 && (*(uint32_t *)p != slot || ((unsigned char *)p)[size - 1] != (unsigned char)(slot * 31 + 1)))
    atomicAdd(&Wrong, 1ull);
}
template <class A> __global__ void fillKernel(void **slots, uint32_t n, uint32_t kind, uint32_t size) {
  uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    uint32_t b = sizeOf(kind, size, i);
    mark(slots[i] = A::get(b), b, i);
  }
}
// Frees a part of the slots in random order, and allocates into them again.
template <class A>
__global__ void churnFree(void **slots, uint32_t n, uint32_t part, uint32_t stride, uint32_t from, uint32_t kind, uint32_t size) {
  uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < part) {
    uint32_t at = (uint32_t)(((uint64_t)(i + from) * stride) % n);
    verify(slots[at], sizeOf(kind, size, at), at);
    A::put(slots[at]);
  }
}
template <class A>
__global__ void churnMalloc(void **slots, uint32_t n, uint32_t part, uint32_t stride, uint32_t from, uint32_t kind, uint32_t size) {
  uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < part) {
    uint32_t at = (uint32_t)(((uint64_t)(i + from) * stride) % n), b = sizeOf(kind, size, at);
    mark(slots[at] = A::get(b), b, at);
  }
}
// Frees and allocates in one thread, so that both run at the same time.
template <class A>
__global__ void churnBoth(void **slots, uint32_t n, uint32_t part, uint32_t stride, uint32_t from, uint32_t kind, uint32_t size) {
  uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < part) {
    uint32_t at = (uint32_t)(((uint64_t)(i + from) * stride) % n), b = sizeOf(kind, size, at);
    verify(slots[at], b, at);
    A::put(slots[at]);
    mark(slots[at] = A::get(b), b, at);
  }
}
// Allocates until the heap has no more; keeps count of what came from the heap.
__global__ void drainKernel(void **out, unsigned long long *n, uint64_t cap, uint32_t size, uint64_t lo, uint64_t hi) {
  for (;;) {
    void *p = __cordon_malloc(size);
    if ((uint64_t)p < lo || (uint64_t)p >= hi) {
      if (p)
        __cordon_free(p);
      return;
    }
    unsigned long long at = atomicAdd(n, 1ull);
    if (at >= cap)
      return;
    out[at] = p;
  }
}
// Divergent threads allocate, exchange and free random blocks; every byte is checked.
__global__ void stressKernel(uint32_t rounds, uint32_t most, unsigned long long *shelf, uint32_t shelves, uint32_t seed) {
  uint32_t t = blockIdx.x * blockDim.x + threadIdx.x, r = hash32(t + seed), held = 0;
  unsigned long long mine[6];
  for (uint32_t i = 0; i < rounds; ++i) {
    r = hash32(r + i);
    uint32_t what = r % 4;
    if (what < 2 && held < 6) {
      uint32_t size = 16 + (r >> 8) % most;
      uint32_t *p = (uint32_t *)__cordon_malloc(size);
      if (!p) {
        atomicAdd(&Nulls, 1ull);
        continue;
      }
      p[0] = size;
      for (uint32_t k = 1; k < size / 4; ++k)
        p[k] = k * 2654435761u ^ (uint32_t)(uint64_t)p;
      mine[held++] = (unsigned long long)p;
    } else if (held) {
      unsigned long long q = mine[--held];
      if (what == 3) {
        __threadfence();
        q = atomicExch(&shelf[(r >> 8) % shelves], q);
        __threadfence();
      }
      if (q) {
        uint32_t *p = (uint32_t *)q, size = *(volatile uint32_t *)p;
        bool bad = false;
        for (uint32_t k = 1; k < size / 4; ++k)
          bad |= *(volatile uint32_t *)(p + k) != (k * 2654435761u ^ (uint32_t)(uint64_t)p);
        if (bad)
          atomicAdd(&Wrong, 1ull);
        for (uint32_t k = 0; k < size / 4; ++k)
          p[k] = 0xdeadbeef;
        __cordon_free(p);
      }
    }
  }
  while (held)
    __cordon_free((void *)mine[--held]);
}
__global__ void emptyShelf(unsigned long long *shelf, uint32_t shelves) {
  uint32_t t = blockIdx.x * blockDim.x + threadIdx.x;
  if (t < shelves && shelf[t])
    __cordon_free((void *)shelf[t]), shelf[t] = 0;
}

#endif // CORDON_BENCH_ALLOC_KERNELS_CUH
