; NVPTX intrinsics under their own, old and unknown names are evidence; what LLVM upgrades to generic code is not.
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %s | FileCheck %s
; CHECK: "deviceOnly": [
; CHECK-NEXT: "barrier",
; CHECK-NEXT: "membar",
; CHECK-NEXT: "unknown"
; CHECK-NEXT: ],
; CHECK-NEXT: "reachesDevice": {
; CHECK-NEXT: "main": "barrier"
; CHECK-NEXT: },
; CHECK-NEXT: "kernels": [],
; CHECK-NEXT: "unresolved": [
; CHECK-NEXT: "llvm.nvvm.no.such.thing"
; CHECK-NEXT: ],
; CHECK: "symbol": "llvm.nvvm.barrier.cta.sync.aligned.all"
target triple = "x86_64-unknown-linux-gnu"
declare void @llvm.nvvm.membar.sys()
declare void @llvm.nvvm.barrier0()
declare i32 @llvm.nvvm.popc.i(i32)
declare void @llvm.nvvm.no.such.thing()
declare void @llvm.trap()
declare double @llvm.fma.f64(double, double, double)
define void @membar() {
  call void @llvm.nvvm.membar.sys()
  ret void
}
define internal void @barrier() {
  call void @llvm.nvvm.barrier0()
  ret void
}
define void @unknown() {
  call void @llvm.nvvm.no.such.thing()
  ret void
}
define i32 @popc(i32 %x) {
  %r = call i32 @llvm.nvvm.popc.i(i32 %x)
  ret i32 %r
}
define double @host(double %x) {
  %r = call double @llvm.fma.f64(double %x, double %x, double %x)
  call void @llvm.trap()
  ret double %r
}
define i32 @main() {
  call void @barrier()
  call void @membar()
  ret i32 0
}
