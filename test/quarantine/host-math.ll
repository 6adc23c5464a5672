; Host code that calls libdevice stays on the host and gets libm, or an inline function where libm has none; the device
; copy of it keeps libdevice.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S -o %t.h.ll
; RUN: FileCheck %s --implicit-check-not='{{^declare.*__nv_}}' < %t.h.ll
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s --check-prefix=DEVICE
; RUN: clang -O2 %t.h.ll -lm -o %t
; RUN: %t
; REQUIRES: host-x86_64

target triple = "x86_64-unknown-linux-gnu"

declare double @__nv_cbrt(double)
declare i32 @__nv_popc(i32)
declare double @__nv_erfinv(double)

; CHECK: define double @both(
; CHECK: call double @cbrt(
; CHECK: call i32 @cordon.__nv_popc(
; CHECK: call double @cordon.__nv_erfinv(
; DEVICE: define internal double @both(
; DEVICE: call double @__nv_cbrt(
define double @both(double %x) {
  %a = call double @__nv_cbrt(double %x)
  %p = call i32 @__nv_popc(i32 255)
  %f = sitofp i32 %p to double
  %e = call double @__nv_erfinv(double 0.5)
  %s = fadd double %a, %f
  %t = fadd double %s, %e
  ret double %t
}

define ptx_kernel void @k(ptr %p) {
  %r = call double @both(double 2.0)
  store double %r, ptr %p
  ret void
}

; cbrt(8) + popc(255) + erfinv(0.5) = 10.476936276204470
define i32 @main() {
  %v = call double @both(double 8.0)
  %low = fcmp olt double %v, 10.4769362762044
  %high = fcmp ogt double %v, 10.4769362762045
  %bad = or i1 %low, %high
  %r = zext i1 %bad to i32
  ret i32 %r
}
; CHECK: define internal {{.*}}@cordon.__nv_popc(
