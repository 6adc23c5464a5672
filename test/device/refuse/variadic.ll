; A variadic definition that a kernel reaches is refused, with the chain.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: variadic function in device code{{.*}} in 'v' [variadic-definition]
; CHECK: note: 'v' is called by 'k'
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
define ptx_kernel void @k() {
  call void (i32, ...) @v(i32 1, i32 2)
  ret void
}
define internal void @v(i32 %n, ...) {
  %l = alloca [24 x i8]
  call void @llvm.va_start.p0(ptr %l)
  ret void
}
declare void @llvm.va_start.p0(ptr)
