; The module gets NVPTX's triple and layout; the host's layout stays known; host flags go, those of debug info stay.
; RUN: %cordon-opt -passes=cordon-retarget -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-retarget,cordon-retarget -S < %s | diff %t.ll -
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK: target datalayout = "e-p6:32:32-i64:64
; CHECK: target triple = "nvptx64-nvidia-cuda"
; CHECK-NOT: wchar_size
; CHECK: !cordon.host.datalayout = !{![[L:[0-9]+]]}
; CHECK: !{i32 2, !"Debug Info Version", i32 3}
; CHECK: ![[L]] = !{!"e-m:e-p270:32:32{{.*}}", !"x86_64-unknown-linux-gnu"}
define ptx_kernel void @k() {
  ret void
}
!llvm.module.flags = !{!0, !1, !2}
!0 = !{i32 1, !"wchar_size", i32 4}
!1 = !{i32 2, !"Debug Info Version", i32 3}
!2 = !{i32 8, !"PIC Level", i32 2}
