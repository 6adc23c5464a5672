/*===- alloc/small.h - objects of a size class ------------------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The lanes that call together and want the same class form a group. A group tries the slab that is active for its class
 * and multiprocessor: if one bitmap word has enough free objects, one lane takes them all with one fetch-and, and the group
 * gets neighbours; else each lane takes a bit of a word of its own, all at once. A group whose slab is exhausted has its
 * first lane fetch another: from the class's list, a free slab, another slot's, an idle one, in that order.
 *
 * All lanes of the mask stay in one loop until each has its object or its refusal, so every warp function sees the same
 * mask in uniform flow, whatever the classes are, and groups of different classes proceed side by side. Nothing waits for
 * another warp without a bound: a busy slot is watched for some microseconds, then passed by.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_ALLOC_SMALL_H
#define CORDON_ALLOC_SMALL_H

#include "slabs.h"

/* Where a slab would serve many groups like this one, one lane at a time fetches a slab for a slot, and the others wait a
 * little: else each warp that finds the slot empty would fetch a slab of which it needs a small part. From this capacity on
 * it is so for whole warps; for groups of up to 16 lanes, from eight times their number on: with mixed sizes each warp has a
 * lane or two of every class, and a heap that is half full would be spread over slabs that are nearly empty. */
#ifndef FETCH_ALONE
#define FETCH_ALONE 1024u
#endif
FN int fetch_is_for_many(uint32_t capacity, uint32_t need) {
  return capacity >= FETCH_ALONE || (need <= 16 && capacity >= need * 8);
}
#ifndef BUSY_POLLS
#define BUSY_POLLS 64u
#endif
#define BUSY_PAUSE_NS 64u
#define FETCHES_MAX 1024u
/* A list may look empty while a thread is between its two steps: a refusal needs several looks. */
#ifndef FETCH_LOOKS
#define FETCH_LOOKS 4u
#endif
#define LOOK_PAUSE_NS 500u

enum fetch_stage { FETCH_ACTIVE, FETCH_STEAL, FETCH_SWEEP, FETCH_FAILED };

/* What a group's first lane knows while it looks for slabs. */
struct fetch {
  word32 *active;
  uint32_t c, slot, seed;
  uint32_t exhausted; /* slab + 1 that had nothing when last tried */
  uint32_t stage, polls, steals, fetches, looks;
};

/* Makes s active in the group's slot. What was active there is dropped. */
FN void fetch_install(heap_t *h, struct fetch *f, uint32_t s) {
  store32(&slab_of(h, s)->slot, f->slot);
  fence();
  slab_drop(h, exchange32(f->active, s + 1), f->c, s);
}

/* A slab for the group to try, or NO_SLAB. a: what was active just now. *taken: how many of the slab's first objects are the
 * group's already. */
FN_SLOW uint32_t fetch_slab(heap_t *h, struct fetch *f, uint32_t a, uint32_t need, uint32_t *taken) {
  uint32_t capacity = h->classes[f->c].capacity, s, first = 1;
  *taken = 0;
  if (++f->fetches > FETCHES_MAX)
    f->stage = FETCH_FAILED;
again:
  while (f->stage == FETCH_ACTIVE) {
    uint64_t listed, unused;
    uint32_t tries;
    int alone = 0;
    if (!first)
      a = load32(f->active);
    first = 0;
    if ((a & ACTIVE_SLAB) != 0 && (a & ACTIVE_SLAB) != f->exhausted)
      return (a & ACTIVE_SLAB) - 1;
    if (fetch_is_for_many(capacity, need) && f->polls < BUSY_POLLS) {
      ++f->polls;
      if ((a & ACTIVE_BUSY) != 0) {
        pause_ns(BUSY_PAUSE_NS);
        continue;
      }
      if (cas32(f->active, a, a | ACTIVE_BUSY) != a)
        continue;
      alone = 1;
    }
    f->seed = mix(f->seed + 0x9e3779b9u);
    listed = load64(list_level(h, f->c, 2)); /* both on their way at once */
    unused = load64(list_level(h, FREE_SLABS, 2));
    s = NO_SLAB;
    for (tries = 0; tries < 8 && !list_empty(h, listed); ++tries) {
      s = list_take(h, f->c, f->seed + tries);
      /* A list may name a slab that has left the class since; whoever has it now looks after it. */
      if (s == NO_SLAB || load32(&slab_of(h, s)->kind) == f->c + 1)
        break;
      s = NO_SLAB;
    }
    if (s == NO_SLAB) {
      s = slab_take_free(h, f->seed, list_empty(h, unused));
      if (s != NO_SLAB) {
        *taken = need < capacity ? need : capacity;
        slab_give_to_class(h, s, f->c, *taken, f->slot);
      }
    }
    if (s == NO_SLAB) {
      if (alone)
        cas32(f->active, a | ACTIVE_BUSY, a);
      f->stage = FETCH_STEAL;
      break;
    }
    f->polls = 0;
    if (*taken < capacity)
      fetch_install(h, f, s);
    else if (alone)
      cas32(f->active, a | ACTIVE_BUSY, a);
    return s;
  }
  while (f->stage == FETCH_STEAL) {
    uint32_t a;
    if (f->steals == h->classes[f->c].slots) {
      f->stage = FETCH_SWEEP;
      break;
    }
    a = load32(active_of(h, f->c, (f->slot + f->steals++) & (h->classes[f->c].slots - 1))) & ACTIVE_SLAB;
    if (a != 0 && (int32_t)load_count(slab_of(h, a - 1)) > 0)
      return a - 1;
  }
  if (f->stage == FETCH_SWEEP) {
    s = slab_sweep(h);
    if (s != NO_SLAB) {
      *taken = need < capacity ? need : capacity;
      slab_give_to_class(h, s, f->c, *taken, f->slot);
      if (*taken < capacity)
        fetch_install(h, f, s);
      return s;
    }
    if (++f->looks < FETCH_LOOKS) {
      pause_ns(LOOK_PAUSE_NS);
      f->stage = FETCH_ACTIVE;
      f->polls = first = 0;
      goto again;
    }
    f->stage = FETCH_FAILED;
  }
  return NO_SLAB;
}

/* A thread with an old idea of slab s took `bits` of a word whose upper half names another class: back with them, as an
 * allocation and a free. */
FN_SLOW void small_undo(heap_t *h, uint32_t s, uint32_t w, uint64_t old, uint32_t bits) {
  uint32_t c = (uint32_t)(old >> 32) - 1;
  add_count(slab_of(h, s), 0u - popcount(bits));
  fence();
  slab_put(h, s, c, w, bits);
}

#define VIEW 4u /* words that a lane looks at in one step */

/* An object of class c for each calling lane, or 0. */
FN uint64_t small_allocate(heap_t *h, uint32_t c) {
  uint32_t mask = lanes_active(), group = lanes_equal(mask, c), lane = lane_id(), lead = first_bit(group);
  uint32_t below = (1u << lane) - 1, words_used = h->classes[c].words, slot = sm_id() & (h->classes[c].slots - 1), warp = warp_id();
  uint32_t lanes_seed = mix(sm_id() * 64 + warp + 1) & 0xffff, step = 0;
  uint32_t slab = NO_SLAB, at = 0, start = 0, saw = 0, idle = 0, done = 0;
  uint64_t result = 0;
  struct fetch f;
  f.active = active_of(h, c, slot);
  f.c = c;
  f.slot = slot;
  f.seed = sm_id() * 64 + warp + c * 8192;
  f.exhausted = f.stage = f.polls = f.steals = f.fetches = f.looks = 0;

  for (;;) {
    uint32_t pending = lanes_ballot(mask, !done), need, rank, taken = 0, got = 0, w = 0, chosen = 0, b, i, fresh_done;
    uint64_t seen = 0;
    if (pending == 0)
      break;
    ++step;
    pending &= group;
    need = popcount(pending);
    rank = popcount(pending & below);
    if (slab == NO_SLAB && pending != 0) {
      if (lane == lead) {
        uint32_t a = load32(f.active), there = a & ACTIVE_SLAB; /* the usual case, before the call */
        slab = f.stage == FETCH_ACTIVE && there != 0 && there != f.exhausted ? there - 1
                                                                              : fetch_slab(h, &f, a, need, &taken);
      }
      at = saw = idle = 0;
    }
    slab = lanes_read(mask, slab, lead);
    taken = lanes_read(mask, taken, lead);
    if (pending != 0 && slab == NO_SLAB)
      done = 1; /* refused */
    fresh_done = 0;
    if (!done && taken != 0) {
      if (rank < taken) {
        result = address_of(h, slab) + (uint64_t)rank * h->classes[c].units * CORDON_HEAP_UNIT;
        done = 1;
      }
      fresh_done = 1; /* no look this time; the count is right already */
    }

    /* Look at some words: each waiting lane at up to four of its own, or, where words are fewer than lanes, several lanes
     * at one word, each at another bit. */
    if (!done && !fresh_done) {
      word64 *words = words_of(h, slab);
      uint32_t nth = 0, first = rank;
      if (at == 0 && words_used > VIEW)
        start = need < 8 ? load32(&slab_of(h, slab)->hint) : warp * words_used >> 6;
      if (need > words_used) {
        nth = rank / words_used;
        first = rank % words_used;
      }
      {
        uint64_t v[VIEW];
        uint32_t at_word[VIEW];
        for (i = 0; i < VIEW; ++i) {
          uint32_t k = at + first + i * need;
          v[i] = 0;
          at_word[i] = 0;
          if (k < words_used) {
            k += start;
            k = k >= words_used ? k - words_used : k;
            at_word[i] = k >= words_used ? 0 : k; /* a hint may be another class's */
            v[i] = load64(words + at_word[i]);
          }
        }
        for (i = 0; i < VIEW; ++i) {
          uint32_t x = (uint32_t)(v[i] >> 32) == c + 1 ? (uint32_t)v[i] : 0;
          if (nth == 0 && chosen == 0 && popcount(x) >= need)
            chosen = 1, seen = x, w = at_word[i];
          else if (seen == 0 && x != 0)
            seen = x, w = at_word[i];
        }
      }
      if (chosen == 0 && seen != 0) {
        /* One bit; which one differs by lane and warp, lest all go for the same. */
        uint32_t x = (uint32_t)seen, n = popcount(x);
        seen = nth < n ? 1u << nth_bit(x, (nth + warp) % n) : 0;
        saw = 1;
      }
      saw |= chosen;
    }
    b = lanes_ballot(mask, chosen) & group;
    if (b != 0) {
      /* Which of the words that would do differs by warp and step. */
      b = 1u << nth_bit(b, (lanes_seed + step * 7) % popcount(b));
      if (lane == first_bit(b))
        seen = low_bits((uint32_t)seen, need);
      else
        seen = 0;
    }
    if (seen != 0) {
      uint64_t old = and64(words_of(h, slab) + w, ~seen);
      got = (uint32_t)(old & seen);
      if ((uint32_t)(old >> 32) != c + 1) {
        if (got != 0)
          small_undo(h, slab, w, old, got);
        got = 0;
      }
    }
    /* Who takes for all tells the others what it got; a lane that took for itself reads its own. */
    {
      uint32_t from = b != 0 ? first_bit(b) : lane, mine = got;
      uint32_t all = lanes_read(mask, mine, from);
      w = lanes_read(mask, w, from);
      if (!done && !fresh_done) {
        uint32_t n = b != 0 ? rank : 0;
        if (n < popcount(all)) {
          uint32_t index = w * 32 + nth_bit(all, n);
          result = address_of(h, slab) + (uint64_t)index * h->classes[c].units * CORDON_HEAP_UNIT;
          done = 1;
          fresh_done = 2;
        }
      }
    }
    {
      uint32_t served = lanes_ballot(mask, fresh_done == 2) & group;
      uint32_t hopeful = lanes_ballot(mask, saw != 0) & group;
      uint32_t left = pending & ~served;
      if (served != 0) {
        fence(); /* acquire: the record's and the objects' last users precede us. Before the count: the record's
                    initial count precedes what we subtract. */
        if (lane == lead)
          add_count(slab_of(h, slab), 0u - popcount(served));
        if (at != 0 && need < 8 && lane == first_bit(served))
          store32(&slab_of(h, slab)->hint, w);
        idle = 0;
      }
      if (left != 0 && taken != 0) {
        slab = NO_SLAB; /* a new slab of fewer objects than lanes; not in a slot */
      } else if (left != 0 && slab != NO_SLAB) {
        at += VIEW * need;
        if (at >= words_used) {
          /* Once around. Again only where free bits were seen (others took them, or they were fewer than lanes). */
          if (hopeful != 0 && idle < 4) {
            at = saw = 0;
            ++idle;
          } else {
            f.exhausted = slab + 1;
            slab = NO_SLAB;
          }
        }
      }
    }
  }
  lanes_sync(mask); /* the first lane's subtraction, and whoever took for us, before anything that we do */
  return result;
}

#endif /* CORDON_ALLOC_SMALL_H */
