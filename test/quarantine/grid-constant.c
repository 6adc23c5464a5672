// A parameter by value that is marked __grid_constant__ is used where it is, at every level.
// RUN: clang -O0 -I%src/include -I%cuda-include -fpass-plugin=%plugin -mllvm -cordon-arch=sm_90 -mllvm -cordon-save-temps=%t -c %s -o %t.o
// RUN: FileCheck %s < %t/grid-constant.sm_90.ptx
// REQUIRES: ptxas, fatbinary, cuda-headers
#include <cordon/device.h>

struct big {
  int v[32];
};

// CHECK: .entry kernel(
// CHECK-NOT: .local
// CHECK: cvta.param.u64
__global__ void kernel(const struct big __grid_constant__ b, int *p) {
  __asm__ volatile("prefetch.tensormap [%0];" ::"l"(&b));
  *p = b.v[threadIdx.x];
}
