; Unknown scopes, misaligned and wide atomics are refused.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: synchronization scope "agent"{{.*}} in 'a' [unsupported-atomic]
; CHECK: error: atomic access of 16 bytes; {{.*}} in 'b' [unsupported-atomic]
; CHECK: error: atomic access of 8 bytes aligned to 4 only{{.*}} in 'c' [unsupported-atomic]
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
define ptx_kernel void @a(ptr %p) {
  %r = atomicrmw add ptr %p, i32 1 syncscope("agent") seq_cst
  ret void
}
define ptx_kernel void @b(ptr %p) {
  %r = load atomic i128, ptr %p seq_cst, align 16
  store i128 %r, ptr %p
  ret void
}
define ptx_kernel void @c(ptr %p) {
  store atomic i64 1, ptr %p seq_cst, align 4
  ret void
}
