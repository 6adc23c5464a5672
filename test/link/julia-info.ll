; A kernel that was launched with CUDA.jl's state hands its ExceptionInfo to the runtime, although gpu_signal_exception is
; called without it; where no kernel has one, the device variable is read.
; RUN: split-file %s %t
; RUN: %cordon-opt -passes=cordon-link-runtime -verify-each -S %t/with.ll | FileCheck %s --check-prefix=WITH
; RUN: %cordon-opt -passes=cordon-link-runtime -verify-each -S %t/without.ll | FileCheck %s --check-prefix=WITHOUT

; WITH-LABEL: define ptx_kernel void @k({ ptr, i32 } %state)
; WITH: [[INFO:%.*]] = extractvalue { ptr, i32 } %state, 0
; WITH: call void @gpu_signal_exception(ptr [[INFO]])
; WITHOUT-LABEL: define ptx_kernel void @k(i64 %n)
; WITHOUT: call void @gpu_signal_exception()
; WITHOUT: define internal ptr @__cordon_julia_info()
; WITHOUT-NEXT: load ptr, ptr addrspace(1) getelementptr inbounds (i8, ptr addrspace(1) @__cordon_state, i64 24)
;--- with.ll
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
declare void @gpu_signal_exception()
define ptx_kernel void @k({ ptr, i32 } %state) {
  call void @gpu_signal_exception()
  ret void
}
;--- without.ll
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
declare void @gpu_signal_exception()
define ptx_kernel void @k(i64 %n) {
  call void @gpu_signal_exception()
  ret void
}
