; What nothing reaches goes; kernels, what they use, and what others may name stay.
; RUN: %cordon-opt -passes=cordon-drop-unused -verify-each -S < %s > %t.ll
; RUN: FileCheck %s --implicit-check-not=dead < %t.ll
; RUN: %cordon-opt -passes=cordon-drop-unused,cordon-drop-unused -S < %s | diff %t.ll -
target triple = "nvptx64-nvidia-cuda"
; CHECK: @table = internal constant [1 x ptr] [ptr @behind]
@table = internal constant [1 x ptr] [ptr @behind]
@dead_table = internal constant [1 x ptr] [ptr @dead]
; CHECK: @seen = addrspace(1) externally_initialized global i32 0
@seen = addrspace(1) externally_initialized global i32 0
; CHECK: define ptx_kernel void @k(
define ptx_kernel void @k(i64 %i) {
  %q = getelementptr ptr, ptr @table, i64 %i
  %f = load ptr, ptr %q
  call void %f()
  ret void
}
; CHECK: define internal void @behind(
define internal void @behind() {
  ret void
}
; CHECK: define void @visible(
define void @visible() {
  ret void
}
define internal void @dead() {
  call void @dead_callee()
  ret void
}
declare void @dead_callee()
declare i32 @__gxx_dead_personality(...)
