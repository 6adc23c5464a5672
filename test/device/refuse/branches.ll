; Indirect branches, label addresses and naked functions are refused.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: indirect branch{{.*}} in 'k' [indirect-branch]
; CHECK: error: naked function{{.*}} in 'n' [unsupported-function]
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
