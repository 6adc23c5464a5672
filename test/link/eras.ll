; Julia up to 1.11 declares pointers as integers, and GPUCompiler may have put the kernel state in front: both reach the
; same functions, with converted arguments.
; RUN: %cordon-opt -passes=cordon-link-runtime -verify-each -S %s | FileCheck %s
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

; CHECK-LABEL: define ptx_kernel void @k(
; CHECK: call i64 @[[MALLOC:__cordon_as_gpu_malloc]](i64 8)
; CHECK: call void @[[REPORT:__cordon_as_gpu_report_exception]](i64
; CHECK: call void @[[SIGNAL:__cordon_as_.*gpu_signal_exception]]({ i64, i32 } %state)
; CHECK: define internal i64 @[[MALLOC]](i64
; CHECK: call ptr @gpu_malloc(i64
; CHECK: define internal void @[[REPORT]](i64
; CHECK: inttoptr i64
; CHECK: define internal void @[[SIGNAL]]({ i64, i32 }
; CHECK: [[INFO:%.*]] = extractvalue { i64, i32 } %{{.*}}, 0
; CHECK: inttoptr i64 [[INFO]] to ptr

@exception = private unnamed_addr constant [10 x i8] c"exception\00"
declare i64 @gpu_malloc(i64)
declare void @gpu_report_exception(i64)
declare void @gpu_signal_exception({ i64, i32 })

define ptx_kernel void @k({ i64, i32 } %state, ptr %out) {
  %p = call i64 @gpu_malloc(i64 8)
  store i64 %p, ptr %out
  call void @gpu_report_exception(i64 ptrtoint (ptr @exception to i64))
  call void @gpu_signal_exception({ i64, i32 } %state)
  ret void
}
