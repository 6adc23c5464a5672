// --check finds what runs over variables of any kind, misaligned accesses and divergent barriers; PTX's acquire and release order.
// RUN: %device-cc %s -o %t.bc
// RUN: not %cpu %t.bc --check --kernel=table --block=9 --arg=buf:i32:64 2>&1 | FileCheck --check-prefix=TABLE %s
// TABLE: just past the end of variable 'first' (32 bytes), at offset 32
// RUN: not %cpu %t.bc --check --kernel=fixed --block=9 --arg=buf:i32:64 2>&1 | FileCheck --check-prefix=FIXED %s
// FIXED: invalid read of 4 bytes at address 0x{{.*}}, just past the end of variable 'constants' (32 bytes)
// RUN: not %cpu %t.bc --check --kernel=local --arg=buf:i32:64 --arg=i32:9 2>&1 | FileCheck --check-prefix=LOCAL %s
// LOCAL: invalid write of 4 bytes at address 0x{{.*}}, just past the end of a local variable (32 bytes), at offset 32, in kernel 'local', block (0,0,0), thread (0,0,0), at check-more.c:[[#@LINE+21]] in 'fill'
// RUN: not %cpu %t.bc --check --kernel=below --arg=buf:i32:64 --arg=i32:-1 2>&1 | FileCheck --check-prefix=BELOW %s
// BELOW: 4 bytes before a local variable (32 bytes)
// RUN: not %cpu %t.bc --check --kernel=misaligned --block=8 --arg=buf:i8:64 2>&1 | FileCheck --check-prefix=MISALIGNED %s
// MISALIGNED: misaligned address: write of 4 bytes at buffer 'arg0' + 1, which is not a multiple of 4, in kernel 'misaligned', block (0,0,0), thread (1,0,0)
// RUN: not %cpu %t.bc --check --kernel=divergent --block=64 --arg=buf:i32:64 2>&1 | FileCheck --check-prefix=DIVERGENT %s
// DIVERGENT: divergent barrier: threads of one warp wait in it at different places: {{.*}}, at check-more.c:[[#@LINE+28]] in 'divergent', and thread (0,0,0), at check-more.c:[[#@LINE+31]]
// Without --check it passes, as it does on a GPU that is lucky; so do warps that differ, with --check.
// RUN: %cpu %t.bc --kernel=divergent --block=64 --arg=buf:i32:64 --expect='0: i%%2'
// RUN: %cpu %t.bc --check --kernel=byWarp --block=64 --arg=buf:i32:64 --expect='0: (int)(i/32)'
// RUN: %cpu %t.bc --check --kernel=local --arg=buf:i32:64 --arg=i32:8 --expect='0[0..8): i'
// RUN: %cpu %t.bc --check=race --kernel=grid --cooperative --grid=4 --block=32 --arg=buf:i32:128 --arg=buf:i32:128 --expect='1: 127-i'
// RUN: not %cpu %t.bc --check=race --kernel=gridRelaxed --cooperative --grid=4 --block=32 --arg=buf:i32:128 --arg=buf:i32:128 2>&1 | FileCheck --check-prefix=RELAXED %s
// RELAXED: race on buffer 'arg0'
#include "Inputs/device.h"
int first[8], second[8];
__attribute__((address_space(4))) int constants[8], others[8];
KERNEL void table(int *out) { out[TID] = first[TID] + second[0]; }
KERNEL void fixed(int *out) { out[TID] = constants[TID] + others[0]; }
__attribute__((noinline)) static void fill(int *a, int n) {
  for (int i = 0; i < n; ++i)
    a[i] = i;
}
KERNEL void local(int *out, int n) {
  int a[8], b[8];
  fill(a, n);
  fill(b, 8);
  for (int i = 0; i < 8; ++i)
    out[i] = (a[i] + b[i]) / 2;
}
KERNEL void below(int *out, int n) { int a[8] = {1}; a[n & -1] = 2; out[0] = a[0]; fill(a, 8); }
KERNEL void misaligned(char *out) { *(int *)(out + TID) = 1; }
KERNEL void divergent(int *out) {
  if (TID % 2) {
    SYNC();
    out[TID] = 1;
  } else {
    SYNC();
    out[TID] = 0;
  }
}
KERNEL void byWarp(int *out) {
  if (TID < 32) {
    SYNC();
    out[TID] = 0;
  } else {
    SYNC();
    out[TID] = 1;
  }
}
static u32 arrived;
#define GRID(NAME, RELEASE, ACQUIRE)                                                                                   \
  KERNEL void NAME(int *a, int *b) {                                                                                   \
    a[GLOBAL_ID] = GLOBAL_ID;                                                                                          \
    SYNC();                                                                                                            \
    if (TID == 0) {                                                                                                    \
      u32 v;                                                                                                           \
      asm volatile("red.add." RELEASE ".gpu.u32 [%0], 1;" ::"l"(&arrived) : "memory");                                 \
      do                                                                                                               \
        asm volatile("ld." ACQUIRE ".gpu.u32 %0, [%1];" : "=r"(v) : "l"(&arrived) : "memory");                         \
      while (v < GRID_DIM);                                                                                            \
    }                                                                                                                  \
    SYNC();                                                                                                            \
    b[GLOBAL_ID] = a[127 - GLOBAL_ID];                                                                                 \
  }
GRID(grid, "release", "acquire")
GRID(gridRelaxed, "relaxed", "relaxed")
