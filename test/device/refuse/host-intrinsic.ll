; Intrinsics of other targets and element-atomic ones are refused.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: 'llvm.memcpy.element.unordered.atomic.p0.p0.i32'{{.*}} [host-intrinsic]
; CHECK: error: 'llvm.x86.sse2.pause' belongs to another processor{{.*}} [host-intrinsic]
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
define ptx_kernel void @k(ptr %p, <4 x i32> %v, <4 x i1> %m, i32 %n) {
  call void @llvm.x86.sse2.pause()
  call void @llvm.memcpy.element.unordered.atomic.p0.p0.i32(ptr align 4 %p, ptr align 4 %p, i32 8, i32 4)
  ret void
}
declare void @llvm.x86.sse2.pause()
declare void @llvm.memcpy.element.unordered.atomic.p0.p0.i32(ptr, ptr, i32, i32)
