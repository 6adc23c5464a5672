/*===- runtime-bc/rust.c - Rust's allocator shims and panics ------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * rustc mangles the shims with a hash, and core's panics by path: cordon-link-runtime recognizes those names and binds
 * them to the functions here.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

void *__rust_alloc(size_t size, size_t alignment) {
  return alignment <= 16 ? __cordon_malloc(size) : __cordon_aligned_alloc(alignment, size);
}
void __rust_dealloc(void *pointer, size_t size, size_t alignment) {
  (void)size;
  (void)alignment;
  __cordon_free(pointer);
}
void *__rust_realloc(void *pointer, size_t old, size_t alignment, size_t size) {
  if (alignment <= 16)
    return __cordon_realloc(pointer, size);
  void *memory = __cordon_aligned_alloc(alignment, size);
  if (memory) {
    cordon_copy_bytes(memory, pointer, old < size ? old : size);
    __cordon_free(pointer);
  }
  return memory;
}
void *__rust_alloc_zeroed(size_t size, size_t alignment) {
  if (alignment <= 16)
    return __cordon_calloc(1, size);
  void *memory = __cordon_aligned_alloc(alignment, size);
  if (memory)
    cordon_fill_bytes(memory, 0, size);
  return memory;
}
unsigned char __rust_no_alloc_shim_is_unstable = 0;
void __rust_no_alloc_shim_is_unstable_v2(void) {}

/* core::panic::Location; strings have a length and no end. */
struct location {
  const char *file;
  size_t length;
  uint32_t line, column;
};

static CORDON_COLD _Noreturn void panic(uint32_t kind, const char *text, size_t length, const struct location *at) {
  char message[256], file[128];
  message[0] = 0;
  cordon_append_n(message, sizeof(message), 0, text, length);
  if (at) {
    file[0] = 0;
    cordon_append_n(file, sizeof(file), 0, at->file, at->length);
  }
  __cordon_throw(kind, message, at ? file : 0, at ? at->line : 0, 0);
}

CORDON_COLD _Noreturn void __cordon_rust_panic(const char *text, size_t length, const struct location *at) {
  panic(CORDON_EXCEPTION_THROW, text, length, at);
}

CORDON_COLD _Noreturn void __cordon_rust_bounds(size_t index, size_t length, const struct location *at) {
  char message[128];
  size_t n = cordon_append(message, sizeof(message), 0, "index out of bounds: the len is ");
  n = cordon_append_decimal(message, sizeof(message), n, length);
  n = cordon_append(message, sizeof(message), n, " but the index is ");
  n = cordon_append_decimal(message, sizeof(message), n, index);
  panic(CORDON_EXCEPTION_THROW, message, n, at);
}

CORDON_COLD _Noreturn void __cordon_rust_alloc_error(size_t alignment, size_t size) {
  (void)alignment;
  char message[80];
  size_t n = cordon_append(message, sizeof(message), 0, "memory allocation of ");
  n = cordon_append_decimal(message, sizeof(message), n, size);
  cordon_append(message, sizeof(message), n, " bytes failed");
  __cordon_throw_value(CORDON_EXCEPTION_OUT_OF_MEMORY, message, 0, 0, 0, size);
}

/* What assert_eq! and assert_ne! end in. */
CORDON_COLD _Noreturn void __cordon_rust_assert(uint8_t kind, const struct location *at) {
  const char *text = kind == 0   ? "assertion `left == right` failed"
                     : kind == 1 ? "assertion `left != right` failed"
                                 : "assertion `left matches right` failed";
  panic(CORDON_EXCEPTION_ASSERT, text, cordon_strlen(text), at);
}
