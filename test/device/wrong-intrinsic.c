// An intrinsic declared with a wrong type is refused where it is called, though clang runs no verifier before plugins.
// RUN: not clang -w -O1 -g -c -fpass-plugin=%plugin %s -o %t.o 2>&1 | FileCheck %s
// CHECK: wrong-intrinsic.c:7:{{.*}}error: 'llvm.nvvm.read.ptx.sreg.tid.x' is declared with a type that the intrinsic does not have{{.*}} in 'k' [runtime-signature]
// CHECK-NOT: Stack dump
extern long tid(int) __asm__("llvm.nvvm.read.ptx.sreg.tid.x");
__attribute__((annotate("cordon.kernel"))) void k(int *p) {
  p[0] = tid(3);
}
