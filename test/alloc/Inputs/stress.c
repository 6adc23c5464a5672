/*===- stress.c - the allocator under random schedules on CPU threads ---------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * stress OS-THREADS ROUNDS HEAP-MIB SEED [most-bytes]: every lane allocates random sizes, fills each block with a pattern of
 * its own, exchanges blocks with other lanes, checks and frees them. At the end nothing may be live and no memory lost.
 *===------------------------------------------------------------------------*/
#define CORDON_ALLOC_HOST "sim.h"
#include "../../../runtime-bc/alloc/alloc.c"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cordon_state __cordon_state;
static int driver_calls, failures;
void *sim_driver_malloc(size_t size) {
  __atomic_fetch_add(&driver_calls, 1, __ATOMIC_RELAXED);
  return malloc(size);
}
void sim_driver_free(void *p) { free(p); }
void sim_heap_failure(const char *message, uint64_t p) {
  fprintf(stderr, "%s: %llx\n", message, (unsigned long long)p);
  __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
}

#define LANES 32
#define WARPS 2
#define KEEP 24
static uint32_t rounds, most;
struct block { unsigned char *at; uint32_t size; unsigned char mark; };
#define SHELF 4096
static struct block *shelf[SHELF];

struct worker { uint32_t number; uint64_t seed; };

static void fail(const char *what) {
  fprintf(stderr, "stress: %s\n", what);
  __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
}

static uint32_t next(uint64_t *r) {
  *r = *r * 6364136223846793005ull + 1442695040888963407ull;
  return (uint32_t)(*r >> 33);
}

static void put(struct block *b) {
  uint32_t i;
  for (i = 0; i < b->size; i += i < 32 ? 1 : 61)
    if (b->at[i] != (unsigned char)(b->mark + i)) {
      fail("a block's contents changed");
      break;
    }
  memset(b->at, 0xee, b->size);
  __cordon_free(b->at);
  free(b);
}

static void body(void *argument, uint32_t thread) {
  struct worker *worker = argument;
  uint64_t r = worker->seed * 77777 + thread * 31337 + 1;
  struct block *mine[KEEP];
  uint32_t n = 0, i, k;
  for (i = 0; i < rounds; ++i) {
    uint32_t what = next(&r) % 8;
    if (what < 4 && n < KEEP) {
      uint32_t size, lanes_alike = (i / 16) % 3;
      struct block *b = malloc(sizeof(*b));
      size = lanes_alike == 0 ? 16u << (i / 48 % 9) : lanes_alike == 1 ? next(&r) % 256 : next(&r) % most;
      b->size = size;
      b->mark = (unsigned char)next(&r);
      if (next(&r) % 16 == 0) {
        uint32_t align = 16u << next(&r) % 8;
        b->at = __cordon_aligned_alloc(align, size);
        if ((uintptr_t)b->at & (align - 1))
          fail("alignment");
      } else if (next(&r) % 16 == 0) {
        b->at = __cordon_calloc(1, size);
        for (k = 0; k < size; ++k)
          if (b->at[k])
            { fail("calloc left something"); break; }
      } else
        b->at = __cordon_malloc(size);
      if (!b->at) { fail("null"); free(b); continue; }
      if ((uintptr_t)b->at & 15)
        fail("not 16-byte aligned");
      for (k = 0; k < size; ++k)
        b->at[k] = (unsigned char)(b->mark + k);
      if (next(&r) % 32 == 0) {
        uint32_t size2 = next(&r) % most;
        unsigned char *to = __cordon_realloc(b->at, size2);
        if (!to) { fail("realloc gave null"); continue; }
        for (k = 0; k < size2 && k < size; ++k)
          if (to[k] != (unsigned char)(b->mark + k)) { fail("realloc lost bytes"); break; }
        b->at = to;
        b->size = size2;
        for (k = 0; k < size2; ++k)
          b->at[k] = (unsigned char)(b->mark + k);
      }
      mine[n++] = b;
    } else if (what < 6 && n > 0) {
      uint32_t at = next(&r) % n;
      struct block *b = mine[at];
      mine[at] = mine[--n];
      put(b);
    } else if (n > 0) {
      /* To another thread, by way of the shelf. */
      uint32_t at = next(&r) % n;
      mine[at] = __atomic_exchange_n(&shelf[next(&r) % SHELF], mine[at], __ATOMIC_ACQ_REL);
      if (!mine[at])
        mine[at] = mine[--n];
    }
  }
  while (n)
    put(mine[--n]);
}

static void *run(void *argument) {
  struct worker *worker = argument;
  struct sim *s = sim_create(WARPS, LANES, worker->number * WARPS, worker->seed);
  sim_run(s, body, worker, 0, 0);
  sim_destroy(s);
  return 0;
}

static void free_shelf(void *argument, uint32_t thread) {
  uint32_t i;
  (void)argument;
  for (i = thread; i < SHELF; i += LANES)
    if (shelf[i]) {
      put(shelf[i]);
      shelf[i] = 0;
    }
}

static uint32_t filled;
static void **fill_at;
static void fill_body(void *argument, uint32_t thread) {
  uint32_t size = *(uint32_t *)argument;
  (void)thread;
  for (;;) {
    int before = driver_calls;
    void *p = __cordon_malloc(size);
    (void)before;
    if ((uint64_t)p - ((heap_t *)__cordon_state.heap)->data >= ((heap_t *)__cordon_state.heap)->data_end - ((heap_t *)__cordon_state.heap)->data) {
      __cordon_free(p);
      return;
    }
    fill_at[__atomic_fetch_add(&filled, 1, __ATOMIC_RELAXED)] = p;
  }
}
static void empty_body(void *argument, uint32_t thread) {
  uint32_t i;
  (void)argument;
  for (i = thread; i < filled; i += LANES)
    __cordon_free(fill_at[(i * 7919ull) % filled]);
}

int main(int argc, char **argv) {
  uint32_t threads = (uint32_t)atoi(argv[1]), mib = (uint32_t)atoi(argv[3]), i, t;
  uint64_t seed = (uint64_t)atoll(argv[4]), bytes = (uint64_t)mib << 20;
  struct cordon_heap header, *heap;
  struct cordon_heap_statistics stats;
  pthread_t id[64];
  struct worker workers[64];
  char *memory = aligned_alloc(65536, bytes);
  rounds = (uint32_t)atoi(argv[2]);
  most = argc > 5 ? (uint32_t)atoi(argv[5]) : 6000;
  if (!cordon_heap_layout((uint64_t)memory, bytes, &header))
    return 2;
  memset(memory, 0, header.metadata_bytes);
  memcpy(memory, &header, sizeof(header));
  heap = (struct cordon_heap *)memory;
  __cordon_state.heap = (uint64_t)heap;
  __cordon_state.flags = argc > 6 ? (uint32_t)atoi(argv[6]) : CORDON_STATE_HEAP_STATS;
  for (t = 0; t < 3; ++t) {
    for (i = 0; i < threads; ++i) {
      workers[i].number = i;
      workers[i].seed = seed + i + t * 1000;
      pthread_create(&id[i], 0, run, &workers[i]);
    }
    for (i = 0; i < threads; ++i)
      pthread_join(id[i], 0);
    {
      struct sim *s = sim_create(1, LANES, 0, seed);
      sim_run(s, free_shelf, 0, 0, 0);
      sim_destroy(s);
    }
    cordon_heap_count(heap, (struct cordon_heap_slab *)heap->slab_records, &stats);
    if (stats.live_objects != 0) {
      fprintf(stderr, "live %llu\n", (unsigned long long)stats.live_objects);
      fail("objects live at the end");
    }
    if (stats.counters.allocations != stats.counters.frees || stats.counters.live_bytes != 0)
      fail("allocations and frees differ");
  }
  printf("allocations %llu peak %lld driver %d slabs %u of %u (peak %llu)\n", (unsigned long long)stats.counters.allocations,
         (long long)stats.counters.peak_bytes, driver_calls, (uint32_t)(stats.used_slab_bytes >> 16), heap->slabs,
         (unsigned long long)stats.peak_slab_bytes >> 16);
  /* Then each size alone must get nearly all of the heap. */
  fill_at = malloc(bytes / 16 * sizeof(void *));
  if (!(__cordon_state.flags & CORDON_STATE_CHECK_HEAP))
  for (i = 0; i < CORDON_HEAP_CLASSES; i += 3) {
    uint32_t size = cordon_heap_class_bytes(i);
    struct sim *s = sim_create(1, LANES, 0, seed + i);
    double share;
    filled = 0;
    sim_run(s, fill_body, &size, 0, 0);
    share = (double)filled * size / bytes;
    if (share < (size <= 4096 ? 0.9 : 0.8) && mib >= 4)
      fail("too little of the heap is usable");
    printf("size %u: %.3f\n", size, share);
    sim_run(s, empty_body, 0, 0, 0);
    sim_destroy(s);
    cordon_heap_count(heap, (struct cordon_heap_slab *)heap->slab_records, &stats);
    if (stats.live_objects != 0)
      fail("objects live after filling");
  }
  printf("%s\n", failures ? "failed" : "passed");
  return failures != 0;
}
