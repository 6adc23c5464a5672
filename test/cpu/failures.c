// What ends a launch is told with kernel, block, thread and source line; what only a GPU would let pass is a warning.
// RUN: %device-cc %s -o %t.bc
// RUN: not %cpu %t.bc --kernel=trapping --grid=2 --block=32 2>&1 | FileCheck --check-prefix=TRAP %s
// TRAP: trap in kernel 'trapping', block ({{.*}}), thread (5,0,0), at failures.c:[[#@LINE+21]]
// RUN: not %cpu %t.bc --kernel=asserting --block=32 --arg=i32:3 2>&1 | FileCheck --check-prefix=ASSERT %s
// ASSERT: device-side assert triggered: failures.c:7: asserting: block: [0,0,0], thread: [3,0,0] Assertion `tid != n` failed.
// RUN: not %cpu %t.bc --kernel=deadlock --block=64 2>&1 | FileCheck --check-prefix=DEAD %s
// DEAD: deadlock: a barrier that some threads never reach, in kernel 'deadlock', block (0,0,0)
// DEAD: 32 of 64 threads wait in barrier 1 for 64 threads at failures.c:[[#@LINE+25]] in 'deadlock', first thread (0,0,0)
// DEAD: 32 of 64 threads wait in barrier 2 for 64 threads at failures.c:[[#@LINE+26]] in 'deadlock', first thread (32,0,0)
// RUN: not %cpu %t.bc --kernel=lanes --block=32 2>&1 | FileCheck --check-prefix=LANES %s
// LANES: deadlock: a barrier that some threads never reach
// LANES: 16 of 32 threads wait in syncwarp with mask 0xffffffff
// RUN: %cpu %t.bc --kernel=early --block=64 2>&1 | FileCheck --check-prefix=EARLY %s
// EARLY: warning: barrier that 16 of 64 threads never reach
// RUN: not %cpu %t.bc --check --kernel=early --block=64 2>&1 | FileCheck --check-prefix=EARLY-CHECK %s
// EARLY-CHECK: barrier that 16 of 64 threads never reach
// RUN: not %cpu %t.bc --kernel=deep --block=32 --arg=buf:i32:32:zero 2>&1 | FileCheck --check-prefix=DEEP %s
// DEEP: stack overflow in kernel 'deep', block (0,0,0), thread (0,0,0)
// RUN: not %cpu %t.bc --kernel=forever --timeout=1 2>&1 | FileCheck --check-prefix=FOREVER %s
// FOREVER: time limit: kernel 'forever' did not end within 1 s
#include "Inputs/device.h"
void __assertfail(const char *, const char *, u32, const char *, u64);

KERNEL void trapping(void) { if (TID == 5) __builtin_trap(); }

KERNEL void asserting(int n) {
  if (TID == n)
    __assertfail("tid != n", "failures.c", 7, "asserting", 1);
}

KERNEL void deadlock(void) {
  if (TID < 32)
    asm volatile("bar.sync 1, 64;");
  else
    asm volatile("bar.sync 2, 64;");
}

KERNEL void lanes(void) {
  if (TID < 16)
    __nvvm_bar_warp_sync(ALL);
  else
    SYNC();
}

KERNEL void early(void) {
  if (TID < 16)
    return;
  SYNC();
}

static int sink(int n) {
  volatile char frame[4000];
  frame[n % 4000] = n;
  return n ? sink(n - 1) + frame[0] : 0;
}
KERNEL void deep(int *out) {
  SYNC();
  out[TID] = sink(100000);
}

KERNEL void forever(void) {
  for (volatile int i = 0;; ++i)
    ;
}
