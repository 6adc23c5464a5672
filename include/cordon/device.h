/*===- cordon/device.h - for people who write kernels in C or C++ --------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Kernel marks, indices, barriers, shuffles, votes, atomics, fences and variables under the names that CUDA users know,
 * for one plain C11 or C++ translation unit that clang 22 compiles for the host with Cordon's plugin:
 *
 *     clang-22 -O2 --config=<build>/cordon.cfg saxpy.c -o saxpy
 *
 * May be included before or after the CUDA runtime's headers. What differs from CUDA C++:
 *   - A kernel is launched with cudaLaunchKernel (or, in C++, cordon::launch), since <<<>>> is no C; also by a kernel.
 *   - Dynamic shared memory is declared by CORDON_DYNAMIC_SHARED(float, name) in the kernel.
 *   - Structs of up to 16 bytes by value: only with the plugin in clang. In bitcode that was optimized before, the x86-64 ABI
 *     has split them into two parameters of the kernel.
 *   - Inline PTX: the host's clang knows "r" and "l", and "f" for inputs. Other values go through .reg and mov in the text.
 *   - printf and assert are those of stdio.h and assert.h; math functions those of math.h.
 *   - atomicAdd and kin are relaxed and have device scope, as in CUDA; C11's and C++'s own atomics have system scope.
 *   - `static __shared__` and `__shared__` in a kernel mean the same.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_DEVICE_H
#define CORDON_DEVICE_H

#if !defined(__clang__)
#error "cordon/device.h needs clang: intrinsics are named by assembler labels that other compilers do not pass to LLVM"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The CUDA headers give some of the names below other meanings; theirs must come first. */
#if defined(__has_include)
#if __has_include(<cuda_runtime.h>)
#include <cuda_runtime.h>
#endif
#endif
#undef __global__
#undef __device__
#undef __host__
#undef __shared__
#undef __constant__
#undef __managed__
#undef __grid_constant__
#undef __launch_bounds__
#undef __forceinline__


/*--- Marks ---*/

#define __global__ __attribute__((annotate("cordon.kernel"), noinline))
#define __device__ __attribute__((annotate("cordon.device")))
#define __host__ __attribute__((annotate("cordon.host")))
#define __shared__ __attribute__((annotate("cordon.shared")))
#define __constant__ __attribute__((annotate("cordon.constant")))
#define __managed__ __attribute__((annotate("cordon.managed")))
/* For structs of more than 16 bytes that a kernel takes by value and does not write: no copy is made of them. */
#define __grid_constant__ __attribute__((annotate("cordon.grid_constant")))
#define __launch_bounds__(...) __attribute__((annotate("cordon.launch_bounds", __VA_ARGS__)))
#define __forceinline__ __inline__ __attribute__((always_inline))


/* Declares NAME as a pointer to the launch's dynamic shared memory, aligned to 16 bytes. */
#define CORDON_DYNAMIC_SHARED(TYPE, NAME)                                                                              \
  extern __attribute__((address_space(3), aligned(16))) TYPE cordon_dynamic_shared_##NAME[];                           \
  TYPE *NAME = (TYPE *)cordon_dynamic_shared_##NAME

/*--- Intrinsics, by their names in LLVM: as functions of C, also those that return structs or take shared memory ---*/

#define CORDON_INTRINSIC(RESULT, NAME, LABEL, ...) RESULT NAME(__VA_ARGS__) __asm__("llvm.nvvm." LABEL)
#define CORDON_CONVERGENT __attribute__((convergent))
/* Atomics in the function are seen by this GPU only; without it the IR's default, the whole system, holds. */
#define CORDON_DEVICE_SCOPE __attribute__((annotate("cordon.device-scope")))
#define CORDON_INLINE static __inline__ __attribute__((always_inline, unused))

#ifdef __cplusplus
extern "C" {
#endif

CORDON_INTRINSIC(unsigned, __cordon_laneid, "read.ptx.sreg.laneid", void);
CORDON_INTRINSIC(unsigned, __cordon_clock, "read.ptx.sreg.clock", void);
CORDON_INTRINSIC(unsigned long long, __cordon_clock64, "read.ptx.sreg.clock64", void);
CORDON_INTRINSIC(unsigned long long, __cordon_globaltimer, "read.ptx.sreg.globaltimer", void);

CORDON_CONVERGENT CORDON_INTRINSIC(void, __cordon_barrier, "barrier.cta.sync.aligned.all", unsigned);
CORDON_CONVERGENT CORDON_INTRINSIC(unsigned, __cordon_barrier_popc, "barrier.cta.red.popc.aligned.all", unsigned, bool);
CORDON_CONVERGENT CORDON_INTRINSIC(bool, __cordon_barrier_and, "barrier.cta.red.and.aligned.all", unsigned, bool);
CORDON_CONVERGENT CORDON_INTRINSIC(bool, __cordon_barrier_or, "barrier.cta.red.or.aligned.all", unsigned, bool);
CORDON_CONVERGENT CORDON_INTRINSIC(void, __cordon_syncwarp, "bar.warp.sync", unsigned);
CORDON_INTRINSIC(void, __cordon_membar_cta, "membar.cta", void);
CORDON_INTRINSIC(void, __cordon_membar_gl, "membar.gl", void);
CORDON_INTRINSIC(void, __cordon_membar_sys, "membar.sys", void);
CORDON_INTRINSIC(void, __cordon_nanosleep, "nanosleep", unsigned);

CORDON_CONVERGENT CORDON_INTRINSIC(int, __cordon_shfl_idx, "shfl.sync.idx.i32", unsigned, int, int, int);
CORDON_CONVERGENT CORDON_INTRINSIC(int, __cordon_shfl_up, "shfl.sync.up.i32", unsigned, int, int, int);
CORDON_CONVERGENT CORDON_INTRINSIC(int, __cordon_shfl_down, "shfl.sync.down.i32", unsigned, int, int, int);
CORDON_CONVERGENT CORDON_INTRINSIC(int, __cordon_shfl_bfly, "shfl.sync.bfly.i32", unsigned, int, int, int);
CORDON_CONVERGENT CORDON_INTRINSIC(bool, __cordon_vote_all, "vote.all.sync", unsigned, bool);
CORDON_CONVERGENT CORDON_INTRINSIC(bool, __cordon_vote_any, "vote.any.sync", unsigned, bool);
CORDON_CONVERGENT CORDON_INTRINSIC(bool, __cordon_vote_uni, "vote.uni.sync", unsigned, bool);
CORDON_CONVERGENT CORDON_INTRINSIC(unsigned, __cordon_ballot, "vote.ballot.sync", unsigned, bool);
CORDON_CONVERGENT CORDON_INTRINSIC(unsigned, __cordon_activemask, "activemask", void);
CORDON_CONVERGENT CORDON_INTRINSIC(unsigned, __cordon_match_any32, "match.any.sync.i32", unsigned, unsigned);
CORDON_CONVERGENT CORDON_INTRINSIC(unsigned, __cordon_match_any64, "match.any.sync.i64", unsigned, unsigned long long);
/* sm_80 and newer. */
CORDON_CONVERGENT CORDON_INTRINSIC(int, __cordon_redux_add, "redux.sync.add", int, unsigned);
CORDON_CONVERGENT CORDON_INTRINSIC(int, __cordon_redux_min, "redux.sync.min", int, unsigned);
CORDON_CONVERGENT CORDON_INTRINSIC(int, __cordon_redux_max, "redux.sync.max", int, unsigned);
CORDON_CONVERGENT CORDON_INTRINSIC(unsigned, __cordon_redux_umin, "redux.sync.umin", unsigned, unsigned);
CORDON_CONVERGENT CORDON_INTRINSIC(unsigned, __cordon_redux_umax, "redux.sync.umax", unsigned, unsigned);
CORDON_CONVERGENT CORDON_INTRINSIC(unsigned, __cordon_redux_and, "redux.sync.and", unsigned, unsigned);
CORDON_CONVERGENT CORDON_INTRINSIC(unsigned, __cordon_redux_or, "redux.sync.or", unsigned, unsigned);
CORDON_CONVERGENT CORDON_INTRINSIC(unsigned, __cordon_redux_xor, "redux.sync.xor", unsigned, unsigned);
CORDON_INTRINSIC(unsigned, __cordon_atomic_inc, "atomic.load.inc.32.p0", unsigned *, unsigned);
CORDON_INTRINSIC(unsigned, __cordon_atomic_dec, "atomic.load.dec.32.p0", unsigned *, unsigned);

/*--- Indices ---*/

/* Variables that no object file defines: Cordon turns each use in device code into reads of the special registers. */
#if !defined(__DEVICE_LAUNCH_PARAMETERS_H__)
struct cordon_index {
  unsigned x, y, z;
};
extern const struct cordon_index threadIdx, blockIdx, blockDim, gridDim;
extern const int warpSize;
#endif

CORDON_INLINE unsigned __laneid(void) { return __cordon_laneid(); }
CORDON_INLINE long long clock64(void) { return (long long)__cordon_clock64(); }
CORDON_INLINE unsigned long long __globaltimer(void) { return __cordon_globaltimer(); }

/*--- Barriers and fences ---*/

CORDON_INLINE CORDON_CONVERGENT void __syncthreads(void) { __cordon_barrier(0); }
CORDON_INLINE CORDON_CONVERGENT int __syncthreads_count(int p) { return (int)__cordon_barrier_popc(0, p != 0); }
CORDON_INLINE CORDON_CONVERGENT int __syncthreads_and(int p) { return __cordon_barrier_and(0, p != 0); }
CORDON_INLINE CORDON_CONVERGENT int __syncthreads_or(int p) { return __cordon_barrier_or(0, p != 0); }
CORDON_INLINE CORDON_CONVERGENT void __cordon_syncwarp_mask(unsigned mask) { __cordon_syncwarp(mask); }
/* __syncwarp() and __syncwarp(mask). */
#define CORDON_FIRST_OF(A, ...) A
#define __syncwarp(...) __cordon_syncwarp_mask(CORDON_FIRST_OF(__VA_ARGS__ __VA_OPT__(, ) 0xffffffffu))
CORDON_INLINE void __threadfence_block(void) { __cordon_membar_cta(); }
CORDON_INLINE void __threadfence(void) { __cordon_membar_gl(); }
CORDON_INLINE void __threadfence_system(void) { __cordon_membar_sys(); }
CORDON_INLINE void __nanosleep(unsigned ns) { __cordon_nanosleep(ns); }

/*--- Votes, match, reduce ---*/

CORDON_INLINE CORDON_CONVERGENT int __all_sync(unsigned mask, int p) { return __cordon_vote_all(mask, p != 0); }
CORDON_INLINE CORDON_CONVERGENT int __any_sync(unsigned mask, int p) { return __cordon_vote_any(mask, p != 0); }
CORDON_INLINE CORDON_CONVERGENT int __uni_sync(unsigned mask, int p) { return __cordon_vote_uni(mask, p != 0); }
CORDON_INLINE CORDON_CONVERGENT unsigned __ballot_sync(unsigned mask, int p) { return __cordon_ballot(mask, p != 0); }
CORDON_INLINE CORDON_CONVERGENT unsigned __activemask(void) { return __cordon_activemask(); }
CORDON_INLINE CORDON_CONVERGENT unsigned __cordon_match_any(unsigned mask, unsigned long long v, size_t size) {
  return size > 4 ? __cordon_match_any64(mask, v) : __cordon_match_any32(mask, (unsigned)v);
}
#define __match_any_sync(MASK, V) __cordon_match_any((MASK), (unsigned long long)(V), sizeof(V))
CORDON_INLINE CORDON_CONVERGENT int __reduce_add_sync(unsigned mask, int v) { return __cordon_redux_add(v, mask); }
CORDON_INLINE CORDON_CONVERGENT int __reduce_min_sync(unsigned mask, int v) { return __cordon_redux_min(v, mask); }
CORDON_INLINE CORDON_CONVERGENT int __reduce_max_sync(unsigned mask, int v) { return __cordon_redux_max(v, mask); }
CORDON_INLINE CORDON_CONVERGENT unsigned __reduce_and_sync(unsigned mask, unsigned v) { return __cordon_redux_and(v, mask); }
CORDON_INLINE CORDON_CONVERGENT unsigned __reduce_or_sync(unsigned mask, unsigned v) { return __cordon_redux_or(v, mask); }
CORDON_INLINE CORDON_CONVERGENT unsigned __reduce_xor_sync(unsigned mask, unsigned v) { return __cordon_redux_xor(v, mask); }

/*--- Bits ---*/

CORDON_INLINE int __popc(unsigned v) { return __builtin_popcount(v); }
CORDON_INLINE int __popcll(unsigned long long v) { return __builtin_popcountll(v); }
CORDON_INLINE int __clz(int v) { return v ? __builtin_clz((unsigned)v) : 32; }
CORDON_INLINE int __clzll(long long v) { return v ? __builtin_clzll((unsigned long long)v) : 64; }
CORDON_INLINE int __ffs(int v) { return __builtin_ffs(v); }
CORDON_INLINE int __ffsll(long long v) { return __builtin_ffsll(v); }
CORDON_INLINE unsigned __brev(unsigned v) { return __builtin_bitreverse32(v); }
CORDON_INLINE unsigned long long __brevll(unsigned long long v) { return __builtin_bitreverse64(v); }
CORDON_INLINE int __float_as_int(float v) { int r; __builtin_memcpy(&r, &v, 4); return r; }
CORDON_INLINE float __int_as_float(int v) { float r; __builtin_memcpy(&r, &v, 4); return r; }
CORDON_INLINE long long __double_as_longlong(double v) { long long r; __builtin_memcpy(&r, &v, 8); return r; }
CORDON_INLINE double __longlong_as_double(long long v) { double r; __builtin_memcpy(&r, &v, 8); return r; }

CORDON_INLINE CORDON_DEVICE_SCOPE unsigned atomicInc(unsigned *p, unsigned limit) { return __cordon_atomic_inc(p, limit); }
CORDON_INLINE CORDON_DEVICE_SCOPE unsigned atomicDec(unsigned *p, unsigned limit) { return __cordon_atomic_dec(p, limit); }

#ifdef __cplusplus
} // extern "C"
#endif

/*--- Atomics: relaxed, device scope, on generic pointers; all return the old value. ---*/

#define CORDON_ATOMIC(NAME, BUILTIN, SUFFIX, TYPE)                                                                     \
  CORDON_INLINE CORDON_DEVICE_SCOPE TYPE CORDON_ATOMIC_NAME(NAME, SUFFIX)(TYPE * p, TYPE v) {                          \
    return BUILTIN(p, v, __ATOMIC_RELAXED);                                                                            \
  }
#define CORDON_ATOMIC_EXCHANGE(SUFFIX, TYPE)                                                                           \
  CORDON_INLINE CORDON_DEVICE_SCOPE TYPE CORDON_ATOMIC_NAME(atomicExch, SUFFIX)(TYPE * p, TYPE v) {                    \
    TYPE old;                                                                                                          \
    __atomic_exchange(p, &v, &old, __ATOMIC_RELAXED);                                                                  \
    return old;                                                                                                        \
  }
#define CORDON_ATOMIC_CAS(SUFFIX, TYPE)                                                                                \
  CORDON_INLINE CORDON_DEVICE_SCOPE TYPE CORDON_ATOMIC_NAME(atomicCAS, SUFFIX)(TYPE * p, TYPE compare, TYPE v) {       \
    (void)__atomic_compare_exchange(p, &compare, &v, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);                           \
    return compare;                                                                                                    \
  }
#define CORDON_ATOMIC_INTEGER(SUFFIX, TYPE)                                                                            \
  CORDON_ATOMIC(atomicAdd, __atomic_fetch_add, SUFFIX, TYPE)                                                           \
  CORDON_ATOMIC(atomicSub, __atomic_fetch_sub, SUFFIX, TYPE)                                                           \
  CORDON_ATOMIC(atomicMin, __atomic_fetch_min, SUFFIX, TYPE)                                                           \
  CORDON_ATOMIC(atomicMax, __atomic_fetch_max, SUFFIX, TYPE)                                                           \
  CORDON_ATOMIC(atomicAnd, __atomic_fetch_and, SUFFIX, TYPE)                                                           \
  CORDON_ATOMIC(atomicOr, __atomic_fetch_or, SUFFIX, TYPE)                                                             \
  CORDON_ATOMIC(atomicXor, __atomic_fetch_xor, SUFFIX, TYPE)                                                           \
  CORDON_ATOMIC_EXCHANGE(SUFFIX, TYPE)                                                                                 \
  CORDON_ATOMIC_CAS(SUFFIX, TYPE)
#define CORDON_ATOMIC_FLOATING(SUFFIX, TYPE)                                                                           \
  CORDON_ATOMIC(atomicAdd, __atomic_fetch_add, SUFFIX, TYPE)                                                           \
  CORDON_ATOMIC_EXCHANGE(SUFFIX, TYPE)

/* C++ overloads one name; C chooses by the pointer's type. */
#ifdef __cplusplus
#define CORDON_ATOMIC_NAME(NAME, SUFFIX) NAME
#else
#define CORDON_ATOMIC_NAME(NAME, SUFFIX) __cordon_##NAME##_##SUFFIX
#endif
CORDON_ATOMIC_INTEGER(i32, int)
CORDON_ATOMIC_INTEGER(u32, unsigned)
CORDON_ATOMIC_INTEGER(l64, long)
CORDON_ATOMIC_INTEGER(ul64, unsigned long)
CORDON_ATOMIC_INTEGER(i64, long long)
CORDON_ATOMIC_INTEGER(u64, unsigned long long)
CORDON_ATOMIC_FLOATING(f32, float)
CORDON_ATOMIC_FLOATING(f64, double)
CORDON_ATOMIC_CAS(u16, unsigned short)

#ifndef __cplusplus
#define CORDON_ATOMIC_INTEGERS(NAME)                                                                                   \
  int *: __cordon_##NAME##_i32, unsigned *: __cordon_##NAME##_u32, long *: __cordon_##NAME##_l64,                      \
  unsigned long *: __cordon_##NAME##_ul64, long long *: __cordon_##NAME##_i64,                                         \
  unsigned long long *: __cordon_##NAME##_u64
#define CORDON_ATOMIC_ALL(NAME)                                                                                        \
  CORDON_ATOMIC_INTEGERS(NAME), float *: __cordon_##NAME##_f32, double *: __cordon_##NAME##_f64
#define atomicAdd(P, V) _Generic((P), CORDON_ATOMIC_ALL(atomicAdd))((P), (V))
#define atomicSub(P, V) _Generic((P), CORDON_ATOMIC_INTEGERS(atomicSub))((P), (V))
#define atomicMin(P, V) _Generic((P), CORDON_ATOMIC_INTEGERS(atomicMin))((P), (V))
#define atomicMax(P, V) _Generic((P), CORDON_ATOMIC_INTEGERS(atomicMax))((P), (V))
#define atomicAnd(P, V) _Generic((P), CORDON_ATOMIC_INTEGERS(atomicAnd))((P), (V))
#define atomicOr(P, V) _Generic((P), CORDON_ATOMIC_INTEGERS(atomicOr))((P), (V))
#define atomicXor(P, V) _Generic((P), CORDON_ATOMIC_INTEGERS(atomicXor))((P), (V))
#define atomicExch(P, V) _Generic((P), CORDON_ATOMIC_ALL(atomicExch))((P), (V))
#define atomicCAS(P, C, V)                                                                                             \
  _Generic((P), CORDON_ATOMIC_INTEGERS(atomicCAS), unsigned short *: __cordon_atomicCAS_u16)((P), (C), (V))
#endif

/*--- Shuffles: any type of 1 to 16 bytes. ---*/

#define CORDON_SHUFFLE(MASK, V, LANE, CONTROL, WHAT)                                                                   \
  __extension__({                                                                                                      \
    __typeof__((V)) __cordon_v = (V);                                                                                  \
    int __cordon_words[(sizeof(__cordon_v) + 3) / 4] = {0};                                                            \
    __builtin_memcpy(__cordon_words, &__cordon_v, sizeof(__cordon_v));                                                 \
    for (unsigned __cordon_i = 0; __cordon_i < sizeof(__cordon_words) / 4; ++__cordon_i)                               \
      __cordon_words[__cordon_i] = WHAT((MASK), __cordon_words[__cordon_i], (int)(LANE), (CONTROL));                   \
    __builtin_memcpy(&__cordon_v, __cordon_words, sizeof(__cordon_v));                                                 \
    __cordon_v;                                                                                                        \
  })
#define CORDON_WIDTH(CLAMP, ...) (((32 - (CORDON_FIRST_OF(__VA_ARGS__ __VA_OPT__(, ) 32))) << 8) | (CLAMP))
/* __shfl_*_sync(mask, value, lane or delta [, width]) */
#define __shfl_sync(MASK, V, LANE, ...) CORDON_SHUFFLE(MASK, V, LANE, CORDON_WIDTH(31, __VA_ARGS__), __cordon_shfl_idx)
#define __shfl_up_sync(MASK, V, DELTA, ...) CORDON_SHUFFLE(MASK, V, DELTA, CORDON_WIDTH(0, __VA_ARGS__), __cordon_shfl_up)
#define __shfl_down_sync(MASK, V, DELTA, ...) CORDON_SHUFFLE(MASK, V, DELTA, CORDON_WIDTH(31, __VA_ARGS__), __cordon_shfl_down)
#define __shfl_xor_sync(MASK, V, LANES, ...) CORDON_SHUFFLE(MASK, V, LANES, CORDON_WIDTH(31, __VA_ARGS__), __cordon_shfl_bfly)

#define __ldg(P) (*(P))

#if defined(__cplusplus) && defined(__has_include)
#if __has_include(<cuda_runtime_api.h>)
#include <cuda_runtime_api.h>
namespace cordon {
/* kernel<<<grid, block, shared, stream>>>(args...) */
template <typename... Params, typename... Args>
inline cudaError_t launch(void (*kernel)(Params...), dim3 grid, dim3 block, size_t shared, cudaStream_t stream,
                          Args... args) {
  static_assert(sizeof...(Params) == sizeof...(Args), "a kernel takes all of its parameters");
  return [&](Params... converted) {
    void *pointers[sizeof...(Params) + 1] = {const_cast<void *>(static_cast<const volatile void *>(&converted))...};
    return cudaLaunchKernel(reinterpret_cast<const void *>(kernel), grid, block, pointers, shared, stream);
  }(static_cast<Params>(args)...);
}
} // namespace cordon
#endif
#endif

#endif /* CORDON_DEVICE_H */
