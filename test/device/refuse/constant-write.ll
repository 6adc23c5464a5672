; Constant memory that device code writes is refused, also behind calls, selections and variables.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: variable 'c' is in constant memory, and device code writes it{{.*}} in 'k' [constant-memory-write]
; CHECK: error: device code writes parameters (address space 101){{.*}} in 'k2' [constant-memory-write]
; CHECK: error: variable 'c' is in constant memory{{.*}} in 'k2' [constant-memory-write]
; CHECK: error: variable 'c' is in constant memory{{.*}} in 'k3' [constant-memory-write]
; CHECK: error: variable 'c' is in constant memory{{.*}} in 'set' [constant-memory-write]
; CHECK: note: 'set' is called by 'k2'
; CHECK: 5 errors
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
@c = internal addrspace(4) externally_initialized global [4 x i32] zeroinitializer
define ptx_kernel void @k() {
  store i32 1, ptr getelementptr (i32, ptr addrspacecast (ptr addrspace(4) @c to ptr), i64 1)
  ret void
}
define ptx_kernel void @k2(ptr %p, i1 %b) {
  call void @set(ptr addrspacecast (ptr addrspace(4) @c to ptr))
  %x = atomicrmw add ptr addrspace(4) @c, i32 1 seq_cst
  %param = addrspacecast ptr %p to ptr addrspace(101)
  store i32 1, ptr addrspace(101) %param
  ret void
}
define ptx_kernel void @k3(ptr %p, i1 %b) {
  %slot = alloca ptr
  %s = select i1 %b, ptr %p, ptr addrspacecast (ptr addrspace(4) @c to ptr)
  store ptr %s, ptr %slot
  %q = load ptr, ptr %slot
  call void @llvm.memset.p0.i64(ptr %q, i8 0, i64 16, i1 false)
  ret void
}
define internal void @set(ptr %p) {
  store i32 1, ptr %p
  %v = load i32, ptr %p
  ret void
}
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
