; clang puts constants of the file on both sides; merged into one variable, the host still reads its value.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.bc>,verify' %s -S | FileCheck %s
; CHECK-DAG: @size = global i32 7
; CHECK-DAG: @written = global i32 0
; CHECK-DAG: @names = global ptr null
target triple = "x86_64-unknown-linux-gnu"
@size = addrspace(4) constant i32 7
@written = addrspace(4) externally_initialized global i32 7
@names = addrspace(4) constant ptr addrspacecast (ptr addrspace(4) @size to ptr)

define i32 @host() {
  %v = load i32, ptr addrspacecast (ptr addrspace(4) @size to ptr)
  ret i32 %v
}

define ptx_kernel void @kernel(ptr %p) {
  %v = load i32, ptr addrspace(4) @size
  %w = load i32, ptr addrspace(4) @written
  %q = load ptr, ptr addrspace(4) @names
  store i32 %v, ptr %p
  store i32 %w, ptr %p
  store ptr %q, ptr %p
  ret void
}
