; Kernels that return, or take sret, inalloca or nothing at all as a parameter, cannot be launched.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: parameter 1 of the kernel has no size{{.*}} in 'e' [kernel-signature]
; CHECK: error: kernel returns a value{{.*}} in 'r' [kernel-signature]
; CHECK: error: parameter 0 of the kernel is 'sret'{{.*}} in 's' [kernel-signature]
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
define ptx_kernel i32 @r() {
  ret i32 1
}
define ptx_kernel void @s(ptr sret(i64) %p) {
  ret void
}
define ptx_kernel void @e(ptr %p, {} %x) {
  ret void
}
