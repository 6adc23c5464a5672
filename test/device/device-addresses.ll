; A virtual call on an object that a kernel built, and a call of a pointer that a device variable gives to the host, are
; no calls of the host's functions: nothing is said.
; RUN: %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s --allow-empty
; CHECK-NOT: warning
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
@vtable = internal unnamed_addr constant { [3 x ptr] } { [3 x ptr] [ptr null, ptr null, ptr @method] }
@table = addrspace(1) externally_initialized global ptr @plain
define internal void @method(ptr %this) {
  store i32 1, ptr %this
  ret void
}
define internal void @plain() {
  ret void
}
define ptx_kernel void @build(ptr %object) {
  store ptr getelementptr inbounds ({ [3 x ptr] }, ptr @vtable, i32 0, i32 0, i32 2), ptr %object
  ret void
}
define ptx_kernel void @use(ptr %object, ptr %fn) {
  %vtable = load ptr, ptr %object
  %method = load ptr, ptr %vtable
  call void %method(ptr %object)
  call void %fn()
  ret void
}
