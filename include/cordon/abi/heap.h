/*===- cordon/abi/heap.h - the device heap's layout --------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A heap is one block of device memory. Whoever loads an image makes it in three steps: allocate the block, set its first
 * `metadata_bytes` bytes to zero, copy the header that cordon_heap_layout computed to its start; then `heap` in
 * __cordon_state is the block's address. Everything else happens on the device. Plain C for both sides.
 *
 *   header | slab records | bitmaps of objects | lists of slabs | active slabs | (up to 64 KiB boundary) slabs
 *===------------------------------------------------------------------------*/
#ifndef CORDON_ABI_HEAP_H
#define CORDON_ABI_HEAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __CUDACC__
#define CORDON_HEAP_FN static inline __host__ __device__
#else
#define CORDON_HEAP_FN static inline
#endif

#define CORDON_HEAP_MAGIC 0x50414548u /* "HEAP" */
#define CORDON_HEAP_VERSION 1u
#define CORDON_HEAP_SLAB_SHIFT 16 /* 64 KiB: 4096 objects of 16 bytes */
#define CORDON_HEAP_SLAB_BYTES (1u << CORDON_HEAP_SLAB_SHIFT)
#define CORDON_HEAP_UNIT 16u     /* sizes and alignment of objects */
#define CORDON_HEAP_CLASSES 37u  /* 16 to 32768 bytes */
#define CORDON_HEAP_WORDS 128u   /* bitmap words of a slab: 32 objects each */
#ifndef CORDON_HEAP_SLOTS
#define CORDON_HEAP_SLOTS 128u /* active slabs of a class, at most */
#endif
#define CORDON_HEAP_SPAN_MAX 64u /* slabs of the largest block that the heap serves itself: 4 MiB */
#define CORDON_HEAP_SPAN 0x80000000u /* in a slab's kind: first slab of a span; the other bits are its length */

/* A size class. */
struct cordon_heap_class {
  uint32_t units;     /* size of an object in units */
  uint32_t capacity;  /* objects in a slab */
  uint32_t words;     /* bitmap words in use: capacity / 32, rounded up */
  uint32_t magic;     /* 2^26 / units, rounded up: n * magic >> 26 is n / units for n < 4096 */
  uint32_t threshold; /* free objects from which on a slab that is not active is listed */
  uint32_t slots;     /* active slabs: a power of two */
};

/* A slab. */
struct cordon_heap_slab {
  uint32_t kind;       /* 0: free or never used; class + 1; CORDON_HEAP_SPAN + length */
  int32_t count;       /* free objects */
  uint32_t slot;       /* where it was made active last */
  uint32_t hint;       /* a bitmap word that had free objects lately */
  uint32_t generation; /* how often it was given to a class */
  uint32_t bytes;      /* of a span: what was asked for */
  uint32_t reserved[2];
};

/* Counters that are kept under CORDON_STATE_HEAP_STATS and CORDON_STATE_CHECK_HEAP. */
struct cordon_heap_counters {
  uint64_t allocations;
  uint64_t frees;
  int64_t live_bytes;    /* as rounded up to what the heap hands out */
  int64_t peak_bytes;
  uint64_t driver_allocations; /* served by the driver's malloc */
  uint64_t driver_frees;
  uint64_t failures;     /* null results */
  uint64_t reserved;
};

struct cordon_heap {
  /* Written by the host, never changed. */
  uint32_t magic;
  uint32_t version;
  uint64_t base;           /* device address of this header */
  uint64_t bytes;          /* of the block */
  uint64_t metadata_bytes; /* to set to zero before the header is copied */
  uint64_t data;           /* device address of slab 0, on a 64 KiB boundary */
  uint64_t data_end;
  uint64_t slab_records;   /* struct cordon_heap_slab[slabs] */
  uint64_t words;          /* uint64_t[slabs][CORDON_HEAP_WORDS]: upper half class + 1, lower half a bit for each free object */
  uint64_t lists;          /* CORDON_HEAP_CLASSES lists of slabs with free objects, then the list of free slabs */
  uint64_t active;         /* uint32_t[CORDON_HEAP_CLASSES][slots]: slab + 1 */
  uint32_t slabs;
  uint32_t slots;          /* entries of `active` for each class, used or not */
  uint32_t list_words[3];  /* words of a list's three levels */
  uint32_t list_stride;    /* their sum */
  struct cordon_heap_class classes[CORDON_HEAP_CLASSES];
  uint64_t pad[14];
  /* Changed by the device; on lines of their own. */
  uint32_t frontier; /* slabs from here on were never used */
  uint32_t pad1[31];
  uint32_t sweep; /* where the search for idle slabs goes on */
  uint32_t pad2[31];
  struct cordon_heap_counters counters;
};

/* What cordon_heap_statistics finds. */
struct cordon_heap_statistics {
  uint64_t heap_bytes;      /* usable for objects */
  uint64_t used_slab_bytes; /* in slabs that belong to a class or a span */
  uint64_t peak_slab_bytes; /* the most that was ever touched */
  uint64_t live_objects;    /* not freed: the leak count, at the end */
  uint64_t live_bytes;
  uint64_t live_spans;
  uint64_t class_live[CORDON_HEAP_CLASSES];
  uint32_t class_size[CORDON_HEAP_CLASSES];
  uint32_t class_slabs[CORDON_HEAP_CLASSES];
  struct cordon_heap_counters counters;
};

/* Bytes of an object of class c. Up to 128 in steps of 16, then four steps to a doubling up to 8 KiB, then what divides a
 * slab by 6, 5, 4, 3 and 2: less than 20% is lost above 128 bytes. */
CORDON_HEAP_FN uint32_t cordon_heap_class_bytes(uint32_t c) {
  if (c < 8)
    return (c + 1) * CORDON_HEAP_UNIT;
  if (c < 32) {
    uint32_t e = 3 + (c - 8) / 4, step = (c - 8) % 4 + 1;
    return ((1u << e) + step * (1u << (e - 2))) * CORDON_HEAP_UNIT;
  }
  return CORDON_HEAP_SLAB_BYTES / (38 - c) / CORDON_HEAP_UNIT * CORDON_HEAP_UNIT;
}

static inline uint64_t cordon_heap_round(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

/* The largest power of two that is at most n and CORDON_HEAP_SLOTS; at least 1. */
static inline uint32_t cordon_heap_slots(uint64_t n) {
  uint32_t slots = 1;
  while (slots * 2 <= CORDON_HEAP_SLOTS && slots * 2ull <= n)
    slots *= 2;
  return slots;
}

/* Fills *out for a heap of `bytes` at device address `address` (at least 256-byte aligned, as cudaMalloc gives it).
 * Returns 0 if that is too little for a heap. */
static inline int cordon_heap_layout(uint64_t address, uint64_t bytes, struct cordon_heap *out) {
  static const struct cordon_heap zero = {0};
  uint64_t slabs = bytes >> CORDON_HEAP_SLAB_SHIFT, at = 0;
  uint32_t c;
  *out = zero;
  if (slabs > 0x3fffffffu)
    slabs = 0x3fffffffu;
  /* Metadata takes from what the slabs have: shrink until both fit. */
  for (;; --slabs) {
    uint64_t n0, n1, n2;
    if (slabs == 0)
      return 0;
    n0 = (slabs + 63) / 64, n1 = (n0 + 63) / 64, n2 = (n1 + 63) / 64;
    /* Active slabs that are in part used are what a class may hold back from others: at most 1/128 of the heap each, and
     * 1/32 for the four classes whose slabs serve most threads. */
    out->slots = cordon_heap_slots(slabs / 32);
    out->slabs = (uint32_t)slabs;
    out->list_words[0] = (uint32_t)n0;
    out->list_words[1] = (uint32_t)n1;
    out->list_words[2] = (uint32_t)n2;
    out->list_stride = (uint32_t)(n0 + n1 + n2);
    at = address + cordon_heap_round(sizeof(struct cordon_heap), 256);
    out->slab_records = at;
    at = cordon_heap_round(at + slabs * sizeof(struct cordon_heap_slab), 256);
    out->words = at;
    at = at + slabs * CORDON_HEAP_WORDS * sizeof(uint64_t);
    out->lists = at;
    at = cordon_heap_round(at + (CORDON_HEAP_CLASSES + 1) * (uint64_t)out->list_stride * sizeof(uint64_t), 256);
    out->active = at;
    at = at + (uint64_t)CORDON_HEAP_CLASSES * out->slots * sizeof(uint32_t);
    out->metadata_bytes = at - address;
    out->data = cordon_heap_round(at, CORDON_HEAP_SLAB_BYTES);
    out->data_end = out->data + (slabs << CORDON_HEAP_SLAB_SHIFT);
    if (out->data_end <= address + bytes)
      break;
    /* Steps of what is missing at least, so that this is no long loop. */
    {
      uint64_t missing = (out->data_end - address - bytes) >> (CORDON_HEAP_SLAB_SHIFT + 1);
      slabs -= missing < slabs ? missing : slabs - 1;
    }
  }
  out->magic = CORDON_HEAP_MAGIC;
  out->version = CORDON_HEAP_VERSION;
  out->base = address;
  out->bytes = bytes;
  for (c = 0; c < CORDON_HEAP_CLASSES; ++c) {
    struct cordon_heap_class *k = &out->classes[c];
    k->units = cordon_heap_class_bytes(c) / CORDON_HEAP_UNIT;
    k->capacity = CORDON_HEAP_SLAB_BYTES / cordon_heap_class_bytes(c);
    k->words = (k->capacity + 31) / 32;
    k->magic = ((1u << 26) + k->units - 1) / k->units;
    k->threshold = k->capacity / 16 ? k->capacity / 16 : 1;
    k->slots = k->capacity >= 1024 ? out->slots : cordon_heap_slots(slabs / 128);
  }
  return 1;
}

/* Counts what is live, from the host's copies of the header and of its slab records. Synchronize first. */
static inline void cordon_heap_count(const struct cordon_heap *heap, const struct cordon_heap_slab *records,
                                     struct cordon_heap_statistics *out) {
  static const struct cordon_heap_statistics zero = {0};
  uint32_t s, c, frontier = heap->frontier < heap->slabs ? heap->frontier : heap->slabs;
  *out = zero;
  out->heap_bytes = heap->data_end - heap->data;
  out->peak_slab_bytes = (uint64_t)frontier << CORDON_HEAP_SLAB_SHIFT;
  out->counters = heap->counters;
  for (c = 0; c < CORDON_HEAP_CLASSES; ++c)
    out->class_size[c] = heap->classes[c].units * CORDON_HEAP_UNIT;
  for (s = 0; s < frontier; ++s) {
    uint32_t kind = records[s].kind;
    if (kind & CORDON_HEAP_SPAN) {
      ++out->live_objects;
      ++out->live_spans;
      out->live_bytes += (uint64_t)(kind & ~CORDON_HEAP_SPAN) << CORDON_HEAP_SLAB_SHIFT;
      out->used_slab_bytes += (uint64_t)(kind & ~CORDON_HEAP_SPAN) << CORDON_HEAP_SLAB_SHIFT;
    } else if (kind && kind <= CORDON_HEAP_CLASSES) {
      uint64_t live = (uint64_t)((int64_t)heap->classes[kind - 1].capacity - records[s].count);
      out->live_objects += live;
      out->live_bytes += live * out->class_size[kind - 1];
      out->class_live[kind - 1] += live;
      ++out->class_slabs[kind - 1];
      out->used_slab_bytes += CORDON_HEAP_SLAB_BYTES;
    }
  }
}

#endif /* CORDON_ABI_HEAP_H */
