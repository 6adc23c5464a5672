/*===- sim.h - the allocator's machine, on a CPU ---------------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Stands in for what alloc/platform.h gives on a GPU. Lanes are fibers; a scheduler runs one at a time and may switch
 * before every access to shared memory. A warp function waits until every lane of its mask has come to the same one, so a
 * lane that strays from uniform flow is a deadlock that is reported. Which waiting lanes `lanes_active` finds converged is
 * the scheduler's choice.
 *===------------------------------------------------------------------------*/
#ifndef SIM_H
#define SIM_H

#include <stddef.h>
#include <stdint.h>

/* One OS thread's worth of lanes. */
struct sim;
/* Before an access: its address and whether it may write. */
void sim_step(const void *address, int write);
uint32_t sim_active(void);
uint32_t sim_lane(void);
uint32_t sim_warp(void);
uint32_t sim_sm(void);
enum sim_op { SIM_BALLOT, SIM_EQUAL, SIM_READ, SIM_SYNC };
uint32_t sim_warp_op(enum sim_op op, uint32_t mask, uint32_t value, uint32_t lane);
void *sim_driver_malloc(size_t size);
void sim_driver_free(void *p);
void sim_heap_failure(const char *message, uint64_t p);

#define GLOBAL
#define FN static inline __attribute__((unused))
#define FN_SLOW static __attribute__((unused))
#define ENTRY

#define SIM_RELAXED __ATOMIC_RELAXED
FN uint32_t load32(const uint32_t *p) { sim_step(p, 0); return __atomic_load_n(p, SIM_RELAXED); }
FN uint64_t load64(const uint64_t *p) { sim_step(p, 0); return __atomic_load_n(p, SIM_RELAXED); }
FN void store32(uint32_t *p, uint32_t v) { sim_step(p, 1); __atomic_store_n(p, v, SIM_RELAXED); }
FN void store64(uint64_t *p, uint64_t v) { sim_step(p, 1); __atomic_store_n(p, v, SIM_RELAXED); }
FN uint64_t and64(uint64_t *p, uint64_t v) { sim_step(p, 1); return __atomic_fetch_and(p, v, SIM_RELAXED); }
FN uint64_t or64(uint64_t *p, uint64_t v) { sim_step(p, 1); return __atomic_fetch_or(p, v, SIM_RELAXED); }
FN uint64_t add64(uint64_t *p, uint64_t v) { sim_step(p, 1); return __atomic_fetch_add(p, v, SIM_RELAXED); }
FN uint32_t add32(uint32_t *p, uint32_t v) { sim_step(p, 1); return __atomic_fetch_add(p, v, SIM_RELAXED); }
FN uint32_t exchange32(uint32_t *p, uint32_t v) { sim_step(p, 1); return __atomic_exchange_n(p, v, SIM_RELAXED); }
FN uint64_t cas64(uint64_t *p, uint64_t e, uint64_t v) {
  sim_step(p, 1);
  __atomic_compare_exchange_n(p, &e, v, 0, SIM_RELAXED, SIM_RELAXED);
  return e;
}
FN uint32_t cas32(uint32_t *p, uint32_t e, uint32_t v) {
  sim_step(p, 1);
  __atomic_compare_exchange_n(p, &e, v, 0, SIM_RELAXED, SIM_RELAXED);
  return e;
}
FN int64_t max64(int64_t *p, int64_t v) {
  int64_t e = __atomic_load_n(p, SIM_RELAXED);
  sim_step(p, 1);
  while (e < v && !__atomic_compare_exchange_n(p, &e, v, 0, SIM_RELAXED, SIM_RELAXED))
    ;
  return e;
}
FN void fence(void) { __atomic_thread_fence(__ATOMIC_ACQ_REL); }

FN uint32_t lanes_active(void) { return sim_active(); }
FN uint32_t lane_id(void) { return sim_lane(); }
FN uint32_t warp_id(void) { return sim_warp(); }
FN uint32_t sm_id(void) { return sim_sm(); }
FN uint32_t lanes_ballot(uint32_t mask, int p) { return sim_warp_op(SIM_BALLOT, mask, p != 0, 0); }
FN uint32_t lanes_equal(uint32_t mask, uint32_t v) { return sim_warp_op(SIM_EQUAL, mask, v, 0); }
FN uint32_t lanes_read(uint32_t mask, uint32_t v, uint32_t lane) { return sim_warp_op(SIM_READ, mask, v, lane); }
FN void lanes_sync(uint32_t mask) { sim_warp_op(SIM_SYNC, mask, 0, 0); }
FN void pause_ns(uint32_t ns) { (void)ns; }
FN uint32_t popcount(uint32_t v) { return (uint32_t)__builtin_popcount(v); }
FN uint32_t first_bit(uint32_t v) { return (uint32_t)__builtin_ctz(v); }
FN uint32_t first_bit64(uint64_t v) { return (uint32_t)__builtin_ctzll(v); }
FN uint32_t high_bit(uint32_t v) { return 31 - (uint32_t)__builtin_clz(v); }

#define DRIVER_MALLOC sim_driver_malloc
#define DRIVER_FREE sim_driver_free
#define CHECK_FAIL(message, p) sim_heap_failure(message, (uint64_t)(p))
#ifndef BUSY_POLLS
#define BUSY_POLLS 4u
#endif

struct cordon_state;
extern struct cordon_state __cordon_state;

/* For tests. */
struct sim *sim_create(uint32_t warps, uint32_t lanes_per_warp, uint32_t first_warp, uint64_t seed);
void sim_destroy(struct sim *s);
/* Runs body(argument, thread) in every lane; thread counts lanes from 0. choose: null for random switches. */
typedef uint32_t (*sim_choose)(void *state, struct sim *s, const uint32_t *runnable, uint32_t n);
void sim_run(struct sim *s, void (*body)(void *, uint32_t), void *argument, sim_choose choose, void *state);
/* The access that a waiting lane does next. */
const void *sim_next_address(struct sim *s, uint32_t thread);
int sim_next_writes(struct sim *s, uint32_t thread);
/* A chooser that wants no more of this run returns SIM_STOP. */
#define SIM_STOP 0xffffffffu

#endif
