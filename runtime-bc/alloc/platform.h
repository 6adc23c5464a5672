/*===- alloc/platform.h - what the allocator asks of its machine -----------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The allocator is written once and compiled three ways: by clang to bitcode (the runtime), by nvcc (the benchmark), and
 * for the CPU with lanes that are fibers (tests: CORDON_ALLOC_HOST names the header that stands in for this one).
 *
 * All atomics here are relaxed and of .gpu scope, because LLVM emits no other read-modify-write for NVPTX; order comes
 * from `fence`, at least fence.acq_rel.gpu. .gpu is enough: a heap belongs to one device, and the host reads it when nothing runs.
 * Warp functions take the mask of lanes that were converged at `lanes_active`; they are called in uniform flow only, so
 * that every lane of the mask comes by, whatever the lanes outside do.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_ALLOC_PLATFORM_H
#define CORDON_ALLOC_PLATFORM_H

#include "cordon/abi/heap.h"
#include "cordon/abi/state.h"

#if defined(CORDON_ALLOC_HOST)

#include CORDON_ALLOC_HOST

#elif defined(__CUDACC__)

#define GLOBAL
#define FN static __device__ __forceinline__
#define FN_SLOW static __device__ __noinline__
#define ENTRY extern "C" __device__ __noinline__

FN uint32_t load32(const uint32_t *p) {
  uint32_t v;
  asm volatile("ld.relaxed.gpu.global.u32 %0, [%1];" : "=r"(v) : "l"(p) : "memory");
  return v;
}
FN uint64_t load64(const uint64_t *p) {
  uint64_t v;
  asm volatile("ld.relaxed.gpu.global.u64 %0, [%1];" : "=l"(v) : "l"(p) : "memory");
  return v;
}
FN void store32(uint32_t *p, uint32_t v) {
  asm volatile("st.relaxed.gpu.global.u32 [%0], %1;" ::"l"(p), "r"(v) : "memory");
}
FN void store64(uint64_t *p, uint64_t v) {
  asm volatile("st.relaxed.gpu.global.u64 [%0], %1;" ::"l"(p), "l"(v) : "memory");
}
FN uint64_t and64(uint64_t *p, uint64_t v) { return atomicAnd((unsigned long long *)p, v); }
FN uint64_t or64(uint64_t *p, uint64_t v) { return atomicOr((unsigned long long *)p, v); }
FN uint64_t add64(uint64_t *p, uint64_t v) { return atomicAdd((unsigned long long *)p, v); }
FN int64_t max64(int64_t *p, int64_t v) { return atomicMax((long long *)p, v); }
FN uint64_t cas64(uint64_t *p, uint64_t e, uint64_t v) { return atomicCAS((unsigned long long *)p, e, v); }
FN uint32_t add32(uint32_t *p, uint32_t v) { return atomicAdd(p, v); }
FN uint32_t cas32(uint32_t *p, uint32_t e, uint32_t v) { return atomicCAS(p, e, v); }
FN uint32_t exchange32(uint32_t *p, uint32_t v) { return atomicExch(p, v); }
#ifndef FENCE /* the benchmark tries others */
#define FENCE "fence.acq_rel.gpu;"
#endif
FN void fence(void) { asm volatile(FENCE ::: "memory"); }

FN uint32_t lanes_active(void) { return __activemask(); }
FN uint32_t lane_id(void) {
  uint32_t v;
  asm("mov.u32 %0, %%laneid;" : "=r"(v));
  return v;
}
FN uint32_t warp_id(void) {
  uint32_t v;
  asm volatile("mov.u32 %0, %%warpid;" : "=r"(v));
  return v;
}
FN uint32_t sm_id(void) {
  uint32_t v;
  asm volatile("mov.u32 %0, %%smid;" : "=r"(v));
  return v;
}
FN uint32_t lanes_ballot(uint32_t mask, int p) { return __ballot_sync(mask, p); }
FN uint32_t lanes_equal(uint32_t mask, uint32_t v) { return __match_any_sync(mask, v); }
FN uint32_t lanes_read(uint32_t mask, uint32_t v, uint32_t lane) { return __shfl_sync(mask, v, (int)lane); }
FN void lanes_sync(uint32_t mask) { __syncwarp(mask); }
FN void pause_ns(uint32_t ns) { __nanosleep(ns); }
FN uint32_t popcount(uint32_t v) { return (uint32_t)__popc(v); }
FN uint32_t first_bit(uint32_t v) { return (uint32_t)__ffs((int)v) - 1; }
FN uint32_t first_bit64(uint64_t v) { return (uint32_t)__ffsll((long long)v) - 1; }
FN uint32_t high_bit(uint32_t v) { return 31 - (uint32_t)__clz((int)v); }

#ifndef DRIVER_MALLOC
#define DRIVER_MALLOC malloc
#define DRIVER_FREE free
#endif
/* The file that includes this defines __cordon_state first. */

#else /* bitcode */

#include "runtime.h"

#define GLOBAL __attribute__((address_space(1)))
/* `convergent` keeps LLVM from moving the warp functions into control flow of their own. */
#define FN static inline __attribute__((always_inline, convergent))
#define FN_SLOW static __attribute__((noinline, convergent))
#define ENTRY __attribute__((noinline, convergent))

#define CORDON_RELAXED __ATOMIC_RELAXED, __MEMORY_SCOPE_DEVICE
FN uint32_t load32(const GLOBAL uint32_t *p) { return __scoped_atomic_load_n(p, CORDON_RELAXED); }
FN uint64_t load64(const GLOBAL uint64_t *p) { return __scoped_atomic_load_n(p, CORDON_RELAXED); }
FN void store32(GLOBAL uint32_t *p, uint32_t v) { __scoped_atomic_store_n(p, v, CORDON_RELAXED); }
FN void store64(GLOBAL uint64_t *p, uint64_t v) { __scoped_atomic_store_n(p, v, CORDON_RELAXED); }
FN uint64_t and64(GLOBAL uint64_t *p, uint64_t v) { return __scoped_atomic_fetch_and(p, v, CORDON_RELAXED); }
FN uint64_t or64(GLOBAL uint64_t *p, uint64_t v) { return __scoped_atomic_fetch_or(p, v, CORDON_RELAXED); }
FN uint64_t add64(GLOBAL uint64_t *p, uint64_t v) { return __scoped_atomic_fetch_add(p, v, CORDON_RELAXED); }
FN int64_t max64(GLOBAL int64_t *p, int64_t v) { return __scoped_atomic_fetch_max(p, v, CORDON_RELAXED); }
FN uint64_t cas64(GLOBAL uint64_t *p, uint64_t e, uint64_t v) {
  __scoped_atomic_compare_exchange_n(p, &e, v, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED, __MEMORY_SCOPE_DEVICE);
  return e;
}
FN uint32_t add32(GLOBAL uint32_t *p, uint32_t v) { return __scoped_atomic_fetch_add(p, v, CORDON_RELAXED); }
FN uint32_t cas32(GLOBAL uint32_t *p, uint32_t e, uint32_t v) {
  __scoped_atomic_compare_exchange_n(p, &e, v, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED, __MEMORY_SCOPE_DEVICE);
  return e;
}
FN uint32_t exchange32(GLOBAL uint32_t *p, uint32_t v) { return __scoped_atomic_exchange_n(p, v, CORDON_RELAXED); }
FN void fence(void) { __nvvm_membar_gl(); } /* fence.sc.gpu: C's own fence would be .sys, which costs more */

FN uint32_t lanes_active(void) { return __nvvm_activemask(); }
FN uint32_t lane_id(void) { return (uint32_t)__nvvm_read_ptx_sreg_laneid(); }
FN uint32_t warp_id(void) { return (uint32_t)__nvvm_read_ptx_sreg_warpid(); }
FN uint32_t sm_id(void) { return (uint32_t)__nvvm_read_ptx_sreg_smid(); }
FN uint32_t lanes_ballot(uint32_t mask, int p) { return __nvvm_vote_ballot_sync(mask, p != 0); }
FN uint32_t lanes_equal(uint32_t mask, uint32_t v) { return __nvvm_match_any_sync_i32(mask, v); }
FN uint32_t lanes_read(uint32_t mask, uint32_t v, uint32_t lane) {
  return (uint32_t)__nvvm_shfl_sync_idx_i32(mask, (int)v, (int)lane, 31);
}
FN void lanes_sync(uint32_t mask) { __nvvm_bar_warp_sync(mask); }
FN void pause_ns(uint32_t ns) { __nvvm_nanosleep(ns); }
FN uint32_t popcount(uint32_t v) { return (uint32_t)__builtin_popcount(v); }
FN uint32_t first_bit(uint32_t v) { return (uint32_t)__builtin_ctz(v); }
FN uint32_t first_bit64(uint64_t v) { return (uint32_t)__builtin_ctzll(v); }
FN uint32_t high_bit(uint32_t v) { return 31 - (uint32_t)__builtin_clz(v); }

#define DRIVER_MALLOC malloc
#define DRIVER_FREE free

#endif

typedef GLOBAL struct cordon_heap heap_t;
typedef GLOBAL struct cordon_heap_slab slab_t;
typedef GLOBAL uint32_t word32;
typedef GLOBAL uint64_t word64;

#define NO_SLAB 0xffffffffu

FN slab_t *slab_of(heap_t *h, uint32_t s) { return (slab_t *)h->slab_records + s; }
FN word64 *words_of(heap_t *h, uint32_t s) { return (word64 *)h->words + (uint64_t)s * CORDON_HEAP_WORDS; }
FN uint64_t address_of(heap_t *h, uint32_t s) { return h->data + ((uint64_t)s << CORDON_HEAP_SLAB_SHIFT); }
FN word32 *active_of(heap_t *h, uint32_t c, uint32_t slot) { return (word32 *)h->active + c * h->slots + slot; }

/* Position of the n-th set bit of x, n counting from 0; x has more than n. */
FN uint32_t nth_bit(uint32_t x, uint32_t n) {
  uint32_t at = 0, width;
  for (width = 16; width; width >>= 1) {
    uint32_t below = popcount((x >> at) & ((1u << width) - 1));
    if (n >= below) {
      n -= below;
      at += width;
    }
  }
  return at;
}

/* The n lowest set bits of x, 0 < n <= popcount(x). */
FN uint32_t low_bits(uint32_t x, uint32_t n) { return x & (0xffffffffu >> (31 - nth_bit(x, n - 1))); }

FN uint32_t mix(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  return x;
}

#endif /* CORDON_ALLOC_PLATFORM_H */
