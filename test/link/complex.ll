; A pair of floats comes back as a vector on x86, as a struct in the runtime. Nothing is called with another type than it
; has: the back end would make an indirect call of it.
; RUN: %cordon-opt -passes=cordon-link-runtime -verify-each -S %s | FileCheck %s
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

; CHECK: define internal <2 x float> @__cordon_as___mulsc3(
; CHECK-NEXT: call { float, float } @__mulsc3(
; CHECK: define internal { float, float } @__mulsc3(
define ptx_kernel void @complex(ptr %out, float %f) {
  %s = call <2 x float> @__mulsc3(float %f, float %f, float %f, float %f)
  store <2 x float> %s, ptr %out
  ret void
}
declare <2 x float> @__mulsc3(float, float, float, float)
