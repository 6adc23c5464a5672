/*===- sim.c - fibers as lanes ------------------------------------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *===------------------------------------------------------------------------*/
#include "sim.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define STACK 65536
enum lane_state { READY, AT_ACTIVE, AT_OP, FINISHED };

struct lane {
  struct sim *sim;
  ucontext_t context;
  jmp_buf env;
  int started;
  enum lane_state state;
  uint32_t id; /* thread */
  enum sim_op op;
  uint32_t mask, value, from, result;
  const void *address;
  int writes;
  char *stack;
};

struct sim {
  uint32_t warps, width, first_warp;
  uint64_t random;
  jmp_buf env;
  ucontext_t home;
  struct lane *lanes, *current;
  void (*body)(void *, uint32_t);
  void *argument;
  int exact; /* every access is a switch */
};

static __thread struct sim *here;

static uint32_t random32(struct sim *s) {
  s->random = s->random * 6364136223846793005ull + 1442695040888963407ull;
  return (uint32_t)(s->random >> 33);
}

struct sim *sim_create(uint32_t warps, uint32_t width, uint32_t first_warp, uint64_t seed) {
  struct sim *s = calloc(1, sizeof(*s));
  uint32_t i;
  s->warps = warps;
  s->width = width;
  s->first_warp = first_warp;
  s->random = seed * 2654435761u + 12345;
  s->lanes = calloc(warps * width, sizeof(struct lane));
  for (i = 0; i < warps * width; ++i)
    s->lanes[i].stack = malloc(STACK);
  return s;
}

void sim_destroy(struct sim *s) {
  uint32_t i;
  for (i = 0; i < s->warps * s->width; ++i)
    free(s->lanes[i].stack);
  free(s->lanes);
  free(s);
}

static void to_scheduler(void) {
  struct sim *s = here;
  if (_setjmp(s->current->env) == 0)
    _longjmp(s->env, 1);
}

static void enter(void) {
  struct sim *s = here;
  s->body(s->argument, s->current->id);
  here->current->state = FINISHED;
  _longjmp(here->env, 1);
}

void sim_step(const void *address, int write) {
  struct lane *l;
  if (!here || !here->current)
    return;
  l = here->current;
  l->address = address;
  l->writes = write;
  if (here->exact || (random32(here) & 3) == 0)
    to_scheduler();
}

const void *sim_next_address(struct sim *s, uint32_t thread) { return s->lanes[thread].address; }
int sim_next_writes(struct sim *s, uint32_t thread) { return s->lanes[thread].writes; }

uint32_t sim_lane(void) { return here->current->id % here->width; }
uint32_t sim_warp(void) { return here->first_warp + here->current->id / here->width; }
uint32_t sim_sm(void) { return sim_warp() / 2; }

uint32_t sim_active(void) {
  struct lane *l = here->current;
  if (here->width == 1)
    return 1;
  l->state = AT_ACTIVE;
  to_scheduler();
  return l->result;
}

/* All lanes of the mask are there: compute what each gets. */
static void finish_op(struct lane *warp, uint32_t mask, enum sim_op op, uint32_t width) {
  uint32_t i, j, ballot = 0;
  for (i = 0; i < width; ++i)
    if ((mask >> i & 1) && warp[i].value)
      ballot |= 1u << i;
  for (i = 0; i < width; ++i) {
    uint32_t equal = 0;
    if (!(mask >> i & 1))
      continue;
    for (j = 0; j < width; ++j)
      if ((mask >> j & 1) && warp[j].value == warp[i].value)
        equal |= 1u << j;
    if (op == SIM_READ && !(mask >> warp[i].from & 1)) {
      fprintf(stderr, "sim: lane %u reads lane %u, which is not in mask %x\n", i, warp[i].from, mask);
      abort();
    }
    warp[i].result = op == SIM_BALLOT ? ballot : op == SIM_EQUAL ? equal : op == SIM_READ ? warp[warp[i].from].value : 0;
  }
  for (i = 0; i < width; ++i)
    if (mask >> i & 1)
      warp[i].state = READY;
}

uint32_t sim_warp_op(enum sim_op op, uint32_t mask, uint32_t value, uint32_t from) {
  struct sim *s = here;
  struct lane *l = s->current, *warp = s->lanes + l->id / s->width * s->width;
  uint32_t i, all = 1;
  l->op = op;
  l->mask = mask;
  l->value = value;
  l->from = from;
  l->state = AT_OP;
  if (!(mask >> (l->id % s->width) & 1)) {
    fprintf(stderr, "sim: lane not in its own mask\n");
    abort();
  }
  for (i = 0; i < s->width; ++i)
    if (mask >> i & 1) {
      if (warp[i].state != AT_OP)
        all = 0;
      else if (warp[i].op != op || warp[i].mask != mask) {
        fprintf(stderr, "sim: lanes of one mask at different warp functions\n");
        abort();
      }
    }
  if (all)
    finish_op(warp, mask, op, s->width);
  if (l->state != READY)
    to_scheduler();
  return l->result;
}

/* Lets some of the lanes that wait in lanes_active go, as if converged. */
static void converge(struct sim *s, uint32_t w) {
  struct lane *warp = s->lanes + w * s->width;
  uint32_t i, mask = 0;
  for (i = 0; i < s->width; ++i)
    if (warp[i].state == AT_ACTIVE && (mask == 0 || random32(s) % 8 != 0))
      mask |= 1u << i;
  for (i = 0; i < s->width; ++i)
    if (mask >> i & 1) {
      warp[i].result = mask;
      warp[i].state = READY;
    }
}

void sim_run(struct sim *s, void (*body)(void *, uint32_t), void *argument, sim_choose choose, void *state) {
  uint32_t n = s->warps * s->width, i, *runnable = malloc(n * sizeof(uint32_t));
  s->body = body;
  s->argument = argument;
  s->exact = choose != 0;
  for (i = 0; i < n; ++i) {
    s->lanes[i].started = 0;
    s->lanes[i].state = READY;
    s->lanes[i].id = i;
    s->lanes[i].sim = s;
    s->lanes[i].address = 0;
    s->lanes[i].writes = 0;
  }
  here = s;
  for (;;) {
    uint32_t count = 0, waiting = 0, left = 0, pick, w;
    for (i = 0; i < n; ++i) {
      if (s->lanes[i].state == READY)
        runnable[count++] = i;
      left += s->lanes[i].state != FINISHED;
      waiting += s->lanes[i].state == AT_ACTIVE;
    }
    if (left == 0)
      break;
    if (count == 0 || (waiting != 0 && random32(s) % 64 == 0)) {
      if (waiting == 0) {
        fprintf(stderr, "sim: deadlock: %u lanes wait for lanes that do not come\n", left);
        abort();
      }
      for (w = random32(s) % s->warps;; w = (w + 1) % s->warps) {
        uint32_t any = 0;
        for (i = 0; i < s->width; ++i)
          any |= s->lanes[w * s->width + i].state == AT_ACTIVE;
        if (any)
          break;
      }
      converge(s, w);
      continue;
    }
    pick = choose ? choose(state, s, runnable, count) : runnable[random32(s) % count];
    if (pick == SIM_STOP)
      break;
    s->current = &s->lanes[pick];
    if (_setjmp(s->env) == 0) {
      if (s->current->started)
        _longjmp(s->current->env, 1);
      s->current->started = 1;
      getcontext(&s->current->context);
      s->current->context.uc_stack.ss_sp = s->current->stack;
      s->current->context.uc_stack.ss_size = STACK;
      s->current->context.uc_link = 0;
      makecontext(&s->current->context, enter, 0);
      setcontext(&s->current->context);
    }
    s->current = 0;
  }
  s->current = 0;
  here = 0;
  free(runnable);
}
