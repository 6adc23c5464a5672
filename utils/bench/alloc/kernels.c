/*===- kernels.c - the benchmark's kernels, as a compiler gives them to Cordon ------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Compiled by clang to a device module; cordon-link-runtime binds malloc and free. alloc_bench --image=FILE runs them.
 *===------------------------------------------------------------------------*/
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;
void *malloc(unsigned long size);
void free(void *p);

static uint32_t hash32(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ x >> 16;
}

static uint32_t size_of(uint32_t kind, uint32_t size, uint32_t i) {
  uint32_t r = hash32(i * 747796405u + 7);
  return kind == 0 ? size : kind == 1 ? 16u << r % 9 : 1 + r % size;
}

static uint32_t number(void) {
  return __nvvm_read_ptx_sreg_ctaid_x() * __nvvm_read_ptx_sreg_ntid_x() + __nvvm_read_ptx_sreg_tid_x();
}

__attribute__((nvptx_kernel)) void malloc_kernel(void **out, uint32_t n, uint32_t kind, uint32_t size) {
  uint32_t i = number();
  if (i < n)
    out[i] = malloc(size_of(kind, size, i));
}

__attribute__((nvptx_kernel)) void free_kernel(void **out, uint32_t n, uint32_t stride) {
  uint32_t i = number();
  if (i < n) {
    uint32_t at = (uint32_t)((uint64_t)i * stride % n);
    free(out[at]);
    out[at] = 0;
  }
}

/* Random blocks, contents checked; threads of a warp part ways all the time. *wrong counts faults. */
__attribute__((nvptx_kernel)) void stress_kernel(uint32_t rounds, uint32_t most, uint64_t *shelf, uint32_t shelves, uint32_t seed,
                                                 uint64_t *wrong) {
  uint32_t r = hash32(number() + seed), held = 0, i, k;
  uint64_t mine[6];
  for (i = 0; i < rounds; ++i) {
    uint32_t what;
    r = hash32(r + i);
    what = r % 4;
    if (what < 2 && held < 6) {
      uint32_t size = 16 + (r >> 8) % most;
      uint32_t *p = malloc(size);
      if (!p) {
        __scoped_atomic_fetch_add(wrong, 1, __ATOMIC_RELAXED, __MEMORY_SCOPE_DEVICE);
        continue;
      }
      p[0] = size;
      for (k = 1; k < size / 4; ++k)
        p[k] = k * 2654435761u ^ (uint32_t)(uint64_t)p;
      mine[held++] = (uint64_t)p;
    } else if (held) {
      uint64_t q = mine[--held];
      if (what == 3) {
        __nvvm_membar_gl();
        q = __scoped_atomic_exchange_n(&shelf[(r >> 8) % shelves], q, __ATOMIC_RELAXED, __MEMORY_SCOPE_DEVICE);
        __nvvm_membar_gl();
      }
      if (q) {
        volatile uint32_t *p = (volatile uint32_t *)q;
        uint32_t size = p[0], bad = 0;
        for (k = 1; k < size / 4; ++k)
          bad |= p[k] != (k * 2654435761u ^ (uint32_t)q);
        if (bad)
          __scoped_atomic_fetch_add(wrong, 1, __ATOMIC_RELAXED, __MEMORY_SCOPE_DEVICE);
        free((void *)q);
      }
    }
  }
  while (held)
    free((void *)mine[--held]);
}

__attribute__((nvptx_kernel)) void empty_kernel(uint64_t *shelf, uint32_t shelves) {
  uint32_t i = number();
  if (i < shelves && shelf[i]) {
    free((void *)shelf[i]);
    shelf[i] = 0;
  }
}
