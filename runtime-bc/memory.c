/*===- runtime-bc/memory.c - the heap's functions on the driver's malloc -------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * cordon-link-runtime binds malloc, free and kin in device code to these names. The definitions are weak: the allocator
 * of this runtime, or a user's, replaces them. What they forward to is CUDA's device heap.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

/* A block starts with its size, for realloc, which the driver does not have; the driver aligns to 16 bytes. */
struct header {
  size_t size;
  void *base; /* what the driver gave */
};

static void *allocate(size_t alignment, size_t size) {
  if (alignment < 16)
    alignment = 16;
  size_t total = size + sizeof(struct header) + alignment;
  if (total < size)
    return 0;
  char *base = malloc(total);
  if (!base)
    return 0;
  uintptr_t user = ((uintptr_t)base + sizeof(struct header) + alignment - 1) & ~(uintptr_t)(alignment - 1);
  struct header *h = (struct header *)user - 1;
  h->size = size;
  h->base = base;
  return (void *)user;
}

CORDON_WEAK void *__cordon_malloc(size_t size) { return allocate(16, size); }
CORDON_WEAK void __cordon_free(void *pointer) {
  if (pointer)
    free(((struct header *)pointer - 1)->base);
}
CORDON_WEAK void *__cordon_calloc(size_t count, size_t size) {
  size_t total;
  if (__builtin_mul_overflow(count, size, &total))
    return 0;
  void *memory = allocate(16, total);
  if (memory)
    cordon_fill_bytes(memory, 0, total);
  return memory;
}
CORDON_WEAK void *__cordon_realloc(void *pointer, size_t size) {
  if (!pointer)
    return allocate(16, size);
  size_t old = ((struct header *)pointer - 1)->size;
  if (size <= old)
    return pointer;
  void *memory = allocate(16, size);
  if (memory) {
    cordon_copy_bytes(memory, pointer, old);
    __cordon_free(pointer);
  }
  return memory;
}
CORDON_WEAK void *__cordon_aligned_alloc(size_t alignment, size_t size) { return allocate(alignment, size); }
