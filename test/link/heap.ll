; malloc and kin are bound to the runtime's allocator, also where Julia up to 1.11 declares them with integers and where a
; table holds the address; the runtime's own fallback stays the driver's, in a second run, too.
; RUN: %cordon-opt -passes=cordon-link-runtime,cordon-link-runtime -verify-each -S %s | FileCheck %s
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

; CHECK: @table = {{.*}}[ptr @__cordon_free]
@table = internal addrspace(4) constant [1 x ptr] [ptr @free]
; CHECK-LABEL: define ptx_kernel void @k(
; CHECK: call i64 @__cordon_as___cordon_malloc(i64 8)
; CHECK: call ptr @__cordon_calloc(i64 2, i64 8)
; CHECK: call ptr @__cordon_aligned_alloc(i64 64, i64 8)
define ptx_kernel void @k(ptr %out) {
  %p = call i64 @malloc(i64 8)
  store i64 %p, ptr %out
  %c = call ptr @calloc(i64 2, i64 8)
  store ptr %c, ptr %out
  %m = call ptr @memalign(i64 64, i64 8)
  store ptr %m, ptr %out
  %f = load ptr, ptr addrspace(4) @table
  call void %f(ptr %m)
  ret void
}
declare i64 @malloc(i64)
declare ptr @calloc(i64, i64)
declare ptr @memalign(i64, i64)
declare void @free(ptr)
