; Odd integer widths in signatures become widths that PTX has; vectors of kernels and what fits 64 bits elsewhere stay.
; RUN: %cordon-opt -passes=cordon-round-integers -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-round-integers,cordon-round-integers -S < %s | diff %t.ll -
; RUN: %if ptxas %{ llc -mcpu=sm_90 -mattr=+ptx83 %t.ll -o %t.ptx && %ptxas -arch=sm_90 %t.ptx -o %t.cubin %}
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
; CHECK: define ptx_kernel void @k(ptr noundef %p, i32 %x, i8 %y, i64 %z, i16 zeroext %h, <3 x i24> %v) {
; CHECK-NEXT: %[[T:.*]] = trunc i32 %x to i24
; CHECK: zext i24 %[[T]] to i32
define ptx_kernel void @k(ptr noundef %p, i24 signext %x, i7 range(i7 0, 3) %y, i48 %z, i16 zeroext %h, <3 x i24> %v) {
  %a = zext i24 %x to i32
  store i32 %a, ptr %p
  store i7 %y, ptr %p
  store i48 %z, ptr %p
  %w = load i96, ptr %p
; CHECK: %[[W:.*]] = zext i96 %w to i128
; CHECK: call i128 @wide(i128 %[[W]], i24 %[[T]])
  %r = call i96 @wide(i96 %w, i24 %x)
; CHECK: call <2 x i128> %{{.*}}(<2 x i128>
  %f = load ptr, ptr %p
  %s = load <2 x i65>, ptr %p
  %t = call <2 x i65> %f(<2 x i65> %s)
  store i96 %r, ptr %p
  store <2 x i65> %t, ptr %p
  ret void
}
; CHECK: define internal i128 @wide(i128 %x, i24 %y)
; CHECK: ret i128
define internal i96 @wide(i96 %x, i24 %y) noinline {
  %m = mul i96 %x, %x
  ret i96 %m
}
; CHECK: define i33 @same(i33 %x, i128 %y, i1 %z)
define i33 @same(i33 %x, i128 %y, i1 %z) {
  ret i33 %x
}
