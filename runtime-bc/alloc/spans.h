/*===- alloc/spans.h - blocks of whole slabs -----------------------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Above 32 KiB and up to 4 MiB a block is a run of slabs, from the part of the heap that was never used, else from one word
 * of the list of free slabs (64 slabs). Runs grow together again by themselves: the list is a bitmap. Slabs are owned as
 * in lists.h: by who cleared their bits.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_ALLOC_SPANS_H
#define CORDON_ALLOC_SPANS_H

#include "slabs.h"

/* Slabs [s, s + n), n <= 64, are free again. */
FN void span_release(heap_t *h, uint32_t s, uint32_t n) {
  while (n != 0) {
    uint32_t at = s & 63, here = 64 - at < n ? 64 - at : n;
    list_add_bits(h, FREE_SLABS, s >> 6, (here == 64 ? ~0ull : (1ull << here) - 1) << at);
    s += here;
    n -= here;
  }
}

/* Lowest position from which on n (1 to 64) bits are set, or 64. */
FN uint32_t find_run(uint64_t v, uint32_t n) {
  uint32_t have = 1;
  while (have < n && v != 0) {
    uint32_t step = have < n - have ? have : n - have;
    v &= v >> step;
    have += step;
  }
  return v != 0 ? first_bit64(v) : 64;
}

/* n slabs in a row out of word w of the list, or NO_SLAB. */
FN uint32_t span_take_in_word(heap_t *h, uint32_t w, uint32_t n, uint32_t seed) {
  uint32_t tries;
  for (tries = 0; tries < 8; ++tries) {
    uint64_t v = load64(list_level(h, FREE_SLABS, 0) + w), from = v & ~0ull << (seed & 63), bits, got;
    uint32_t at = find_run(from, n); /* not the first, which all would try */
    if (at == 64)
      at = find_run(v, n);
    if (at == 64)
      return NO_SLAB;
    bits = (n == 64 ? ~0ull : (1ull << n) - 1) << at;
    got = list_take_bits(h, FREE_SLABS, w, bits);
    if (got == bits)
      return w * 64 + at;
    if (got != 0)
      list_add_bits(h, FREE_SLABS, w, got);
    seed = mix(seed + tries);
  }
  return NO_SLAB;
}

FN_SLOW uint32_t span_take(heap_t *h, uint32_t n) {
  uint32_t groups = h->list_words[1], seed = mix(sm_id() * 2048 + warp_id() * 32 + lane_id() + 1), i, old, tries, s;
  if (n == 1)
    return slab_take_free(h, seed, 0);
  for (i = 0; i < groups; ++i) {
    uint32_t group = (seed % groups + i) % groups;
    uint64_t left = load64(list_level(h, FREE_SLABS, 1) + group);
    while (left != 0) {
      uint32_t b = some_bit(left, seed >> 6);
      left &= ~(1ull << b);
      s = span_take_in_word(h, group * 64 + b, n, seed >> 12);
      if (s != NO_SLAB)
        return s;
    }
  }
  old = load32(&h->frontier);
  for (tries = 0; tries < 64 && old <= h->slabs && h->slabs - old >= n; ++tries) {
    uint32_t was = cas32(&h->frontier, old, old + n);
    if (was == old)
      return old;
    old = was;
  }
  return NO_SLAB;
}

FN_SLOW uint64_t span_allocate(heap_t *h, uint64_t bytes) {
  uint32_t n = (uint32_t)((bytes + CORDON_HEAP_SLAB_BYTES - 1) >> CORDON_HEAP_SLAB_SHIFT), s = span_take(h, n);
  if (s == NO_SLAB && n == 1)
    s = slab_sweep(h);
  if (s == NO_SLAB)
    return 0;
  store32(&slab_of(h, s)->bytes, (uint32_t)bytes);
  store32(&slab_of(h, s)->kind, CORDON_HEAP_SPAN | n);
  return address_of(h, s);
}

FN void span_free(heap_t *h, uint32_t s, uint32_t kind) {
  store32(&slab_of(h, s)->kind, 0);
  span_release(h, s, kind & ~CORDON_HEAP_SPAN);
}

#endif /* CORDON_ALLOC_SPANS_H */
