; An internal kernel survives to the PTX, and one that device code calls keeps both its entry and its callers.
; RUN: %cordon-opt -passes=cordon-keep-entries -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-keep-entries,cordon-keep-entries -S < %s | diff %t.ll -
; RUN: %cordon-opt -passes='cordon-prepare-device,default<O2>' %s | llc -mcpu=sm_75 | FileCheck --check-prefix=PTX %s
target triple = "nvptx64-nvidia-cuda"
; CHECK: @v = addrspace(1) externally_initialized global i32 1
@v = internal addrspace(1) externally_initialized global i32 1
; CHECK: @table = internal constant [1 x ptr] [ptr @k__called]
@table = internal constant [1 x ptr] [ptr @k]
; CHECK: @llvm.used = appending global [5 x ptr] [ptr @k, ptr @outer, ptr @chooses, ptr @third, ptr addrspacecast (ptr addrspace(1) @v to ptr)]
; CHECK: define ptx_kernel void @k(
; PTX-DAG: .visible .entry k(
; PTX-DAG: .visible .entry outer(
; PTX-DAG: .visible .global .align 4 .u32 v = 1;
define internal ptx_kernel void @k(ptr %p) "nvvm.maxntid"="32" {
  store i32 7, ptr %p
  ret void
}
; CHECK: define ptx_kernel void @outer(
; CHECK: call void @k__called(
; PTX: .param .u64 .ptr .align 1 outer_param_0
; PTX: st.global.b32 {{.*}}, 7;
define ptx_kernel void @outer(ptr %p) {
  call ptx_kernel void @k(ptr %p)
  ret void
}
; PTX cannot call an entry through a pointer: what may be called becomes the copy, what is only kept stays the kernel.
; CHECK: define ptx_kernel void @chooses(
; CHECK: store ptr @k, ptr %p
; CHECK: select i1 %c, ptr @k__called, ptr @other
; CHECK: call void @through(ptr @third__called,
define ptx_kernel void @chooses(ptr %p, i1 %c) {
  store ptr @k, ptr %p
  %slot = alloca ptr
  %f = select i1 %c, ptr @k, ptr @other
  store ptr %f, ptr %slot
  %g = load ptr, ptr %slot
  call void %g(ptr %p)
  call void @through(ptr @third, ptr %p)
  %t = load ptr, ptr @table
  call void %t(ptr %p)
  ret void
}
define internal void @other(ptr %p) {
  ret void
}
define internal void @through(ptr %f, ptr %p) {
  call void %f(ptr %p)
  ret void
}
define ptx_kernel void @third(ptr %p) {
  ret void
}
; CHECK: define internal void @k__called(ptr %p) {
