; Weak gpu_* bodies that return made-up values: declarations on the device, so that the runtime's win, stubs on the host.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S | FileCheck %s
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s --check-prefix=DEVICE

target triple = "x86_64-unknown-linux-gnu"

; CHECK: @jl_fvar_ptrs = hidden global [2 x ptr] [ptr @gpu_malloc, ptr @alloc]
@jl_fvar_ptrs = hidden global [2 x ptr] [ptr @gpu_malloc, ptr @alloc]

; CHECK: @sysimage = global [2 x ptr] [ptr @gpu_report_oom, ptr @sm_major]
; CHECK: @sm_major = weak hidden global i32 0
; CHECK: define weak ptr @gpu_malloc(i64 zeroext %n)
; CHECK: call void @cordon.called_on_host
define weak ptr @gpu_malloc(i64 zeroext %n) {
  ret ptr inttoptr (i64 1 to ptr)
}

; A slot that names what only the device runtime defines stays, and the host links.
@sysimage = global [2 x ptr] [ptr @gpu_report_oom, ptr @sm_major]
@sm_major = external global i32
declare void @gpu_report_oom(i64 zeroext)

; Without a kernel the visible device functions are a device library.
; DEVICE: define ptr @alloc()
define ptr @alloc() {
  %p = call ptr @gpu_malloc(i64 zeroext 8)
  ret ptr %p
}
; DEVICE: declare ptr @gpu_malloc(i64 zeroext)
; CHECK: define weak hidden void @gpu_report_oom(i64 zeroext %0)
; CHECK: call void @cordon.called_on_host
