/* The checking heap: each fault is found, and nothing else is. One lane. */
#define CORDON_ALLOC_HOST "sim.h"
#include "../../../runtime-bc/alloc/alloc.c"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cordon_state __cordon_state;
static const char *last;
static uint64_t last_pointer;
void *sim_driver_malloc(size_t size) { return malloc(size); }
void sim_driver_free(void *p) { free(p); }
void sim_heap_failure(const char *message, uint64_t p) {
  last = message;
  last_pointer = p;
}

static int failures;
static void expect(const char *what, const char *part, void *p) {
  int ok = part ? last && strstr(last, part) && last_pointer == (uint64_t)p : last == 0;
  printf("%s: %s\n", what, last ? last : "nothing");
  if (!ok) {
    printf("failed\n");
    ++failures;
  }
  last = 0;
}

static void body(void *argument, uint32_t thread) {
  uint32_t sizes[] = {1, 16, 40, 100, 1000, 5000, 32700, 100000, 5000000}, i;
  char *p, *q;
  (void)argument;
  (void)thread;
  for (i = 0; i < sizeof(sizes) / sizeof(*sizes); ++i) {
    uint32_t n = sizes[i];
    p = __cordon_malloc(n);
    memset(p, 7, n);
    __cordon_free(p);
    expect("in order", 0, 0);
    p = __cordon_aligned_alloc(256, n);
    if ((uint64_t)p & 255)
      printf("failed: alignment\n"), ++failures;
    memset(p, 7, n);
    p = __cordon_realloc(p, n * 2);
    memset(p, 7, n * 2);
    __cordon_free(p);
    expect("aligned, realloc", 0, 0);
    p = __cordon_malloc(n);
    p[n] = 1;
    __cordon_free(p);
    expect("one byte behind", "bytes behind a block", p);
    p = __cordon_malloc(n);
    p[-1] = 1;
    p[-32] ^= 1;
    __cordon_free(p);
    expect("before", "bytes before it", p);
    if (n > 1000000)
      continue; /* the driver's: its memory is gone after the free */
    p = __cordon_malloc(n);
    __cordon_free(p);
    __cordon_free(p);
    expect("twice", "after it was freed", p);
    if (n > 32000)
      continue;
    p = __cordon_malloc(n);
    __cordon_free(p);
    p[n / 2] = 1;
    for (q = 0; !last; q = __cordon_malloc(n)) /* until that memory comes again */
      ;
    expect("written after free", "written after it was freed", p);
    (void)q;
  }
  p = __cordon_malloc(64);
  __cordon_free(p + 16);
  expect("inside a block", "no allocation returned", p + 16);
  __cordon_free(p + 3);
  expect("odd", "no allocation returned", p + 3);
  __cordon_free(0);
  expect("null", 0, 0);
}

int main(void) {
  uint64_t bytes = 64 << 20;
  struct cordon_heap header;
  char *memory = aligned_alloc(65536, bytes);
  struct sim *s = sim_create(1, 1, 0, 1);
  cordon_heap_layout((uint64_t)memory, bytes, &header);
  memset(memory, 0, header.metadata_bytes);
  memcpy(memory, &header, sizeof(header));
  __cordon_state.heap = (uint64_t)memory;
  __cordon_state.flags = CORDON_STATE_CHECK_HEAP;
  sim_run(s, body, 0, 0, 0);
  printf(failures ? "%d failed\n" : "all as expected\n", failures);
  return failures != 0;
}
