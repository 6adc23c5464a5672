/* Checks cordon/abi/heap.h against what it promises. */
#include "cordon/abi/heap.h"
#include <stdio.h>

static int failures;
static void expect(int ok, const char *what, unsigned long long value) {
  if (!ok) {
    printf("%s: %llu\n", what, value);
    ++failures;
  }
}

int main(void) {
  struct cordon_heap h;
  uint64_t bytes;
  uint32_t c, n;
  expect(!cordon_heap_layout(0x10000, 65536, &h), "a heap without a slab", 65536);
  for (bytes = 1 << 17; bytes <= 1ull << 38; bytes += bytes / 3 + 12345) {
    uint64_t address = 0x7f0000000200ull;
    expect(cordon_heap_layout(address, bytes, &h), "no layout", bytes);
    expect(h.data % CORDON_HEAP_SLAB_BYTES == 0 && h.data_end <= address + bytes, "slabs outside", bytes);
    expect(h.metadata_bytes <= h.data - address, "metadata overlaps slabs", bytes);
    expect(h.slab_records >= address + sizeof(h) && h.words >= h.slab_records + h.slabs * sizeof(struct cordon_heap_slab) &&
               h.lists >= h.words + (uint64_t)h.slabs * CORDON_HEAP_WORDS * 8 &&
               h.active >= h.lists + (uint64_t)(CORDON_HEAP_CLASSES + 1) * h.list_stride * 8 &&
               address + h.metadata_bytes >= h.active + (uint64_t)CORDON_HEAP_CLASSES * h.slots * 4,
           "tables overlap", bytes);
    expect(bytes < 1 << 26 || h.data_end - h.data >= bytes / 100 * 98, "too much metadata", bytes);
    /* Not one slab more would fit. */
    expect(address + bytes - h.data_end <= 3 * CORDON_HEAP_SLAB_BYTES + bytes / 64 / 16, "slabs left out", bytes);
  }
  for (c = 0; c < CORDON_HEAP_CLASSES; ++c) {
    const struct cordon_heap_class *k = &h.classes[c];
    uint32_t size = cordon_heap_class_bytes(c), before = c ? cordon_heap_class_bytes(c - 1) : 0;
    expect(size > before && size % CORDON_HEAP_UNIT == 0, "size", size);
    expect(size <= 128 || before + 1 > size * 3 / 5, "steps too wide", size);
    expect(size > 4096 || (before + 16) * 4 >= size * 3, "a quarter lost", size);
    expect(k->capacity * size <= CORDON_HEAP_SLAB_BYTES && k->words <= CORDON_HEAP_WORDS, "capacity", size);
    expect((uint64_t)k->capacity * size * 100 >= CORDON_HEAP_SLAB_BYTES * 93ull, "slab's rest", size);
    for (n = 0; n < 4096; ++n)
      expect(((uint64_t)n * k->magic >> 26) == n / k->units, "division", n);
  }
  printf(failures ? "failed\n" : "passed\n");
  return failures != 0;
}
