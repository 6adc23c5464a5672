/*===- explore.c - every schedule of a few threads over the real allocator ----------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * explore SETUP THREAD... [max=N]: SETUP runs alone, then every THREAD in all schedules that differ in the order of two
 * accesses to one location of which one writes (sleep sets leave out the rest). Each is a string of steps: an upper-case
 * letter frees what the setup's step of that letter allocated, digits and lower case allocate:
 *   a..e  32 KiB (two to a slab), f..j 21 KiB (three), k..o 64 KiB (a slab), p..t 1 KiB;  1..9 frees this thread's
 *   allocation of that number
 * After each schedule: no object was handed out twice, counts agree with bitmaps, and no object is lost: what is not held
 * can be allocated. Sequentially consistent; the order of single accesses is argued in the source.
 *===------------------------------------------------------------------------*/
#define CORDON_ALLOC_HOST "sim.h"
#define BUSY_POLLS 1u
#define FETCH_LOOKS 1u
#define FETCH_ALONE 3u /* so that objects of which three fit go through the busy slot */
#include "../../../runtime-bc/alloc/alloc.c"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cordon_state __cordon_state;
void *sim_driver_malloc(size_t size) { (void)size; return 0; }
void sim_driver_free(void *p) { (void)p; printf("failed: a heap pointer went to the driver\n"); exit(1); }
void sim_heap_failure(const char *message, uint64_t p) { printf("failed: %s %llx\n", message, (unsigned long long)p); exit(1); }

enum { SLABS = 3, THREADS = 4, DEPTH = 4096, UNITS = SLABS * 64 };
static char *memory, *snapshot;
static struct cordon_heap *heap;
static uint64_t bytes, metadata;
static void *given[26];
static void *owner[UNITS]; /* by KiB of slab memory: the block that starts there and is held */
static void *owner_snapshot[UNITS];
static char **steps;

static void show(void);
static void fail(const char *what) {
  printf("failed: %s\n", what);
  show();
  exit(1);
}

static uint32_t size_of(char step) {
  return step <= 'e' ? 32768 : step <= 'j' ? 21840 : step <= 'o' ? 65536 : 1024;
}

static void hold(void *p) {
  uint64_t at = ((uint64_t)p - heap->data) / 1024;
  sim_step(&owner[at], 1);
  if (owner[at])
    fail("an object was handed out twice");
  owner[at] = p;
}

static void let_go(void *p) {
  uint64_t at = ((uint64_t)p - heap->data) / 1024;
  sim_step(&owner[at], 1);
  if (owner[at] != p)
    fail("an object was lost while held");
  owner[at] = 0;
  __cordon_free(p);
}

static void play(void *argument, uint32_t thread) {
  const char *s = ((char **)argument)[thread];
  void *mine[10] = {0};
  uint32_t n = 0;
  for (; *s; ++s) {
    if (*s >= 'a') {
      void *p = __cordon_malloc(size_of(*s));
      if (p)
        hold(p);
      if (argument != steps)
        given[*s - 'a'] = p;
      mine[++n] = p;
    } else if (*s >= 'A') {
      let_go(given[*s - 'A']);
    } else if (mine[*s - '0']) {
      let_go(mine[*s - '0']);
    }
  }
}

/* Sleep sets. */
struct node {
  uint32_t runnable, sleep, done, chosen;
  const void *address[THREADS];
  int writes[THREADS];
};
static struct node path[DEPTH];
static uint32_t depth, at;
static unsigned long long runs, pruned;

static void show(void) {
  uint32_t i;
  for (i = 0; i < at && i < DEPTH; ++i)
    printf("%u:%s%lx ", path[i].chosen, path[i].writes[path[i].chosen] ? "w" : "r",
           path[i].address[path[i].chosen] ? (unsigned long)((char *)path[i].address[path[i].chosen] - memory) : 0ul);
  printf("\n");
  for (i = 0; i < heap->slabs; ++i) {
    struct cordon_heap_slab *r = (struct cordon_heap_slab *)heap->slab_records + i;
    printf("slab %u: kind %x count %d word %llx\n", i, r->kind, r->count,
           (unsigned long long)((uint64_t *)heap->words)[i * CORDON_HEAP_WORDS]);
  }
  for (i = 0; i <= CORDON_HEAP_CLASSES; ++i)
    if (list_level(heap, i, 0)[0])
      printf("list %u: %llx\n", i, (unsigned long long)list_level(heap, i, 0)[0]);
  printf("frontier %u\n", heap->frontier);
}

static int independent(const struct node *n, uint32_t a, uint32_t b) {
  return n->address[a] != n->address[b] || n->address[a] == 0 || (!n->writes[a] && !n->writes[b]);
}

static uint32_t choose(void *state, struct sim *s, const uint32_t *runnable, uint32_t count) {
  struct node *n = &path[at];
  uint32_t i;
  (void)state;
  if (at == DEPTH)
    fail("a schedule does not end");
  if (at == depth) {
    n->runnable = n->done = n->sleep = 0;
    for (i = 0; i < count; ++i) {
      n->runnable |= 1u << runnable[i];
      n->address[runnable[i]] = sim_next_address(s, runnable[i]);
      n->writes[runnable[i]] = sim_next_writes(s, runnable[i]);
    }
    if (at > 0) {
      struct node *p = n - 1;
      for (i = 0; i < THREADS; ++i)
        if (((p->sleep | p->done) >> i & 1) && i != p->chosen && independent(p, i, p->chosen))
          n->sleep |= 1u << i;
    }
    if ((n->runnable & ~n->sleep) == 0) {
      ++pruned;
      return SIM_STOP;
    }
    n->chosen = first_bit(n->runnable & ~n->sleep);
    ++depth;
  }
  ++at;
  return n->chosen;
}

static int listed(uint32_t list, uint32_t s) { return (int)(list_level(heap, list, 0)[s >> 6] >> (s & 63) & 1); }

/* Every slab with objects to give can be found. */
static void verify_lists(void) {
  uint32_t s, c, slot;
  for (s = 0; s < heap->slabs; ++s) {
    struct cordon_heap_slab *r = (struct cordon_heap_slab *)heap->slab_records + s;
    int found = 0;
    if (s >= heap->frontier || r->kind & CORDON_HEAP_SPAN)
      continue;
    c = r->kind ? r->kind - 1 : FREE_SLABS;
    if (r->kind && r->count < (int32_t)heap->classes[c].threshold)
      continue;
    for (slot = 0; r->kind && slot < heap->slots; ++slot)
      found |= (*active_of(heap, c, slot) & ACTIVE_SLAB) == s + 1;
    if (!found && !listed(c, s))
      fail("a slab with free objects is in no list");
  }
  for (c = 0; c <= FREE_SLABS; ++c)
    if (list_level(heap, c, 0)[0] && (!(list_level(heap, c, 1)[0] & 1) || !(list_level(heap, c, 2)[0] & 1)))
      fail("a list's upper level says that it is empty");
  for (c = 0; c < CORDON_HEAP_CLASSES; ++c)
    for (slot = 0; slot < heap->slots; ++slot)
      if (*active_of(heap, c, slot) & ACTIVE_BUSY)
        fail("a slot stays busy");
}

static void verify(void *argument, uint32_t thread) {
  uint32_t s, w, i, free_slabs;
  (void)argument;
  (void)thread;
  for (s = 0; s < heap->slabs; ++s) {
    struct cordon_heap_slab *r = (struct cordon_heap_slab *)heap->slab_records + s;
    uint32_t bits = 0, mine = 0, c = r->kind - 1;
    for (i = s * 64; i < s * 64 + 64; ++i)
      mine += owner[i] != 0;
    if (r->kind == 0 || r->kind & CORDON_HEAP_SPAN) {
      if (mine != (r->kind != 0))
        fail("a slab's kind is wrong");
      continue;
    }
    for (w = 0; w < heap->classes[c].words; ++w)
      bits += popcount((uint32_t)((uint64_t *)heap->words)[s * CORDON_HEAP_WORDS + w]);
    if (bits != (uint32_t)r->count || bits + mine != heap->classes[c].capacity)
      fail("count, bitmap and what is held disagree");
  }
  verify_lists();
  /* Everything that is free can be had: as spans, then as objects of any one class after the others were emptied. */
  for (i = 0; i < UNITS; ++i)
    if (owner[i])
      __cordon_free(owner[i]);
  for (free_slabs = 0; __cordon_malloc(65536);)
    ++free_slabs;
  if (free_slabs != heap->slabs)
    fail("a slab was lost");
}

int main(int argc, char **argv) {
  unsigned long long most = ~0ull;
  struct cordon_heap header;
  struct sim *one = sim_create(1, 1, 0, 1), *all;
  int threads;
  while (argc > 2 && strncmp(argv[argc - 1], "max=", 4) == 0)
    most = strtoull(argv[--argc] + 4, 0, 10);
  threads = argc - 2;
  steps = argv + 2;
  if (threads < 1 || threads > THREADS)
    return 2;
  for (bytes = 2 << 16;; bytes += 4096) {
    if (cordon_heap_layout(1 << 16, bytes, &header) && header.slabs == SLABS)
      break;
  }
  memory = aligned_alloc(65536, (bytes + 65535) / 65536 * 65536);
  if (!cordon_heap_layout((uint64_t)memory, bytes, &header))
    return 2;
  metadata = header.metadata_bytes;
  memset(memory, 0, metadata);
  memcpy(memory, &header, sizeof(header));
  heap = (struct cordon_heap *)memory;
  __cordon_state.heap = (uint64_t)memory;
  {
    char *setup[1];
    setup[0] = argv[1];
    sim_run(one, play, setup, 0, 0);
  }
  snapshot = malloc(metadata);
  memcpy(snapshot, memory, metadata);
  memcpy(owner_snapshot, owner, sizeof(owner));
  all = sim_create((uint32_t)threads, 1, 0, 1);
  for (;;) {
    unsigned long long before = pruned;
    memcpy(memory, snapshot, metadata);
    memcpy(owner, owner_snapshot, sizeof(owner));
    at = 0;
    sim_run(all, play, steps, choose, 0);
    if (before == pruned) {
      ++runs;
      sim_run(one, verify, 0, 0, 0);
    }
    /* The last decision with another choice. */
    for (; depth > 0; --depth) {
      struct node *n = &path[depth - 1];
      uint32_t left;
      n->done |= 1u << n->chosen;
      left = n->runnable & ~n->done & ~n->sleep;
      if (left) {
        n->chosen = first_bit(left);
        break;
      }
    }
    if (depth == 0 || runs == most)
      break;
  }
  printf("%llu schedules%s: passed\n", runs, depth ? ", the first of more" : ", all");
  return 0;
}
