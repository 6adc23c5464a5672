; Indirect branches, label addresses, naked functions and ifuncs are refused.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: indirect branch{{.*}} in 'k' [indirect-branch]
; CHECK: error: naked function{{.*}} in 'n' [unsupported-function]
; CHECK: error: 'i' is an ifunc{{.*}} in 't' [unsupported-function]
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
define ptx_kernel void @k(ptr %p) {
  call void @n()
  indirectbr ptr %p, [label %a]
a:
  ret void
}
define internal void @n() naked {
  unreachable
}
@i = ifunc void (), ptr @resolve
@table = internal constant [1 x ptr] [ptr @i]
define ptr @resolve() {
  ret ptr null
}
define ptx_kernel void @t(i32 %n) {
  %q = getelementptr ptr, ptr @table, i32 %n
  %f = load ptr, ptr %q
  call void %f()
  ret void
}
