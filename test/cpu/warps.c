// Warp collectives: divergent syncwarp and shuffles, votes, match, redux, activemask; named and reducing barriers.
// RUN: %device-cc %s -o %t.bc
// RUN: %cpu %t.bc --kernel=divergent --block=32 --arg=buf:i32:32:zero --expect='0: i%%2 ? 1 : 2'
// RUN: %cpu %t.bc --schedule=3 --kernel=divergent --block=32 --arg=buf:i32:32:zero --expect='0: i%%2 ? 1 : 2'
// RUN: %cpu %t.bc --kernel=shuffles --block=64 --arg=buf:i32:256:zero --expect='0[0..64): i%%32 < 3 ? i : i-3' --expect='0[64..128): i%%8 < 6 ? i-62 : i-64' --expect='0[128..192): (i-128)^5' --expect='0[192..256): (i-192)/32*32+7'
// RUN: %cpu %t.bc --kernel=votes --block=32 --arg=buf:i32:6:zero --print=0:6 | FileCheck --check-prefix=VOTES %s
// VOTES: arg0[0..6) = 0 1 0 1431655765 1 0
// RUN: %cpu %t.bc --kernel=match --block=32 --arg=buf:u32:32:zero --expect='0: 0x01010101 << (i%%8)'
// RUN: %cpu %t.bc --kernel=active --block=32 --arg=buf:u32:32:zero --expect='0: i < 10 ? 1023 : 4294966272'
// RUN: %cpu %t.bc --kernel=producer --block=64 --arg=buf:i32:32:zero --expect='0: i*i'
// RUN: %cpu %t.bc --check=race --kernel=producer --block=64 --arg=buf:i32:32:zero --expect='0: i*i'
// RUN: %cpu %t.bc --kernel=reducing --block=96 --arg=buf:i32:3:zero --print=0:3 | FileCheck --check-prefix=RED %s
// RED: arg0[0..3) = 48 0 1
// RUN: %cpu %t.bc --kernel=flag --block=64 --arg=buf:i32:1:zero --expect='0: 7'
// RUN: %cpu %t.bc --timeout=20 --kernel=blocks --cooperative --grid=5 --block=64 --arg=buf:i32:320 --arg=buf:i32:320 --expect='1: 319-i'
// RUN: %cpu %t.bc --timeout=20 --kernel=lock --grid=2 --block=64 --arg=buf:i32:1 --arg=buf:i32:1 --expect='1: 128'
// RUN: %device-cc %s -O0 -o %t0.bc
// RUN: %cpu %t0.bc --timeout=20 --kernel=blocks --cooperative --grid=5 --block=64 --arg=buf:i32:320 --arg=buf:i32:320 --expect='1: 319-i'
// RUN: %cpu %t0.bc --timeout=20 --kernel=lock --grid=2 --block=64 --arg=buf:i32:1 --arg=buf:i32:1 --expect='1: 128'
#include "Inputs/device.h"

KERNEL void divergent(int *out) {
  int v;
  if (TID & 1) {
    __nvvm_bar_warp_sync(0xaaaaaaaa);
    v = __nvvm_shfl_sync_idx_i32(0xaaaaaaaa, TID, 1, 31);
  } else {
    v = __nvvm_shfl_sync_idx_i32(0x55555555, TID, 2, 31);
  }
  __nvvm_bar_warp_sync(ALL);
  out[TID] = v;
}

KERNEL void shuffles(int *out) {
  out[TID] = __nvvm_shfl_sync_up_i32(ALL, TID, 3, 0);
  out[64 + TID] = __nvvm_shfl_sync_down_i32(ALL, TID, 2, 0x1807); // segments of 8
  out[128 + TID] = __nvvm_shfl_sync_bfly_i32(ALL, TID, 5, 31);
  out[192 + TID] = __nvvm_shfl_sync_idx_i32(ALL, TID, 7, 31);
}

KERNEL void votes(int *out) {
  int even = TID % 2 == 0;
  int all = __nvvm_vote_all_sync(ALL, even), any = __nvvm_vote_any_sync(ALL, even);
  int uniform = __nvvm_vote_uni_sync(ALL, even);
  u32 ballot = __nvvm_vote_ballot_sync(ALL, even);
  int allTrue = __nvvm_vote_all_sync(ALL, TID < 32);
  int none = __nvvm_vote_any_sync(ALL, TID > 31);
  if (TID == 0) {
    out[0] = all, out[1] = any, out[2] = uniform;
    out[3] = ballot, out[4] = allTrue, out[5] = none;
  }
}

KERNEL void match(u32 *out) { out[TID] = __nvvm_match_any_sync_i32(ALL, TID % 8); }

KERNEL void active(u32 *out) {
  // Each side of the branch is together, and only that side.
  if (TID < 10)
    out[TID] = __nvvm_activemask();
  else
    out[TID] = __nvvm_activemask();
}

static SHARED int buffer[32];
KERNEL void producer(int *out) {
  if (TID < 32) {
    buffer[TID] = TID * TID;
    asm volatile("bar.arrive 1, 64;" ::: "memory");
  } else {
    asm volatile("bar.sync 1, 64;" ::: "memory");
    out[TID - 32] = buffer[TID - 32];
  }
}

KERNEL void reducing(int *out) {
  int n = __nvvm_bar0_popc(TID % 2), all = __nvvm_bar0_and(TID % 2), any = __nvvm_bar0_or(TID % 2);
  if (TID == 0)
    out[0] = n, out[1] = all != 0, out[2] = any != 0;
}

static volatile int ready;
KERNEL void flag(int *out) {
  // A thread that polls gives the others their turn.
  if (TID == 0) {
    while (!ready)
      ;
    out[0] = ready;
  }
  if (TID == 40)
    ready = 7;
}

static unsigned arrived, released;
static unsigned acquire(unsigned *p) {
  unsigned v;
  asm volatile("ld.acquire.gpu.u32 %0, [%1];" : "=r"(v) : "l"(p) : "memory");
  return v;
}
KERNEL void blocks(int *a, int *b) {
  // A barrier of all blocks as cooperative groups have it: polls in PTX, and in a function of its own at -O0.
  a[GLOBAL_ID] = GLOBAL_ID;
  SYNC();
  if (TID == 0) {
    __nvvm_membar_gl();
    if (__nvvm_atom_add_gen_i((int *)&arrived, 1) == GRID_DIM - 1)
      __nvvm_atom_xchg_gen_i((int *)&released, 1);
    while (!acquire(&released))
      ;
  }
  SYNC();
  b[GLOBAL_ID] = a[GRID_DIM * BLOCK_DIM - 1 - GLOBAL_ID];
}

KERNEL void lock(int *mutex, int *count) {
  int done = 0;
  while (!done)
    if (__nvvm_atom_cas_gen_i(mutex, 0, 1) == 0) {
      *(volatile int *)count += 1;
      __nvvm_membar_gl();
      __nvvm_atom_xchg_gen_i(mutex, 0);
      done = 1;
    }
}
