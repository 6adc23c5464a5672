; A thread-local variable is refused.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: 'x' is thread-local{{.*}} in 'k' [thread-local]
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
@x = internal thread_local global i32 0
define ptx_kernel void @k() {
  %p = call ptr @llvm.threadlocal.address.p0(ptr @x)
  store i32 1, ptr %p
  ret void
}
declare ptr @llvm.threadlocal.address.p0(ptr)
