; A constructor would have to run at load time: refused.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: 'init' would have to run when the module is loaded{{.*}} [global-constructor]
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @init, ptr null }]
@v = internal global i32 0
define internal void @init() {
  store i32 1, ptr @v
  ret void
}
define ptx_kernel void @k(ptr %p) {
  %x = load i32, ptr @v
  store i32 %x, ptr %p
  ret void
}
