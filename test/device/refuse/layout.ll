; A type whose elements lie elsewhere on the host is refused, with both layouts.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: type { i8, i256 } is laid out differently by the host: the offset of element 1 is 16 on the host and 32 on the device{{.*}} in 'k' [layout-mismatch]
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
define ptx_kernel void @k(ptr %p) {
  %q = getelementptr { i8, i256 }, ptr %p, i64 0, i32 1
  store i8 1, ptr %q
  %r = getelementptr { i8, i128, <4 x float>, double }, ptr %p, i64 0, i32 1
  store i8 1, ptr %r
  ret void
}
