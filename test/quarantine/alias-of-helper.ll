; A helper of kernels that has a visible alias keeps its body on the host: an alias needs a definition.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.bc>' -verify-each -S %s -o - | FileCheck %s
; CHECK: @a = alias void (ptr), ptr @h
; CHECK: define internal void @h(
; CHECK: store i32 5
target triple = "x86_64-unknown-linux-gnu"
@a = alias void (ptr), ptr @h
define internal void @h(ptr %p) noinline {
  store i32 5, ptr %p
  ret void
}
define ptx_kernel void @k(ptr %p) {
  call void @a(ptr %p)
  ret void
}
