; A kernel that reaches CUDA.jl's random state fills its warp's key and counter first; another does not; twice is once.
; RUN: %cordon-opt -passes=cordon-link-runtime,cordon-link-runtime -verify-each -S %s | FileCheck %s
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

@global_random_keys = weak addrspace(3) global [32 x i32] zeroinitializer, align 32
@global_random_counters = weak addrspace(3) global [32 x i32] zeroinitializer, align 32

; CHECK-LABEL: define ptx_kernel void @uses({ ptr, i32 } %state, ptr %out)
; CHECK: [[SEED:%.*]] = extractvalue { ptr, i32 } %state, 1
; CHECK: [[WARP:%.*]] = lshr i32 {{%.*}}, 5
; CHECK: [[KEY:%.*]] = getelementptr i32, ptr addrspace(3) @global_random_keys, i32 [[WARP]]
; CHECK: store i32 [[SEED]], ptr addrspace(3) [[KEY]]
; CHECK: store i32 0, ptr addrspace(3)
; CHECK-NOT: store
; CHECK: call i32 @draw()
define ptx_kernel void @uses({ ptr, i32 } %state, ptr %out) {
  %r = call i32 @draw()
  store i32 %r, ptr %out
  ret void
}
define internal i32 @draw() noinline {
  %k = load i32, ptr addrspace(3) @global_random_keys
  %c = load i32, ptr addrspace(3) @global_random_counters
  %r = xor i32 %k, %c
  ret i32 %r
}
; CHECK-LABEL: define ptx_kernel void @other(
; CHECK-NEXT: ret void
define ptx_kernel void @other() {
  ret void
}
