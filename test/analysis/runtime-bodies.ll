; A program's own gpu_malloc is the host's; a runtime function whose body here is device code is the runtime's; internal
; placeholders (a module that was internalized) count, strong empty functions do not.
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %s | FileCheck %s
; CHECK: "deviceOnly": [
; CHECK-NEXT: "calls.pool",
; CHECK-NEXT: "calls.report",
; CHECK-NEXT: "gpu_gc_alloc",
; CHECK-NEXT: "gpu_gc_pool_alloc",
; CHECK-NEXT: "gpu_other",
; CHECK-NEXT: "gpu_report_exception"
; CHECK-NEXT: ],
; CHECK-NEXT: "reachesDevice": {},
; CHECK-NEXT: "kernels": [],
; CHECK-NEXT: "unresolved": [
; CHECK-NEXT: "gpu_report_oom"
; CHECK-NEXT: ],
target triple = "x86_64-unknown-linux-gnu"
declare i32 @cudaMalloc(ptr, i64)
declare void @gpu_report_oom(i64)
define ptr @gpu_malloc(i64 %n) {
  %p = alloca ptr
  %r = call i32 @cudaMalloc(ptr %p, i64 %n)
  %q = load ptr, ptr %p
  ret ptr %q
}
define void @gpu_signal_exception() { ret void }
define internal void @gpu_report_exception(ptr %p) { ret void }
define weak ptr @gpu_other() { ret ptr inttoptr (i64 1 to ptr) }
define weak void @gpu_hook() { ret void }
define weak ptr addrspace(10) @gpu_gc_alloc() {
  ret ptr addrspace(10) addrspacecast (ptr inttoptr (i64 1 to ptr) to ptr addrspace(10))
}
define internal ptr @gpu_gc_pool_alloc(i64 %n) {
  call void @gpu_report_oom(i64 %n)
  ret ptr null
}
define ptr @calls.pool() {
  %p = call ptr @gpu_gc_pool_alloc(i64 8)
  ret ptr %p
}
define void @calls.report() {
  call void @gpu_report_exception(ptr null)
  ret void
}
define ptr @host() {
  %p = call ptr @gpu_malloc(i64 8)
  call void @gpu_signal_exception()
  call void @gpu_hook()
  ret ptr %p
}
