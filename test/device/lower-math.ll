; Intrinsics, frem and libm go to libdevice: vectors by element, half through float; what NVPTX does itself stays.
; RUN: %cordon-opt -passes=cordon-lower-strict-fp,cordon-lower-math -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-lower-strict-fp,cordon-lower-math,cordon-lower-strict-fp,cordon-lower-math -S < %s | diff %t.ll -
; CHECK-LABEL: define float @frem(
; CHECK-NEXT: call float @__nv_fmodf(float %x, float %y)
define float @frem(float %x, float %y) {
  %r = frem float %x, %y
  ret float %r
}
; CHECK-LABEL: define half @half(
; CHECK: fpext half %x to float
; CHECK: call float @__nv_exp2f(
; CHECK: fptrunc float
define half @half(half %x) {
  %r = call half @llvm.exp2.f16(half %x)
  ret half %r
}
; CHECK-LABEL: define <3 x double> @vector(
; CHECK-COUNT-3: call double @__nv_pow(
define <3 x double> @vector(<3 x double> %x, <3 x double> %y) {
  %r = call <3 x double> @llvm.pow.v3f64(<3 x double> %x, <3 x double> %y)
  ret <3 x double> %r
}
; CHECK-LABEL: define { float, float } @two(
; CHECK: call void @__nv_sincosf(float %x, ptr %[[S:.*]], ptr %[[C:.*]])
; CHECK: load float, ptr %[[S]]
; CHECK: load float, ptr %[[C]]
define { float, float } @two(float %x) {
  %r = call { float, float } @llvm.sincos.f32(float %x)
  ret { float, float } %r
}
; CHECK-LABEL: define i32 @round32(
; CHECK: call i64 @__nv_llround(double %x)
; CHECK: trunc i64
define i32 @round32(double %x) {
  %r = call i32 @llvm.lround.i32.f64(double %x)
  ret i32 %r
}
; CHECK-LABEL: define float @powi(
; CHECK-NEXT: call float @__nv_powif(float %x, i32 %n)
define float @powi(float %x, i32 %n) {
  %r = call float @llvm.powi.f32.i32(float %x, i32 %n)
  ret float %r
}
; CHECK-LABEL: define double @strict(
; CHECK-NEXT: call double @__nv_sin(double %x)
define double @strict(double %x) strictfp {
  %r = call double @llvm.experimental.constrained.sin.f64(double %x, metadata !"round.tonearest", metadata !"fpexcept.strict") strictfp
  ret double %r
}
; CHECK-LABEL: define float @libm(
; CHECK-NEXT: call float @__nv_atan2f(float %x, float %x)
; CHECK-NEXT: call float @hypotf(float %x)
; CHECK-NEXT: call float @cosf(float %x)
; CHECK-NEXT: call float @llvm.sqrt.f32(float %x)
define float @libm(float %x) {
  %a = call float @atan2f(float %x, float %x)
  %b = call float @hypotf(float %x)
  %c = call float @cosf(float %x)
  %d = call float @llvm.sqrt.f32(float %x)
  ret float %a
}
declare float @atan2f(float, float)
declare float @hypotf(float)
define float @cosf(float %x) {
  ret float %x
}
