; What libm has and libdevice lacks becomes intrinsics or one more step around a libdevice call; what the module defines, or
; declares otherwise, is left alone.
; RUN: %cordon-opt -passes=cordon-lower-libm -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-lower-libm,cordon-lower-libm -S < %s | diff %t.ll -
target triple = "nvptx64-nvidia-cuda"
; CHECK-LABEL: define void @f(
define void @f(ptr %p, double %d, float %s, i64 %n) {
; CHECK: call double @llvm.maximum.f64(double %d, double 1.0
  %a = call double @fmaximum(double %d, double 1.0)
; CHECK: call float @llvm.minimumnum.f32(float %s, float 1.0
  %b = call float @fminimum_numf(float %s, float 1.0)
; CHECK: call float @__nv_nextafterf(float %s, float {{\+inf|0x7FF0000000000000}})
  %c = call float @nextupf(float %s)
; CHECK: call double @__nv_nextafter(double %d, double {{-inf|0xFFF0000000000000}})
  %e = call double @nextdown(double %d)
; CHECK: call i32 @__nv_ilogb(double %d)
; CHECK: select i1 {{.*}}, i64 -9223372036854775808
; CHECK: select i1 {{.*}}, i64 9223372036854775807
  %g = call i64 @llogb(double %d)
; CHECK: call i64 @llvm.smax.i64(i64 %n, i64 -100000)
; CHECK: call double @__nv_scalbn(double %d, i32
  %h = call double @scalbln(double %d, i64 %n)
; CHECK: call float @nextdownf(float %s)
  %i = call float @nextdownf(float %s)
; CHECK: call i32 @llogbf(float %s)
  %j = call i32 @llogbf(float %s)
  store double %a, ptr %p
  store float %b, ptr %p
  store float %c, ptr %p
  store double %e, ptr %p
  store i64 %g, ptr %p
  store double %h, ptr %p
  store float %i, ptr %p
  store i32 %j, ptr %p
  ret void
}
define float @nextdownf(float %x) {
  ret float %x
}
declare double @fmaximum(double, double)
declare float @fminimum_numf(float, float)
declare float @nextupf(float)
declare double @nextdown(double)
declare i64 @llogb(double)
declare double @scalbln(double, i64)
declare i32 @llogbf(float)
