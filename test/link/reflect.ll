; __nvvm_reflect is answered for one architecture and left to lowering for several; libdevice comes in where it is needed.
; REQUIRES: libdevice
; RUN: %cordon-opt -passes='cordon-link-runtime<arch=sm_90>' -verify-each -S %s | FileCheck %s --check-prefix=ONE
; RUN: %cordon-opt -passes='cordon-link-runtime<arch=sm_75:sm_90>' -verify-each -S %s | FileCheck %s --check-prefix=MANY
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

@arch = private unnamed_addr constant [12 x i8] c"__CUDA_ARCH\00"
@sqrt = private unnamed_addr constant [17 x i8] c"__CUDA_PREC_SQRT\00"
@ftz = private unnamed_addr constant [11 x i8] c"__CUDA_FTZ\00"

; ONE: store i32 900, ptr %out
; ONE: store i32 1, ptr %out
; A square root rounds, as on the host, whatever the architecture.
; ONE: store i32 1, ptr %out
; ONE: define internal float @__nv_expf(float
; ONE-NOT: __nvvm_reflect
; MANY: call i32 @__nvvm_reflect(ptr @arch)
; MANY-NOT: call i32 @__nvvm_reflect(ptr @sqrt)
; MANY: define internal float @__nv_expf(float
define ptx_kernel void @k(ptr %out, float %x) {
  %a = call i32 @__nvvm_reflect(ptr @arch)
  store i32 %a, ptr %out
  %f = call i32 @__nvvm_reflect(ptr @ftz)
  store i32 %f, ptr %out
  %s = call i32 @__nvvm_reflect(ptr @sqrt)
  store i32 %s, ptr %out
  %e = call float @__nv_expf(float %x)
  store float %e, ptr %out
  ret void
}
declare i32 @__nvvm_reflect(ptr)
declare float @__nv_expf(float)
!llvm.module.flags = !{!0}
!0 = !{i32 4, !"nvvm-reflect-ftz", i32 1}
