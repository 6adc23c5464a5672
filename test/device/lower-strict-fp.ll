; Constrained operations become plain ones; one that rounds in a fixed direction is refused.
; RUN: not %cordon-opt -passes=cordon-prepare-device -disable-output %s 2>&1 | FileCheck --check-prefix=ERR %s
; RUN: sed '/round.upward/d' %s | %cordon-opt -passes=cordon-lower-strict-fp -verify-each -S | FileCheck %s
target triple = "nvptx64-nvidia-cuda"
; ERR: error: operation that rounds in a fixed direction{{.*}} in 'k' [host-intrinsic]
; CHECK: define ptx_kernel void @k(ptr %p, double %x) {
; CHECK: fadd double %x, %x
; CHECK: fcmp ogt double
; CHECK: call double @llvm.sin.f64(double %x)
; CHECK: fptosi double
define ptx_kernel void @k(ptr %p, double %x) strictfp {
  %a = call double @llvm.experimental.constrained.fadd.f64(double %x, double %x, metadata !"round.dynamic", metadata !"fpexcept.strict") strictfp
  %c = call i1 @llvm.experimental.constrained.fcmps.f64(double %a, double %x, metadata !"ogt", metadata !"fpexcept.strict") strictfp
  %s = call double @llvm.experimental.constrained.sin.f64(double %x, metadata !"round.tonearest", metadata !"fpexcept.strict") strictfp
  %i = call i32 @llvm.experimental.constrained.fptosi.i32.f64(double %s, metadata !"fpexcept.strict") strictfp
  %u = call double @llvm.experimental.constrained.fadd.f64(double %x, double %x, metadata !"round.upward", metadata !"fpexcept.strict") strictfp
  store i32 %i, ptr %p
  store i1 %c, ptr %p
  ret void
}
