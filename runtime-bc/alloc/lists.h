/*===- alloc/lists.h - sets of slabs ---------------------------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A list is a set of slab numbers as a bitmap of three levels: a bit of level k + 1 says that a word of level k may hold
 * something. Level 0 is the truth; the levels above may say yes for a moment, or for long, where there is nothing, and are
 * corrected by who finds out. They may say no where there is something only while some thread is between its two steps.
 *
 * Why no entry is lost. Who makes a word non-zero sets the bit above afterwards; who makes a word zero clears the bit above
 * afterwards, and then looks at the word again. Both changes of the bit above are read-modify-writes of one location, hence
 * ordered. If the setter's comes last, the bit is set. If the clearer's comes last, it has read, directly or through other
 * read-modify-writes, what the setter wrote; fences lie between each thread's two steps, so the setter's change of the word
 * happens before the clearer's second look, which finds it and sets the bit again.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_ALLOC_LISTS_H
#define CORDON_ALLOC_LISTS_H

#include "platform.h"

#define FREE_SLABS CORDON_HEAP_CLASSES /* the list after those of the classes */

FN word64 *list_level(heap_t *h, uint32_t list, uint32_t level) {
  word64 *p = (word64 *)h->lists + (uint64_t)list * h->list_stride;
  if (level > 0)
    p += h->list_words[0];
  if (level > 1)
    p += h->list_words[1];
  return p;
}

/* Level-0 word w became non-zero. */
FN_SLOW void list_raise(heap_t *h, uint32_t list, uint32_t w) {
  fence(); /* release: the word before the bit above */
  if (or64(list_level(h, list, 1) + (w >> 6), 1ull << (w & 63)) != 0)
    return;
  fence();
  or64(list_level(h, list, 2) + (w >> 12), 1ull << ((w >> 6) & 63));
}

/* Word i of level 1 became zero, or was found zero under a set bit. */
FN_SLOW void list_lower_top(heap_t *h, uint32_t list, uint32_t i) {
  word64 *top = list_level(h, list, 2) + (i >> 6);
  and64(top, ~(1ull << (i & 63)));
  fence(); /* acquire, for the second look */
  if (load64(list_level(h, list, 1) + i) != 0)
    or64(top, 1ull << (i & 63));
}

/* The same for word w of level 0. */
FN_SLOW void list_lower(heap_t *h, uint32_t list, uint32_t w) {
  uint64_t bit = 1ull << (w & 63);
  uint64_t old = and64(list_level(h, list, 1) + (w >> 6), ~bit);
  fence();
  if (load64(list_level(h, list, 0) + w) != 0)
    list_raise(h, list, w);
  else if (old == bit)
    list_lower_top(h, list, w >> 6);
}

/* Adds slabs of one level-0 word. What the caller wrote before is visible to who takes them. */
FN void list_add_bits(heap_t *h, uint32_t list, uint32_t w, uint64_t bits) {
  fence();
  if (or64(list_level(h, list, 0) + w, bits) == 0)
    list_raise(h, list, w);
}

FN void list_add(heap_t *h, uint32_t list, uint32_t s) { list_add_bits(h, list, s >> 6, 1ull << (s & 63)); }

/* Takes those of the bits that are there, and returns them. */
FN uint64_t list_take_bits(heap_t *h, uint32_t list, uint32_t w, uint64_t bits) {
  uint64_t old = and64(list_level(h, list, 0) + w, ~bits);
  if ((old & bits) != 0 && (old & ~bits) == 0)
    list_lower(h, list, w);
  fence(); /* acquire: what was written before these slabs were added */
  return old & bits;
}

FN void list_remove(heap_t *h, uint32_t list, uint32_t s) {
  uint64_t bit = 1ull << (s & 63);
  if (load64(list_level(h, list, 0) + (s >> 6)) & bit)
    list_take_bits(h, list, s >> 6, bit);
}

/* A set bit of v, found from bit r on. */
FN uint32_t some_bit(uint64_t v, uint32_t r) {
  r &= 63;
  return (first_bit64(v >> r | v << ((64 - r) & 63)) + r) & 63;
}

/* 1 if the list is known to be empty, from `top`, the first word of its highest level: that word covers 16 GiB. */
FN int list_empty(heap_t *h, uint64_t top) { return top == 0 && h->list_words[2] == 1; }

/* Takes a slab, any. NO_SLAB: none was found; a bounded number of tries, each lost to a thread that got one. */
FN_SLOW uint32_t list_take(heap_t *h, uint32_t list, uint32_t seed) {
  uint32_t top = h->list_words[2], t = 0, tries = 0;
  while (t < top && tries < 64) {
    uint64_t v2 = load64(list_level(h, list, 2) + t), v1, v0;
    uint32_t i, w;
    if (v2 == 0) {
      ++t;
      continue;
    }
    ++tries;
    seed = mix(seed + tries);
    i = t * 64 + some_bit(v2, seed);
    v1 = load64(list_level(h, list, 1) + i);
    if (v1 == 0) {
      list_lower_top(h, list, i);
      continue;
    }
    w = i * 64 + some_bit(v1, seed >> 6);
    v0 = load64(list_level(h, list, 0) + w);
    if (v0 == 0) {
      list_lower(h, list, w);
      continue;
    }
    /* A bit that was lost to somebody else came with the word's newest value: go on from that. */
    while (v0 != 0 && tries < 64) {
      uint64_t bit = 1ull << some_bit(v0, seed >> 12), old = and64(list_level(h, list, 0) + w, ~bit);
      if (old & bit) {
        if (old == bit)
          list_lower(h, list, w);
        fence(); /* acquire: what was written before the slab was added */
        return w * 64 + first_bit64(bit);
      }
      v0 = old;
      ++tries;
      seed = mix(seed + tries);
    }
  }
  return NO_SLAB;
}

#endif /* CORDON_ALLOC_LISTS_H */
