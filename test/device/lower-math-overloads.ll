; clang's CUDA headers declare overloads of libm's functions that they do not define; others are left alone.
; RUN: %cordon-opt -passes=cordon-lower-math -S %s | FileCheck %s
target triple = "nvptx64-nvidia-cuda"
declare double @_ZL3nanPKc(ptr)
declare float @_Z3sinf(float)
declare float @_Z4sinff(float)
declare double @_Z3powdd(double, double)
declare double @_Z3sinPKc(ptr)
declare double @_Z4mineddd(double, double)
declare double @_Z99sind(double)
; CHECK-LABEL: define ptx_kernel void @k(
; CHECK: call double @__nv_nan(ptr %p)
; CHECK: call float @__nv_sinf(
; CHECK: call float @__nv_sinf(
; CHECK: call double @__nv_pow(
; CHECK: call double @_Z3sinPKc(
; CHECK: call double @_Z4mineddd(
; CHECK: call double @_Z99sind(
define ptx_kernel void @k(ptr %p, float %f, double %d) {
  %a = call double @_ZL3nanPKc(ptr %p)
  %b = call float @_Z3sinf(float %f)
  %c = call float @_Z4sinff(float %f)
  %e = call double @_Z3powdd(double %a, double %d)
  %g = call double @_Z3sinPKc(ptr %p)
  %h = call double @_Z4mineddd(double %e, double %g)
  %i = call double @_Z99sind(double %h)
  %s = fadd float %b, %c
  store volatile double %i, ptr %p
  store volatile float %s, ptr %p
  ret void
}
