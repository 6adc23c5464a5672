/*===- alloc/check.h - the checking heap ------------------------------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Under CORDON_STATE_CHECK_HEAP every block gets a record before it and a guard behind it, and a freed block is filled with
 * a pattern that is looked at when its memory is handed out again. A double free, a pointer that no allocation returned, a
 * write outside a block (found at free), and a write after free (found at reuse) end the kernel with an exception of kind
 * CORDON_EXCEPTION_HEAP, whose value is the pointer. Included by alloc.c after what it uses.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_ALLOC_CHECK_H
#define CORDON_ALLOC_CHECK_H

struct check_record {
  uint64_t state;      /* CHECK_LIVE or CHECK_FREED, mixed with the user's address */
  uint64_t size;       /* that was asked for */
  uint64_t raw;        /* start of the block */
  uint32_t raw_bytes;  /* its length, at most 4 GiB are looked at */
  uint32_t generation; /* of its slab: a pattern from before the slab changed class is void */
}; /* 32 bytes, right before the user's */

#define CHECK_LIVE 0x6c69766563686b31ull
#define CHECK_FREED 0x6672656563686b32ull
#define CHECK_GUARD 16u /* bytes behind the user's, at least */
#define CHECK_GUARD_MOST 64u
#define CHECK_GUARD_BYTE 0xfb
#define CHECK_FREED_BYTE 0xdd

/* The tests see failures instead of ending. */
#ifndef CHECK_FAIL
#define CHECK_FAIL(message, p) __cordon_throw_value(CORDON_EXCEPTION_HEAP, message, 0, 0, 0, (uint64_t)(p))
#endif

FN int heap_checks(void) { return (__cordon_state.flags & CORDON_STATE_CHECK_HEAP) != 0; }

FN uint32_t check_generation(heap_t *h, uint64_t raw) {
  if (!heap_has(h, (void *)raw))
    return 0;
  return load32(&slab_of(h, (uint32_t)((raw - h->data) >> CORDON_HEAP_SLAB_SHIFT))->generation);
}

/* The block at `raw` is handed out again: is it as the free left it? Only blocks of a class are sure to start where they
 * did before. */
FN void check_reuse(heap_t *h, uint64_t raw, uint64_t bytes) {
  struct check_record *r = (struct check_record *)raw;
  uint64_t user = raw + sizeof(struct check_record), i;
  if (!heap_has(h, (void *)raw) || bytes > SMALL_MAX)
    return;
  if (r->state != (CHECK_FREED ^ user) || r->raw_bytes != bytes || r->generation != check_generation(h, raw))
    return;
  for (i = user; i < raw + bytes; ++i)
    if (*(unsigned char *)i != CHECK_FREED_BYTE) {
      r->state = 0;
      CHECK_FAIL("heap: memory was written after it was freed", user);
      return;
    }
}

FN_SLOW void *check_allocate(uint64_t alignment, uint64_t size) {
  heap_t *h = heap_here();
  uint64_t total = size + sizeof(struct check_record) + CHECK_GUARD + (alignment > 16 ? alignment : 0), raw, bytes, user, i;
  struct check_record *r;
  if (total < size)
    return 0;
  raw = (uint64_t)allocate(16, total);
  if (raw == 0)
    return 0;
  bytes = usable_bytes((void *)raw);
  check_reuse(h, raw, bytes);
  user = (raw + sizeof(struct check_record) + alignment - 1) & ~(alignment - 1);
  r = (struct check_record *)user - 1;
  ((struct check_record *)raw)->state = 0;
  r->size = size;
  r->raw = raw;
  r->raw_bytes = bytes < 0xffffffffu ? (uint32_t)bytes : 0xffffffffu;
  r->generation = check_generation(h, raw);
  for (i = user + size; i < raw + bytes && i < user + size + CHECK_GUARD_MOST; ++i)
    *(unsigned char *)i = CHECK_GUARD_BYTE;
  r->state = CHECK_LIVE ^ user;
  return (void *)user;
}

/* The record of p if p is a live block that is in order; 0 after a failure. */
FN_SLOW struct check_record *check_find(void *p) {
  heap_t *h = heap_here();
  struct check_record *r = (struct check_record *)p - 1;
  uint64_t i, end;
  if (((uint64_t)p & 15) != 0 || (heap_has(h, p) && (uint64_t)p - h->data < sizeof(struct check_record))) {
    CHECK_FAIL("heap: a pointer was freed that no allocation returned", p);
    return 0;
  }
  if (r->state == (CHECK_FREED ^ (uint64_t)p)) {
    CHECK_FAIL("heap: a block was used or freed after it was freed", p);
    return 0;
  }
  if (r->state != (CHECK_LIVE ^ (uint64_t)p)) {
    CHECK_FAIL("heap: a pointer was freed that no allocation returned, or the bytes before it were overwritten", p);
    return 0;
  }
  end = r->raw + r->raw_bytes;
  for (i = (uint64_t)p + r->size; i < end && i < (uint64_t)p + r->size + CHECK_GUARD_MOST; ++i)
    if (*(unsigned char *)i != CHECK_GUARD_BYTE) {
      CHECK_FAIL("heap: bytes behind a block were overwritten", p);
      return 0;
    }
  return r;
}

FN_SLOW void check_release(void *p) {
  struct check_record *r;
  uint64_t raw, end, i;
  if (p == 0)
    return;
  r = check_find(p);
  if (r == 0)
    return;
  /* Of two frees at a time one is the second. */
  if (cas64((word64 *)&r->state, CHECK_LIVE ^ (uint64_t)p, CHECK_FREED ^ (uint64_t)p) != (CHECK_LIVE ^ (uint64_t)p)) {
    CHECK_FAIL("heap: a block was used or freed after it was freed", p);
    return;
  }
  raw = r->raw;
  end = raw + r->raw_bytes;
  for (i = (uint64_t)p; i < end; ++i)
    *(unsigned char *)i = CHECK_FREED_BYTE;
  release((void *)raw);
}

FN uint64_t check_size(void *p) {
  struct check_record *r = check_find(p);
  return r != 0 ? r->size : 0;
}

#endif /* CORDON_ALLOC_CHECK_H */
