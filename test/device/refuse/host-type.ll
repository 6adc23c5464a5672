; fp80, fp128 and i128 conversions are refused.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: a value has type fp128{{.*}} in 'a' [host-type]
; CHECK: error: conversion between i128 and floating point{{.*}} in 'b' [host-type]
; CHECK: error: variable 'g' holds x86_fp80{{.*}} in 'c' [host-type]
; CHECK: error: a value has type x86_fp80{{.*}} in 'c' [host-type]
; CHECK: error: a value has type <vscale x 4 x i32>{{.*}} in 'd' [host-type]
; CHECK: error: a value has type x86_fp80{{.*}} in 'd' [host-type]
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
@g = internal global x86_fp80 0xK3FFF8000000000000000
define ptx_kernel void @a(ptr %p) {
  %x = load fp128, ptr %p
  store fp128 %x, ptr %p
  ret void
}
define ptx_kernel void @b(ptr %p, i128 %i) {
  %x = sitofp i128 %i to double
  store double %x, ptr %p
  ret void
}
define ptx_kernel void @c(ptr %p) {
  %x = load x86_fp80, ptr @g
  %y = fptrunc x86_fp80 %x to double
  store double %y, ptr %p
  ret void
}
define ptx_kernel void @d(ptr %p) {
  %x = alloca { i32, x86_fp80 }
  store ptr %x, ptr %p
  %step = getelementptr { fp128, i32 }, ptr %p, i32 0, i32 1
  store i32 1, ptr %step
  %far = getelementptr <vscale x 4 x i32>, ptr %p, i64 1
  store i32 1, ptr %far
  ret void
}
