; Every device function and call is convergent from the start; intrinsics say it themselves; what only the host's code
; generator understands is left behind.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>' %s -o /dev/null
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s

target triple = "x86_64-unknown-linux-gnu"

declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare void @external()

; CHECK-LABEL: define ptx_kernel void @k(
; CHECK-SAME: #[[K:[0-9]+]] {
; CHECK: call void @sync() #[[CALL:[0-9]+]]
; CHECK: call void @external() #[[CALL]]
; CHECK: call void %f() #[[CALL]]
; CHECK: call i32 @llvm.nvvm.read.ptx.sreg.tid.x(){{$}}
define dso_local ptx_kernel void @k(ptr %f) #0 section "host" {
  call void @sync()
  call void @external()
  call void %f()
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  ret void
}

; CHECK: define internal void @sync() #[[CALL]]
define hidden void @sync() {
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  ret void
}

attributes #0 = { "target-cpu"="x86-64" "target-features"="+sse2" "nvvm.maxntid"="32" }
!llvm.module.flags = !{!0, !1, !2}
!0 = !{i32 1, !"wchar_size", i32 4}
!1 = !{i32 4, !"nvvm-reflect-ftz", i32 1}
!2 = !{i32 8, !"PIC Level", i32 2}

; CHECK-DAG: attributes #[[K]] = { convergent "nvvm.maxntid"="32" }
; CHECK-DAG: attributes #[[CALL]] = { convergent }
; CHECK: !cordon.host.datalayout = !{![[L:[0-9]+]]}
; CHECK: !llvm.module.flags = !{![[F:[0-9]+]]}
; CHECK-DAG: ![[L]] = !{!"e-m:e-p270:32:32{{.*}}", !"x86_64-unknown-linux-gnu"}
; CHECK-DAG: ![[F]] = !{i32 4, !"nvvm-reflect-ftz", i32 1}
