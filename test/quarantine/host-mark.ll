; A function marked cordon.host stays on the host whatever it holds; its device calls end in the message.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S | FileCheck %s --implicit-check-not='call {{.*}}@llvm.nvvm'

target triple = "x86_64-unknown-linux-gnu"

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare void @llvm.nvvm.membar.sys()

; CHECK: define i32 @where(i1 %on)
; CHECK: gpu:
; CHECK: call void @cordon.called_on_host
; CHECK: host:
; CHECK: ret i32 -1
define i32 @where(i1 %on) "cordon.host" {
  br i1 %on, label %gpu, label %host
gpu:
  call void @llvm.nvvm.membar.sys()
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  ret i32 %t
host:
  ret i32 -1
}

define ptx_kernel void @k(ptr %p) {
  %r = call i32 @where(i1 true)
  store i32 %r, ptr %p
  ret void
}
