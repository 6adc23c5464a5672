/*===- alloc/slabs.h - slabs: given to a class, filled, emptied, taken back -----------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A slab of 64 KiB belongs to one class at a time. A set bit in its bitmap is a free object; who clears the bit with a
 * fetch-and owns the object. The upper half of every bitmap word names the class, so that the fetch-and itself tells a
 * thread with an old idea of the slab that it took a stranger's object; it gives it back. All bits of a slab together are
 * the slab: to take it back one clears them all, and then nobody can hold or get an object of it. Hence no ABA: no decision
 * rests on an address that may have been reused meanwhile, only on bits that one owns.
 *
 * `count` counts free objects, behind the bits: an allocation clears bits, then subtracts; a free sets bits, then adds. The
 * subtraction for an object happens before its addition (by way of whoever handed the pointer on), so count never exceeds
 * the capacity, and equals it only where every object that was handed out is back and accounted for.
 *
 * A slab with free objects is found through exactly one of: an active slot, its class's list, the thread that has just
 * taken it from there. The free that lifts count over the threshold lists the slab; who drops a slab from a slot lists it
 * if count is over the threshold then. count is one location, so one of the two sees the other: nothing is lost.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_ALLOC_SLABS_H
#define CORDON_ALLOC_SLABS_H

#include "lists.h"

/* An active slot's value: slab + 1, or 0; ACTIVE_BUSY while some thread fetches the next one. */
#define ACTIVE_BUSY 0x80000000u
#define ACTIVE_SLAB 0x7fffffffu

FN uint64_t class_tag(uint32_t c) { return (uint64_t)(c + 1) << 32; }

/* Bits of word w when all its objects are free. */
FN uint32_t full_word(uint32_t capacity, uint32_t w) {
  uint32_t left = capacity - w * 32;
  return left >= 32 ? 0xffffffffu : (1u << left) - 1;
}

FN uint32_t load_count(slab_t *r) { return load32((word32 *)&r->count); }
FN uint32_t add_count(slab_t *r, uint32_t n) { return add32((word32 *)&r->count, n); }

/* The caller owns slab s and gives it to class c, keeping the first `taken` (at most 32) objects for itself. */
FN void slab_give_to_class(heap_t *h, uint32_t s, uint32_t c, uint32_t taken, uint32_t slot) {
  slab_t *r = slab_of(h, s);
  word64 *words = words_of(h, s);
  uint32_t capacity = h->classes[c].capacity, n = h->classes[c].words, w;
  store32(&r->slot, slot);
  store32(&r->hint, 0);
  add32(&r->generation, 1);
  store32((word32 *)&r->count, capacity - taken);
  store32(&r->kind, c + 1);
  fence(); /* release: who gets a bit sees the record */
  {
    uint32_t first = full_word(capacity, 0);
    store64(words, class_tag(c) | (taken ? first & ~low_bits(first, taken) : first));
  }
  for (w = 1; w < n; ++w)
    store64(words + w, class_tag(c) | full_word(capacity, w));
}

/* Tries to take up to four whole words from w on; returns those it got, a bit each. Four at a time hide latency. */
FN uint32_t slab_take_words(word64 *words, uint32_t w, uint32_t n, uint32_t c, uint32_t capacity) {
  uint32_t i, got = 0;
  for (i = 0; i < 4; ++i)
    if (w + i < n) {
      uint64_t full = class_tag(c) | full_word(capacity, w + i);
      got |= (uint32_t)(cas64(words + w + i, full, class_tag(c)) == full) << i;
    }
  return got;
}

/* Takes slab s from class c if all its objects are free; then the caller owns it. */
FN_SLOW int slab_reclaim(heap_t *h, uint32_t s, uint32_t c) {
  slab_t *r = slab_of(h, s);
  word64 *words = words_of(h, s);
  uint32_t capacity = h->classes[c].capacity, n = h->classes[c].words, tries;
  for (tries = 0; tries < 4; ++tries) {
    uint32_t w, i, got = 0;
    for (w = 0; w < n; w += 4) {
      got = slab_take_words(words, w, n, c, capacity);
      if (got != (w + 4 <= n ? 15u : (1u << (n - w)) - 1))
        break;
    }
    fence(); /* acquire from every free of this slab: the subtractions that belong to them precede what follows */
    /* No object is out now. If the count says so too, no addition is under way, and nobody will touch the slab. */
    if (w >= n && cas32((word32 *)&r->count, capacity, 0) == capacity)
      return 1;
    /* Somebody has an object, or is between bits and count. Put everything back. */
    for (i = 0; i < n && i < w; ++i)
      or64(words + i, full_word(capacity, i));
    for (i = w; i < n && i < w + 4; ++i)
      if (got >> (i - w) & 1)
        or64(words + i, full_word(capacity, i));
    fence();
    /* A free that reached the capacity meanwhile found our hands on the bits and went away. */
    if (load_count(r) != capacity)
      return 0;
  }
  return 0;
}

/* The caller owns slab s, which class c had. */
FN void slab_release(heap_t *h, uint32_t s, uint32_t c) {
  store32(&slab_of(h, s)->kind, 0);
  list_remove(h, c, s);
  list_add(h, FREE_SLABS, s); /* releases */
}

/* A slab that belongs to nobody yet or again. none_listed: the caller saw an empty list a moment ago. */
FN uint32_t slab_take_free(heap_t *h, uint32_t seed, int none_listed) {
  uint32_t s = none_listed ? NO_SLAB : list_take(h, FREE_SLABS, seed);
  if (s != NO_SLAB)
    return s;
  if (load32(&h->frontier) < h->slabs) {
    s = add32(&h->frontier, 1); /* at most one too many for each thread: no overflow */
    if (s < h->slabs)
      return s;
  }
  return none_listed ? list_take(h, FREE_SLABS, seed) : NO_SLAB;
}

/* Puts the objects `bits` of word w back, which the caller owns; c is the slab's class. */
FN void slab_put(heap_t *h, uint32_t s, uint32_t c, uint32_t w, uint32_t bits) {
  slab_t *r = slab_of(h, s);
  uint32_t capacity = h->classes[c].capacity, threshold = h->classes[c].threshold, n = popcount(bits), old;
  or64(words_of(h, s) + w, bits);
  old = add_count(r, n);
  if (old + n == capacity) {
    /* All free. An active slab stays: a thread that allocates and frees in turn must not make and reclaim slabs. */
    uint32_t a = load32(active_of(h, c, load32(&r->slot)));
    if ((a & ACTIVE_SLAB) != s + 1 && slab_reclaim(h, s, c)) {
      slab_release(h, s, c);
      return;
    }
  }
  if ((int32_t)old < (int32_t)threshold && (int32_t)(old + n) >= (int32_t)threshold)
    list_add(h, c, s);
}

/* The caller has taken `active`, a slot's old value, out of a slot of class c, and lets go of that slab. */
FN void slab_drop(heap_t *h, uint32_t active, uint32_t c, uint32_t but_not) {
  uint32_t s = (active & ACTIVE_SLAB) - 1, count;
  if ((active & ACTIVE_SLAB) == 0 || s == but_not || load32(&slab_of(h, s)->kind) != c + 1)
    return;
  count = load_count(slab_of(h, s));
  if (count == h->classes[c].capacity && slab_reclaim(h, s, c))
    slab_release(h, s, c);
  else if ((int32_t)count >= (int32_t)h->classes[c].threshold)
    list_add(h, c, s);
}

/* Looks for slabs whose objects are all free though their class still has them (active ones, mostly), from where the last
 * search stopped, and reclaims one. A bounded walk: who fails may fail while some such slab lies elsewhere. */
FN_SLOW uint32_t slab_sweep(heap_t *h) {
  uint32_t end = load32(&h->frontier), steps, i;
  if (end > h->slabs)
    end = h->slabs;
  if (end == 0)
    return NO_SLAB;
  for (steps = 0; steps < 32 && steps * 32 < end + 32; ++steps) {
    uint32_t s = add32(&h->sweep, 32) % end;
    for (i = 0; i < 32; ++i, s = s + 1 < end ? s + 1 : 0) {
      uint32_t kind = load32(&slab_of(h, s)->kind);
      if (kind == 0 || kind > CORDON_HEAP_CLASSES || load_count(slab_of(h, s)) != h->classes[kind - 1].capacity)
        continue;
      if (slab_reclaim(h, s, kind - 1)) {
        list_remove(h, kind - 1, s);
        return s;
      }
    }
  }
  return NO_SLAB;
}

#endif /* CORDON_ALLOC_SLABS_H */
