; An internal kernel survives to the PTX, and one that device code calls keeps both its entry and its callers.
; RUN: %cordon-opt -passes=cordon-keep-entries -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-keep-entries,cordon-keep-entries -S < %s | diff %t.ll -
; RUN: %cordon-opt -passes='cordon-prepare-device,default<O2>' %s | llc -mcpu=sm_75 | FileCheck --check-prefix=PTX %s
target triple = "nvptx64-nvidia-cuda"
; CHECK: @v = addrspace(1) externally_initialized global i32 1
@v = internal addrspace(1) externally_initialized global i32 1
; CHECK: @llvm.used = appending global [3 x ptr] [ptr @k, ptr @outer, ptr addrspacecast (ptr addrspace(1) @v to ptr)]
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
; CHECK: define internal void @k__called(ptr %p) {
