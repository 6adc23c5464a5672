; Segment registers, unknown spaces and local variables at module level are refused.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: pointer in address space 256{{.*}} segment register{{.*}} in 'k' [invalid-address-space]
; CHECK: error: pointer in address space 42{{.*}} [invalid-address-space]
; CHECK: error: variable 'l' is in local memory{{.*}} [invalid-address-space]
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
@l = internal addrspace(5) global i32 undef
define ptx_kernel void @k(ptr %p) {
  %a = load i32, ptr addrspace(256) null
  %q = addrspacecast ptr %p to ptr addrspace(42)
  store i32 %a, ptr addrspace(5) @l
  ret void
}
