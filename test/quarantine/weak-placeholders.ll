; Weak gpu_* bodies that return made-up values: declarations on the device, so that the runtime's win, stubs on the host.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S | FileCheck %s
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s --check-prefix=DEVICE

target triple = "x86_64-unknown-linux-gnu"

; CHECK: @jl_fvar_ptrs = hidden global [2 x ptr] [ptr @gpu_malloc, ptr @alloc]
@jl_fvar_ptrs = hidden global [2 x ptr] [ptr @gpu_malloc, ptr @alloc]

; CHECK: define weak ptr @gpu_malloc(i64 zeroext %n)
; CHECK: call void @cordon.called_on_host
define weak ptr @gpu_malloc(i64 zeroext %n) {
  ret ptr inttoptr (i64 1 to ptr)
}

; Without a kernel the visible device functions are a device library.
; DEVICE: define ptr @alloc()
define ptr @alloc() {
  %p = call ptr @gpu_malloc(i64 zeroext 8)
  ret ptr %p
}
; DEVICE: declare ptr @gpu_malloc(i64 zeroext)
