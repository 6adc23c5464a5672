; A runtime function called with other bits than it takes: both types and every caller are named, and nothing is linked.
; RUN: not %cordon-opt -passes=cordon-link-runtime -disable-output %s 2>&1 | FileCheck %s
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

; CHECK: 'gpu_report_oom' is called as 'void (i32)', but the runtime defines it as 'void (i64)' in 'a' [runtime-signature]
; CHECK: 'gpu_report_oom' is called as 'void (i64, i64)', but the runtime defines it as 'void (i64)' in 'b' [runtime-signature]
; CHECK: 'strlen' is called as 'i32 (ptr)', but the runtime defines it as 'i64 (ptr)' in 'b' [runtime-signature]
; CHECK: 3 errors
declare void @gpu_report_oom(i32)
declare i32 @strlen(ptr)

define ptx_kernel void @a() {
  call void @gpu_report_oom(i32 1)
  ret void
}
define ptx_kernel void @b(ptr %p) {
  call void @gpu_report_oom(i64 1, i64 2)
  %n = call i32 @strlen(ptr %p)
  store i32 %n, ptr %p
  ret void
}
