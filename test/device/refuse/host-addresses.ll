; Function pointers from the host, virtual calls on its objects and fixed addresses are warnings.
; RUN: %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: warning: the function called here comes from a kernel's parameter{{.*}} in 'f' [indirect-call-to-host]
; CHECK: note: 'f' is called by 'k'
; CHECK: warning: the function called here{{.*}} in 'v' [indirect-call-to-host]
; CHECK: warning: fixed address 4096 is used{{.*}} in 'x' [host-address]
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
define ptx_kernel void @k(ptr %fn) {
  %slot = alloca ptr
  store ptr %fn, ptr %slot
  %l = load ptr, ptr %slot
  call void @f(ptr %l)
  ret void
}
define internal void @f(ptr %fn) {
  call void %fn()
  ret void
}
define ptx_kernel void @v(ptr %object) {
  %vtable = load ptr, ptr %object
  %fn = load ptr, ptr %vtable
  call void %fn(ptr %object)
  ret void
}
define ptx_kernel void @x() {
  store i32 1, ptr inttoptr (i64 4096 to ptr)
  ret void
}
