// After an error clang goes on to the host's back end, which must not meet the device code that is still there.
// RUN: not clang -w -O0 -g -c -fpass-plugin=%plugin %s -o %t.o 2>&1 | FileCheck %s
// RUN: not clang -w -O2 -g -c -fpass-plugin=%plugin %s -o %t.o 2>&1 | FileCheck %s
// CHECK: error: {{.*}}'t'{{.*}} [thread-local]
// CHECK-NOT: Cannot select
// CHECK-NOT: Stack dump
extern int tid(void) __asm__("llvm.nvvm.read.ptx.sreg.tid.x");
_Thread_local int t;
__attribute__((annotate("cordon.kernel"))) void k(int *p) { p[tid()] = t; }
