/*===- alloc/alloc.c - malloc, free and kin on the device -----------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The entries that cordon-link-runtime binds malloc and its kin to. Sizes up to 32 KiB are objects of a size class, up to
 * 4 MiB runs of slabs; larger ones, and all when the heap is full or there is none, are the driver's, with a block header
 * that tells size and start. free knows a heap's pointers by their address.
 *===------------------------------------------------------------------------*/
#include "small.h"
#include "spans.h"

#define SMALL_MAX (CORDON_HEAP_SLAB_BYTES / 2)
#define SPAN_BYTES ((uint64_t)CORDON_HEAP_SPAN_MAX << CORDON_HEAP_SLAB_SHIFT)

/* The class for `bytes`, 1 to SMALL_MAX: the inverse of cordon_heap_class_bytes. */
FN uint32_t class_for(uint32_t bytes) {
  uint32_t units = (bytes + CORDON_HEAP_UNIT - 1) / CORDON_HEAP_UNIT, e;
  if (units <= 8)
    return units - 1;
  if (units > 512) /* 4096 units in a slab: how many pieces of this size fit, 6 to 2 */
    return 38 - (4096 / units < 6 ? 4096 / units : 6);
  e = high_bit(units - 1);
  return 8 + (e - 3) * 4 + ((units - 1 - (1u << e)) >> (e - 2));
}

FN heap_t *heap_here(void) {
  heap_t *h = (heap_t *)__cordon_state.heap;
  return h != 0 && h->magic == CORDON_HEAP_MAGIC && h->version == CORDON_HEAP_VERSION ? h : 0;
}

FN int heap_counts(void) { return (__cordon_state.flags & (CORDON_STATE_HEAP_STATS | CORDON_STATE_CHECK_HEAP)) != 0; }

FN_SLOW void count_allocation(heap_t *h, uint64_t bytes) {
  int64_t live = (int64_t)add64((word64 *)&h->counters.live_bytes, bytes) + (int64_t)bytes;
  max64(&h->counters.peak_bytes, live);
  add64(&h->counters.allocations, 1);
}

FN_SLOW void count_free(heap_t *h, uint64_t bytes) {
  add64((word64 *)&h->counters.live_bytes, 0 - bytes);
  add64(&h->counters.frees, 1);
}

/* Before a block of the driver's. `mark` tells it from a block that other code got from the driver. */
struct driver_block {
  uint64_t size;
  uint32_t offset; /* from what the driver gave */
  uint32_t mark;
};

FN uint32_t driver_mark(uint64_t at) { return mix((uint32_t)(at >> 4)) ^ 0xd817e4b1u; }

FN_SLOW void *driver_allocate(heap_t *h, uint64_t alignment, uint64_t size) {
  uint64_t extra = sizeof(struct driver_block) + (alignment > 16 ? alignment : 0), at, user;
  struct driver_block *block;
  at = size + extra < size ? 0 : (uint64_t)DRIVER_MALLOC(size + extra);
  if (h != 0 && heap_counts())
    add64(at != 0 ? &h->counters.driver_allocations : &h->counters.failures, 1);
  if (at == 0)
    return 0;
  user = at + sizeof(struct driver_block);
  if (alignment > 16)
    user = (user + alignment - 1) & ~(alignment - 1);
  block = (struct driver_block *)user - 1;
  block->size = size;
  block->offset = (uint32_t)(user - at);
  block->mark = driver_mark(user);
  return (void *)user;
}

/* 0 if the driver gave p to other code than ours. */
FN struct driver_block *driver_block_of(void *p) {
  struct driver_block *block = (struct driver_block *)p - 1;
  return ((uint64_t)p & 15) == 0 && block->mark == driver_mark((uint64_t)p) ? block : 0;
}

FN_SLOW void driver_release(heap_t *h, void *p) {
  struct driver_block *block = driver_block_of(p);
  if (h != 0 && heap_counts())
    add64(&h->counters.driver_frees, 1);
  if (block == 0) {
    DRIVER_FREE(p);
    return;
  }
  block->mark = 0;
  DRIVER_FREE((char *)p - block->offset);
}

/* `size` bytes at a multiple of `alignment`, a power of two of at least 16. */
FN void *allocate(uint64_t alignment, uint64_t size) {
  heap_t *h = heap_here();
  uint64_t at = 0, rounded = size != 0 ? size : 1;
  if (h == 0)
    return driver_allocate(0, alignment, size);
  /* Objects lie at multiples of their size from a 64 KiB boundary: a class whose size is a multiple of the alignment. */
  if (alignment > CORDON_HEAP_UNIT) {
    rounded = (rounded + alignment - 1) & ~(alignment - 1);
    while (rounded >= size && rounded <= SMALL_MAX &&
           (cordon_heap_class_bytes(class_for((uint32_t)rounded)) & (alignment - 1)) != 0)
      rounded += alignment;
  }
  if (rounded >= size && alignment <= CORDON_HEAP_SLAB_BYTES) {
    if (rounded <= SMALL_MAX)
      at = small_allocate(h, class_for((uint32_t)rounded));
    else if (rounded <= SPAN_BYTES)
      at = span_allocate(h, rounded);
  }
  if (at == 0)
    return driver_allocate(h, alignment, size);
  if (heap_counts()) {
    uint32_t kind = load32(&slab_of(h, (uint32_t)((at - h->data) >> CORDON_HEAP_SLAB_SHIFT))->kind);
    count_allocation(h, kind & CORDON_HEAP_SPAN ? (uint64_t)(kind & ~CORDON_HEAP_SPAN) << CORDON_HEAP_SLAB_SHIFT
                                                : (uint64_t)h->classes[kind - 1].units * CORDON_HEAP_UNIT);
  }
  return (void *)at;
}

FN int heap_has(heap_t *h, void *p) { return h != 0 && (uint64_t)p - h->data < h->data_end - h->data; }

/* What is at heap address p. Returns 0 if no block can start there. */
FN int heap_locate(heap_t *h, void *p, uint32_t *s, uint32_t *kind, uint32_t *index) {
  uint32_t offset = (uint32_t)((uint64_t)p - h->data) & (CORDON_HEAP_SLAB_BYTES - 1), units, n;
  *s = (uint32_t)(((uint64_t)p - h->data) >> CORDON_HEAP_SLAB_SHIFT);
  *kind = load32(&slab_of(h, *s)->kind);
  *index = 0;
  if (*kind & CORDON_HEAP_SPAN)
    return offset == 0;
  if (*kind == 0 || *kind > CORDON_HEAP_CLASSES)
    return 0;
  n = offset / CORDON_HEAP_UNIT;
  units = h->classes[*kind - 1].units;
  *index = (uint32_t)((uint64_t)n * h->classes[*kind - 1].magic >> 26);
  return *index * units == n && offset % CORDON_HEAP_UNIT == 0 && *index < h->classes[*kind - 1].capacity;
}

FN void heap_release(heap_t *h, void *p) {
  uint32_t s, kind, index;
  if (!heap_locate(h, p, &s, &kind, &index))
    return; /* no block: undefined in C; the checking mode reports it */
  if (heap_counts())
    count_free(h, kind & CORDON_HEAP_SPAN ? (uint64_t)(kind & ~CORDON_HEAP_SPAN) << CORDON_HEAP_SLAB_SHIFT
                                          : (uint64_t)h->classes[kind - 1].units * CORDON_HEAP_UNIT);
  fence(); /* release: all uses of the object precede its next owner's */
  if (kind & CORDON_HEAP_SPAN)
    span_free(h, s, kind);
  else
    slab_put(h, s, kind - 1, index / 32, 1u << (index & 31));
}

FN void release(void *p) {
  heap_t *h = heap_here();
  if (p == 0)
    return;
  if (heap_has(h, p))
    heap_release(h, p);
  else
    driver_release(h, p);
}

/* Bytes that p's owner may use. 0: unknown. */
FN uint64_t usable_bytes(void *p) {
  heap_t *h = heap_here();
  if (heap_has(h, p)) {
    uint32_t s, kind, index;
    if (!heap_locate(h, p, &s, &kind, &index))
      return 0;
    return kind & CORDON_HEAP_SPAN ? (uint64_t)(kind & ~CORDON_HEAP_SPAN) << CORDON_HEAP_SLAB_SHIFT
                                   : (uint64_t)h->classes[kind - 1].units * CORDON_HEAP_UNIT;
  }
  {
    struct driver_block *block = driver_block_of(p);
    return block != 0 ? block->size : 0;
  }
}

#include "check.h"

ENTRY void *__cordon_malloc(size_t size) {
  if (heap_checks())
    return check_allocate(16, size);
  return allocate(16, size);
}

ENTRY void __cordon_free(void *p) {
  if (heap_checks())
    check_release(p);
  else
    release(p);
}

ENTRY void *__cordon_calloc(size_t count, size_t size) {
  uint64_t total = (uint64_t)count * size, i;
  char *p;
  if (size != 0 && total / size != count)
    return 0;
  p = (char *)__cordon_malloc(total);
  if (p == 0)
    return 0;
  for (i = 0; i + 8 <= total; i += 8)
    *(uint64_t *)(p + i) = 0;
  for (; i < total; ++i)
    p[i] = 0;
  return p;
}

ENTRY void *__cordon_realloc(void *p, size_t size) {
  uint64_t old, i;
  char *to;
  if (p == 0)
    return __cordon_malloc(size);
  old = heap_checks() ? check_size(p) : usable_bytes(p);
  if (size <= old && !heap_checks() && (old <= 64 || size >= old / 2))
    return p; /* shrinks in place until half would be lost */
  to = (char *)__cordon_malloc(size);
  if (to == 0)
    return size <= old ? p : 0;
  if (size < old)
    old = size;
  for (i = 0; i + 8 <= old; i += 8)
    *(uint64_t *)(to + i) = *(uint64_t *)((char *)p + i);
  for (; i < old; ++i)
    to[i] = ((char *)p)[i];
  __cordon_free(p);
  return to;
}

ENTRY void *__cordon_aligned_alloc(size_t alignment, size_t size) {
  if (alignment < 16)
    alignment = 16;
  if ((alignment & (alignment - 1)) != 0)
    return 0;
  if (heap_checks())
    return check_allocate(alignment, size);
  return allocate(alignment, size);
}
