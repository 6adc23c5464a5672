/*===- runtime-bc/runtime.h - what the files of the device runtime share ------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The runtime is freestanding C, compiled once to bitcode and linked into every device module that needs it. It uses NVVM
 * intrinsics and no inline PTX, so that it also runs where a kernel is executed on a CPU. `malloc` and `free` in here are
 * the driver's. A helper of several files is static inline: a program may define `strlen` itself.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_RUNTIME_H
#define CORDON_RUNTIME_H

#include "cordon/abi/state.h"
#include <stddef.h>
#include <stdint.h>

#define CORDON_GLOBAL __attribute__((address_space(1)))
#define CORDON_COLD __attribute__((noinline, cold))
#define CORDON_WEAK __attribute__((weak))

/* Filled by the host before the first launch; all zero until then. */
extern CORDON_GLOBAL struct cordon_state __cordon_state;

/* The driver's. */
int vprintf(const char *format, void *arguments);
void *malloc(size_t size);
void free(void *pointer);
void __assertfail(const char *message, const char *file, unsigned line, const char *function, size_t char_size);

/* The allocator's. */
void *__cordon_malloc(size_t size);
void __cordon_free(void *pointer);
void *__cordon_calloc(size_t count, size_t size);
void *__cordon_realloc(void *pointer, size_t size);
void *__cordon_aligned_alloc(size_t alignment, size_t size);

/* Bodies come from cordon-link-runtime: 1 under exception=exit; the source name of the running kernel, or null; the
 * address of CUDA.jl's ExceptionInfo that the kernel got in its state parameter, or that the host set. */
int __cordon_exception_exit(void);
const char *__cordon_kernel_name(void);
void *__cordon_julia_info(void);

/* Reports the exception and stops the thread. Strings may be null, line 0. `value` is what the kind makes of it. */
_Noreturn void __cordon_throw(uint32_t kind, const char *message, const char *file, uint32_t line,
                              const char *function);
_Noreturn void __cordon_throw_value(uint32_t kind, const char *message, const char *file, uint32_t line,
                                    const char *function, uint64_t value);
/* Stops the thread without a report: by `exit` or `trap`, as the link pass chose. */
_Noreturn void __cordon_stop(void);

/* Writes TAKEN to a word of host memory that holds FREE; returns what it held before. */
uint32_t __cordon_take(uint32_t *word, uint32_t free, uint32_t taken);

/* The record of this thread's exception, claimed by this call or an earlier one; null if there is no record or another
 * thread has it. A claimed record belongs to the thread until cordon_publish. */
struct cordon_exception_record *__cordon_claim(void);
void __cordon_publish(struct cordon_exception_record *record);

/* snprintf on arguments packed as vprintf wants them: each at its natural alignment. */
int __cordon_format(char *out, size_t cap, const char *format, const void *arguments);

/* strtod and strtof under names that no program defines. */
double __cordon_parse_double(const char *text);
float __cordon_parse_float(const char *text);

static inline size_t cordon_strlen(const char *s) {
  size_t n = 0;
  while (s[n])
    ++n;
  return n;
}

static inline void cordon_copy_bytes(void *to, const void *from, size_t n) {
  char *t = to;
  const char *f = from;
  for (size_t i = 0; i < n; ++i)
    t[i] = f[i];
}

static inline void cordon_fill_bytes(void *to, int value, size_t n) {
  char *t = to;
  for (size_t i = 0; i < n; ++i)
    t[i] = (char)value;
}

/* Appends `text` (null: nothing) to the string in out[0..cap), cutting it to fit; `at` is its length; returns the new
 * one. */
static inline size_t cordon_append(char *out, size_t cap, size_t at, const char *text) {
  if (text)
    while (*text && at + 1 < cap)
      out[at++] = *text++;
  out[at] = 0;
  return at;
}

/* The same for text[0..n). */
static inline size_t cordon_append_n(char *out, size_t cap, size_t at, const char *text, size_t n) {
  for (size_t i = 0; i < n && at + 1 < cap; ++i)
    out[at++] = text[i];
  out[at] = 0;
  return at;
}

/* Divides 16 bits at a time: a kernel that may throw reserves the registers of all that is called then, and a 64-bit division
 * would take the kernel above 32, where fewer threads fit on the GPU. */
static inline size_t cordon_append_decimal(char *out, size_t cap, size_t at, uint64_t value) {
  char digits[20];
  size_t n = 0;
  do {
    uint32_t rest = 0;
#pragma clang loop unroll(disable)
    for (int i = 0; i < 4; ++i) {
      rest = rest << 16 | (uint32_t)(value >> 48);
      value = value << 16 | rest / 10;
      rest %= 10;
    }
    digits[n++] = (char)('0' + rest);
  } while (value);
  while (n && at + 1 < cap)
    out[at++] = digits[--n];
  out[at] = 0;
  return at;
}

#endif /* CORDON_RUNTIME_H */
