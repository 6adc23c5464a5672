; Constant memory that device code writes is refused.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: variable 'c' is in constant memory, and device code writes it{{.*}} in 'k' [constant-memory-write]
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
@c = internal addrspace(4) externally_initialized global [4 x i32] zeroinitializer
define ptx_kernel void @k() {
  store i32 1, ptr getelementptr (i32, ptr addrspacecast (ptr addrspace(4) @c to ptr), i64 1)
  ret void
}
