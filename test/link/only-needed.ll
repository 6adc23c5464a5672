; A module that needs nothing gets nothing; a function of its own keeps its body, a weak kernel-library function too.
; RUN: %cordon-opt -passes=cordon-link-runtime -verify-each -S %s | FileCheck %s
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

; CHECK-NOT: __cordon
; CHECK: define internal i64 @strlen(ptr %s)
; CHECK-NEXT: ret i64 7
; CHECK: define ptx_kernel void @k
; CHECK-NOT: {{^(define|declare|@)}}
define i64 @strlen(ptr %s) {
  ret i64 7
}
define ptx_kernel void @k(ptr %out) {
  %n = call i64 @strlen(ptr %out)
  store i64 %n, ptr %out
  ret void
}
