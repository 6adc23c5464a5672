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

/* A value of a type by its letter, in the way that the format asks for; see passes/link/RustFormat.cpp. */
static size_t put_value(char *out, size_t cap, size_t n, char way, char type, const void *value) {
  uint64_t bits = 0;
  switch (type) {
  case 'S': {
    const struct {
      const char *text;
      size_t length;
    } *s = value;
    if (way == '?')
      n = cordon_append(out, cap, n, "\"");
    n = cordon_append_n(out, cap, n, s->text, s->length);
    return way == '?' ? cordon_append(out, cap, n, "\"") : n;
  }
  case 'b':
    return cordon_append(out, cap, n, *(const uint8_t *)value ? "true" : "false");
  case 'c': {
    char text[16];
    __cordon_format(text, sizeof(text), way == '?' ? "'%lc'" : "%lc", value);
    return cordon_append(out, cap, n, text);
  }
  case 'f':
  case 'd': { /* the fewest digits that read back the same */
    char text[40];
    double d = type == 'f' ? *(const float *)value : *(const double *)value;
    struct {
      int digits;
      double value;
    } packed = {1, d};
    for (; packed.digits <= 17; ++packed.digits) {
      __cordon_format(text, sizeof(text), "%.*g", &packed);
      if (type == 'f' ? __cordon_parse_float(text) == (float)d : __cordon_parse_double(text) == d)
        break;
    }
    return cordon_append(out, cap, n, d != d ? "NaN" : text);
  }
  case 'a':
    bits = (uint64_t)(int64_t)*(const int8_t *)value;
    break;
  case 'h':
    bits = *(const uint8_t *)value;
    break;
  case 's':
    bits = (uint64_t)(int64_t)*(const int16_t *)value;
    break;
  case 't':
    bits = *(const uint16_t *)value;
    break;
  case 'i':
    bits = (uint64_t)(int64_t)*(const int32_t *)value;
    break;
  case 'j':
    bits = *(const uint32_t *)value;
    break;
  default:
    bits = *(const uint64_t *)value;
  }
  if (way == 'x' || way == 'X') { /* two's complement of the type's width */
    int digits = type == 'a' || type == 'h' ? 2 : type == 's' || type == 't' ? 4 : type == 'i' || type == 'j' ? 8 : 16;
    int any = 0;
    while (digits-- > 0) {
      unsigned digit = bits >> 4 * digits & 15;
      any |= digit || !digits;
      if (any)
        n = cordon_append_n(out, cap, n, (way == 'x' ? "0123456789abcdef" : "0123456789ABCDEF") + digit, 1);
    }
    return n;
  }
  if ((type == 'a' || type == 's' || type == 'i' || type == 'l') && (int64_t)bits < 0) {
    n = cordon_append(out, cap, n, "-");
    bits = 0 - bits;
  }
  return cordon_append_decimal(out, cap, n, bits);
}

CORDON_COLD _Noreturn void __cordon_rust_format(uint32_t kind, const char *text, size_t length,
                                                const void *const *values, const struct location *at) {
  char message[256];
  size_t n = 0;
  message[0] = 0;
  for (size_t i = 0; i < length; ++i)
    if (text[i] == 1 && i + 2 < length) {
      n = put_value(message, sizeof(message), n, text[i + 1], text[i + 2], *values++);
      i += 2;
    } else
      n = cordon_append_n(message, sizeof(message), n, text + i, 1);
  panic(kind, message, n, at);
}
