// printf comes in the order of the blocks, however many host threads run them; its formats are C's.
// RUN: %device-cc %s -o %t.bc
// RUN: %cpu %t.bc --kernel=hello --grid=3 --block=2 --arg=i64:77 | FileCheck %s
// CHECK:      block 0 thread 0 str 0.00 77 0x4d %
// CHECK-NEXT: block 0 thread 1 str 0.50 77 0x4d %
// CHECK-NEXT: block 1 thread 0 str 0.00 77 0x4d %
// CHECK-NEXT: block 1 thread 1 str 0.50 77 0x4d %
// CHECK-NEXT: block 2 thread 0 str 0.00 77 0x4d %
// CHECK-NEXT: block 2 thread 1 str 0.50 77 0x4d %
#include "Inputs/device.h"
int vprintf(const char *, void *);
KERNEL void hello(long long n) {
  struct { int block, thread; const char *s; double d; long long n; unsigned long long x; } a = {
      BLOCK, TID, "str", TID * 0.5, n, (unsigned long long)n};
  vprintf("block %d thread %d %s %.2f %lld 0x%llx %%\n", &a);
}
