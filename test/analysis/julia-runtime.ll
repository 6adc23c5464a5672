; GPUCompiler's runtime names, their weak placeholders, data references, and Julia's host pseudo intrinsics.
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %s | FileCheck %s
; CHECK: "deviceOnly": [
; CHECK-NEXT: "call.placeholder",
; CHECK-NEXT: "gpu_report_oom",
; CHECK-NEXT: "julia_alloc_1",
; CHECK-NEXT: "reads.sm",
; CHECK-NEXT: "state"
; CHECK-NEXT: ],
; CHECK-NEXT: "reachesDevice": {
; CHECK-NEXT: "jfptr_alloc_2": "julia_alloc_1"
; CHECK-NEXT: },
; CHECK-NEXT: "kernels": [],
; CHECK-NEXT: "unresolved": [
; CHECK-NEXT: "gpu_malloc",
; CHECK-NEXT: "gpu_signal_exception",
; CHECK-NEXT: "julia.gpu.state_getter",
; CHECK-NEXT: "sm_major"
; CHECK-NEXT: ],
; CHECK: "rule": "weak-runtime-stub"
; CHECK: "rule": "unresolved-symbol",
; CHECK-NEXT: "level": "error",
; CHECK-NEXT: "function": "jl_fvar_ptrs",
; CHECK-NEXT: "symbol": "gpu_signal_exception",
target triple = "x86_64-unknown-linux-gnu"
@sm_major = external global i32
@jl_fvar_ptrs = hidden global [2 x ptr] [ptr @jfptr_alloc_2, ptr @gpu_signal_exception]
declare ptr @gpu_malloc(i64)
declare void @gpu_signal_exception()
declare { ptr, i32 } @julia.gpu.state_getter()
declare ptr addrspace(10) @julia.gc_alloc_obj(ptr, i64, ptr addrspace(10))
declare ptr @julia.get_pgcstack()
declare nonnull ptr @ijl_box_int64(i64)
declare ptr @gpu_init()
define internal ptr @julia_alloc_1(i64 %n) {
  %p = call ptr @gpu_malloc(i64 %n)
  ret ptr %p
}
define ptr @jfptr_alloc_2(ptr %f, ptr %args, i32 %n) {
  %p = call ptr @julia_alloc_1(i64 8)
  ret ptr %p
}
define i32 @reads.sm() {
  %x = load i32, ptr @sm_major
  ret i32 %x
}
define ptr @state() {
  %s = call { ptr, i32 } @julia.gpu.state_getter()
  %p = extractvalue { ptr, i32 } %s, 0
  ret ptr %p
}
define weak void @gpu_report_oom(i64 %n) { ret void }
define void @call.placeholder() {
  call void @gpu_report_oom(i64 1)
  ret void
}
define ptr @julia_host_3() {
  %s = call ptr @julia.get_pgcstack()
  %b = call ptr @ijl_box_int64(i64 1)
  %o = call ptr @gpu_init()
  ret ptr %b
}
