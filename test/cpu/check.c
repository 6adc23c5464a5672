// Planted bugs that a GPU hides are found: by --check, and races by --check=race.
// RUN: %device-cc %s -o %t.bc
// RUN: not %cpu %t.bc --check --kernel=over --block=64 --arg=buf:i32:64:zero 2>&1 | FileCheck --check-prefix=OVER %s
// OVER: invalid write of 4 bytes at address 0x{{.*}}, just past the end of buffer '{{.*}}' (256 bytes), at offset 256, in kernel 'over', block (0,0,0), thread (63,0,0), at check.c:[[#@LINE+23]]
// RUN: not %cpu %t.bc --check --kernel=under --block=64 --arg=buf:i32:64:zero 2>&1 | FileCheck --check-prefix=UNDER %s
// UNDER: invalid read of 4 bytes at address 0x{{.*}}, 4 bytes before buffer
// RUN: not %cpu %t.bc --check --kernel=variable --block=64 2>&1 | FileCheck --check-prefix=VAR %s
// VAR: just past the end of variable 'table' (40 bytes), at offset 40, in kernel 'variable', block (0,0,0), thread (10,0,0)
// RUN: not %cpu %t.bc --check --kernel=shared --block=64 --arg=buf:i32:64:zero 2>&1 | FileCheck --check-prefix=SHARED %s
// SHARED: invalid write of 4 bytes, 4 bytes past the end of shared variable 's' (256 bytes)
// RUN: not %cpu %t.bc --check --kernel=dynamic --block=64 --shmem=128 2>&1 | FileCheck --check-prefix=DYNAMIC %s
// DYNAMIC: past the end of dynamic shared memory (128 bytes), in kernel 'dynamic', block (0,0,0), thread (32,0,0)
// RUN: not %cpu %t.bc --check --kernel=uninitialised --block=64 --arg=buf:i32:64:zero 2>&1 | FileCheck --check-prefix=UNINIT %s
// UNINIT: read of uninitialised shared memory: shared variable 's' + 240
// RUN: not %cpu %t.bc --check --kernel=null --arg=u64:8 2>&1 | FileCheck --check-prefix=NULL %s
// NULL: invalid write of 4 bytes at address 0x8, a null pointer
// RUN: not %cpu %t.bc --check=race --kernel=noBarrier --block=64 --arg=buf:i32:64:zero 2>&1 | FileCheck --check-prefix=RACE %s
// RACE: race on shared variable 's' + 128: read by block (0,0,0), thread (31,0,0), at check.c:[[#@LINE+26]], and write in kernel 'noBarrier', block (0,0,0), thread (32,0,0)
// RUN: not %cpu %t.bc --check=race --kernel=noAtomic --block=64 --arg=buf:i32:1:zero 2>&1 | FileCheck --check-prefix=ATOMIC %s
// ATOMIC: race on buffer
// RUN: not %cpu %t.bc --check=race --kernel=overlap --grid=2 --block=64 --arg=buf:i32:100:zero 2>&1 | FileCheck --check-prefix=BLOCKS %s
// BLOCKS: race on buffer {{.*}} + 4: write by block (0,0,0), thread (1,0,0)
// The same accesses in order are none.
// RUN: %cpu %t.bc --check=race --kernel=ordered --grid=2 --block=64 --arg=buf:i32:128:zero --expect='0: i/64*64 + (i^1)%%64'
#include "Inputs/device.h"
static SHARED int s[64];
KERNEL void over(int *out) { out[TID + 1] = 1; }
KERNEL void under(int *out) { out[TID] = out[TID - 1]; }
int table[10];
KERNEL void variable(void) { table[TID] = 1; }
KERNEL void shared(int *out) { s[TID + 1] = 1; SYNC(); out[TID] = s[TID]; }
extern SHARED int dynamicShared[];
KERNEL void dynamic(void) { dynamicShared[TID] = 1; }
KERNEL void uninitialised(int *out) {
  if (TID < 60)
    s[TID] = 1;
  SYNC();
  out[TID] = s[TID];
}
KERNEL void null(u64 address) { *(int *)address = 1; }
KERNEL void noBarrier(int *out) {
  s[TID] = TID;

  out[TID] = s[63 - TID];
}
KERNEL void noAtomic(int *out) { out[0] += 1; }
KERNEL void overlap(int *out) { out[TID + BLOCK] = BLOCK; }
KERNEL void ordered(int *out) {
  s[TID] = GLOBAL_ID;
  __nvvm_bar_warp_sync(ALL);
  out[GLOBAL_ID] = s[TID ^ 1];
}
