; What LLVM upgrades on reading: annotations become a convention, ldg a load from address space 1, gen.to a cast.
; GPUCompiler lists its kernels in !julia.kernel.
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %s | FileCheck %s
; CHECK: "deviceOnly": [
; CHECK-NEXT: "cast",
; CHECK-NEXT: "cluster",
; CHECK-NEXT: "kernel",
; CHECK-NEXT: "ldg",
; CHECK-NEXT: "listed"
; CHECK-NEXT: ],
; CHECK: "kernels": [
; CHECK-NEXT: "kernel",
; CHECK-NEXT: "listed"
; CHECK-NEXT: ],
target triple = "x86_64-unknown-linux-gnu"
declare i32 @llvm.nvvm.ldg.global.i.i32.p1(ptr addrspace(1), i32)
declare ptr addrspace(1) @llvm.nvvm.ptr.gen.to.global.p1.p0(ptr)
declare i32 @llvm.nvvm.atomic.load.inc.32.p0(ptr, i32)
define void @kernel() { ret void }
define void @cluster() { ret void }
define void @listed() { ret void }
define i32 @ldg(ptr addrspace(1) %p) {
  %x = call i32 @llvm.nvvm.ldg.global.i.i32.p1(ptr addrspace(1) %p, i32 4)
  ret i32 %x
}
define ptr addrspace(1) @cast(ptr %p) {
  %q = call ptr addrspace(1) @llvm.nvvm.ptr.gen.to.global.p1.p0(ptr %p)
  ret ptr addrspace(1) %q
}
define i32 @host.atomic(ptr %p) {
  %x = call i32 @llvm.nvvm.atomic.load.inc.32.p0(ptr %p, i32 1)
  ret i32 %x
}
!nvvm.annotations = !{!0, !1}
!julia.kernel = !{!2}
!0 = !{ptr @kernel, !"kernel", i32 1}
!1 = !{ptr @cluster, !"cluster_dim_x", i32 2}
!2 = !{ptr @listed}
