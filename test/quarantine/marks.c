// The marks of cordon/device.h: kernels with launch bounds, device and constant variables, shared arrays that are local
// variables, built-in variables, functions for both sides; other annotations stay.
// RUN: clang -O0 -Xclang -disable-O0-optnone -I%src/include -S -emit-llvm --target=x86_64-unknown-linux-gnu -fno-discard-value-names %s -o %t.ll
// RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %t.ll -S -o %t.h.ll
// RUN: FileCheck %s --check-prefix=HOST --implicit-check-not=cordon.kernel --implicit-check-not=@threadIdx < %t.h.ll
// RUN: opt -passes=verify %t.d.bc -S | FileCheck %s --implicit-check-not=@threadIdx --implicit-check-not=var.annotation
#include <cordon/device.h>

// CHECK-DAG: @table = addrspace(4) externally_initialized global [4 x i32]
// HOST-DAG: @table = {{.*}}global [4 x i32]
__constant__ int table[4] = {1, 2, 3, 4};
// CHECK-DAG: @count = {{.*}}addrspace(1) externally_initialized global i32 0
// HOST-DAG: @count = {{.*}}global i32 0
__device__ int count;
// CHECK-DAG: @[[TILE:[A-Za-z_]*tile[a-z.0-9]*]] = internal addrspace(3) global [32 x float] undef
// HOST-NOT: tile

// HOST-DAG: c"other mark\00"
__attribute__((annotate("other mark"))) int plain(int x) { return x; }

// HOST: define dso_local i32 @twice(

// HOST: alloca
__host__ __device__ int twice(int x) { return 2 * x; }

// CHECK: define ptx_kernel void @k({{.*}}) #[[K:[0-9]+]]
// CHECK: llvm.nvvm.read.ptx.sreg.tid.x
// CHECK: attributes #[[K]] = {{.*}}"nvvm.maxntid"="128" "nvvm.minctasm"="2"
// HOST: define dso_local void @k(
// HOST: call void @cordon.called_on_host
__global__ void __launch_bounds__(128, 2) k(int *out) {
  __shared__ float tile[32];
  tile[threadIdx.x] = table[0];
  __syncthreads();
  count = 1;
  out[threadIdx.x] = twice((int)tile[0]);
}

int main(void) { return twice(1) - 2 + plain(0); }
