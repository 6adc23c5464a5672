// The patterns that device code is made of give the right results.
// RUN: %device-cc %s -o %t.bc
// RUN: %cpu %t.bc --kernel=saxpy --grid=4 --block=256 --arg=f32:2 --arg=buf:f32:1000:iota --arg=buf:f32:1000:fill=1 --arg=i32:1000 --expect='2: 2*i+1'
// RUN: %cpu %t.bc --kernel=reduce --grid=8 --block=256 --arg=buf:f32:2048:fill=1 --arg=buf:f32:8:zero --expect='1: 256'
// RUN: %cpu %t.bc --kernel=histogram --grid=4 --block=256 --arg=buf:i32:1000:iota --arg=buf:i32:10:zero --arg=i32:1000 --expect='1: 100'
// RUN: %cpu %t.bc --kernel=scan --block=256 --shmem=1024 --arg=buf:i32:256:fill=1 --expect='0: i+1'
// RUN: %cpu %t.bc --kernel=compact --block=96 --arg=buf:i32:96:iota --arg=buf:i32:32:zero --arg=buf:i32:1:zero --expect='1: 3*i' --expect='2: 32'
// RUN: %cpu %t.bc --kernel=recursion --block=20 --arg=buf:i32:20:zero --print=0:20 | FileCheck --check-prefix=FIB %s
// FIB: arg0[0..20) = 0 1 1 2 3 5 8 13 21 34 55 89 144 233 377 610 987 1597 2584 4181
// RUN: %cpu %t.bc --kernel=table --block=32 --arg=buf:i32:32:zero --expect='0: i%%3 == 0 ? i+1 : i%%3 == 1 ? i*2 : i*i'
// RUN: %cpu %t.bc --kernel=dynamic --block=64 --shmem=256 --arg=buf:i32:64:zero --expect='0: 3*(63-i)'
// RUN: %cpu %t.bc --kernel=lastBlock --grid=8 --block=64 --shmem=256 --arg=buf:i32:512:fill=1 --arg=buf:i32:8:zero --arg=buf:i32:1:zero --expect='2: 512'
// RUN: %cpu %t.bc --kernel=sort --block=128 --arg=buf:i32:128:expr='(i*37)%%128' --expect='0: i'
// RUN: %cpu %t.bc --kernel=indices --grid=2,3 --block=4,2,2 --arg=buf:i32:96:zero --expect='0: i'
// RUN: %cpu %t.bc --kernel=heap --grid=2 --block=64 --arg=buf:i32:128:zero --expect='0: i'
// RUN: %cpu %t.bc --kernel=saxpy --grid=3907 --block=256 --arg=f32:2 --arg=buf:f32:1000000:iota --arg=buf:f32:1000000:fill=1 --arg=i32:1000000 --expect='2: 2*i+1'
// None of them depends on an order, and none races.
// RUN: %cpu %t.bc --check=race --schedule=7 --kernel=reduce --grid=8 --block=256 --arg=buf:f32:2048:fill=1 --arg=buf:f32:8:zero --expect='1: 256'
// RUN: %cpu %t.bc --check=race --schedule=8 --kernel=scan --block=256 --shmem=1024 --arg=buf:i32:256:fill=1 --expect='0: i+1'
// RUN: %cpu %t.bc --check=race --schedule=9 --kernel=lastBlock --grid=8 --block=64 --shmem=256 --arg=buf:i32:512:fill=1 --arg=buf:i32:8:zero --arg=buf:i32:1:zero --expect='2: 512'
// RUN: %cpu %t.bc --check=race --schedule=10 --kernel=sort --block=128 --arg=buf:i32:128:expr='(i*37)%%128' --expect='0: i'
// RUN: %cpu %t.bc --check=race --kernel=histogram --grid=4 --block=256 --arg=buf:i32:1000:iota --arg=buf:i32:10:zero --arg=i32:1000 --expect='1: 100'
// RUN: %cpu %t.bc --check=race --kernel=compact --block=96 --arg=buf:i32:96:iota --arg=buf:i32:32:zero --arg=buf:i32:1:zero --expect='1: 3*i' --expect='2: 32'
// RUN: %cpu %t.bc --check=race --kernel=heap --grid=2 --block=64 --arg=buf:i32:128:zero --expect='0: i'
#include "Inputs/device.h"
void *malloc(u64);
void free(void *);

KERNEL void saxpy(float a, float *x, float *y, int n) {
  if (GLOBAL_ID < n)
    y[GLOBAL_ID] = a * x[GLOBAL_ID] + y[GLOBAL_ID];
}

static SHARED float partial[256];
KERNEL void reduce(float *in, float *out) {
  partial[TID] = in[GLOBAL_ID];
  SYNC();
  for (int s = BLOCK_DIM / 2; s >= 32; s /= 2) {
    if (TID < s)
      partial[TID] += partial[TID + s];
    SYNC();
  }
  if (TID < 32) {
    float v = partial[TID];
    for (int o = 16; o; o /= 2)
      v += __nvvm_shfl_sync_down_f32(ALL, v, o, 31);
    if (TID == 0)
      out[BLOCK] = v;
  }
}

KERNEL void histogram(int *in, int *bins, int n) {
  if (GLOBAL_ID < n)
    __nvvm_atom_add_gen_i(&bins[in[GLOBAL_ID] % 10], 1);
}

extern SHARED int dynamicShared[];
KERNEL void scan(int *io) {
  dynamicShared[TID] = io[TID];
  SYNC();
  for (int o = 1; o < BLOCK_DIM; o *= 2) {
    int v = TID >= o ? dynamicShared[TID - o] : 0;
    SYNC();
    dynamicShared[TID] += v;
    SYNC();
  }
  io[TID] = dynamicShared[TID];
}

static SHARED int warpBase[4];
KERNEL void compact(int *in, int *out, int *count) {
  int keep = in[TID] % 3 == 0, lane = TID % 32;
  u32 votes = __nvvm_vote_ballot_sync(ALL, keep);
  if (lane == 0)
    warpBase[TID / 32] = __builtin_popcount(votes);
  SYNC();
  int base = 0;
  for (int w = 0; w < TID / 32; ++w)
    base += warpBase[w];
  if (keep)
    out[base + __builtin_popcount(votes & ((1u << lane) - 1))] = in[TID];
  if (lane == 0)
    __nvvm_atom_add_gen_i(count, __builtin_popcount(votes));
}

static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
KERNEL void recursion(int *out) { out[TID] = fib(TID); }

static int plus1(int x) { return x + 1; }
static int times2(int x) { return x * 2; }
static int square(int x) { return x * x; }
static int (*const operations[3])(int) = {plus1, times2, square};
KERNEL void table(int *out) { out[TID] = operations[TID % 3](TID); }

KERNEL void dynamic(int *out) {
  dynamicShared[TID] = TID * 3;
  SYNC();
  out[TID] = dynamicShared[BLOCK_DIM - 1 - TID];
}

static u32 retired;
static SHARED int isLast;
KERNEL void lastBlock(int *in, int *part, int *out) {
  dynamicShared[TID] = in[GLOBAL_ID];
  SYNC();
  for (int s = BLOCK_DIM / 2; s; s /= 2) {
    if (TID < s)
      dynamicShared[TID] += dynamicShared[TID + s];
    SYNC();
  }
  if (TID == 0) {
    part[BLOCK] = dynamicShared[0];
    __nvvm_membar_gl();
    isLast = __nvvm_atom_inc_gen_ui(&retired, GRID_DIM) == GRID_DIM - 1;
  }
  SYNC();
  if (isLast && TID == 0) {
    int sum = 0;
    for (int i = 0; i < GRID_DIM; ++i)
      sum += part[i];
    *out = sum;
  }
}

static SHARED int keys[128];
KERNEL void sort(int *io) {
  keys[TID] = io[TID];
  SYNC();
  for (int k = 2; k <= BLOCK_DIM; k *= 2)
    for (int j = k / 2; j; j /= 2) {
      int other = TID ^ j;
      if (other > TID && (keys[TID] > keys[other]) == !(TID & k)) {
        int t = keys[TID];
        keys[TID] = keys[other];
        keys[other] = t;
      }
      SYNC();
    }
  io[TID] = keys[TID];
}

KERNEL void indices(int *out) {
  int block = __nvvm_read_ptx_sreg_ctaid_y() * GRID_DIM + BLOCK;
  int thread = (__nvvm_read_ptx_sreg_tid_z() * __nvvm_read_ptx_sreg_ntid_y() + __nvvm_read_ptx_sreg_tid_y()) *
                   BLOCK_DIM + TID;
  out[block * 16 + thread] = block * 16 + __nvvm_read_ptx_sreg_laneid();
}

KERNEL void heap(int *out) {
  int *p = malloc(sizeof(int));
  *p = GLOBAL_ID;
  out[GLOBAL_ID] = *p;
  free(p);
}
