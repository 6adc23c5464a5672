; Pointers in 3, 4, 5 and 7 are evidence where they are used, 1 where it is accessed or cast; hosts may name device
; variables, collectors use 1, and x86 uses 256 and 257.
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %s | FileCheck %s
; CHECK: "deviceOnly": [
; CHECK-NEXT: "cast1",
; CHECK-NEXT: "constant",
; CHECK-NEXT: "copy1",
; CHECK-NEXT: "gep3",
; CHECK-NEXT: "load1",
; CHECK-NEXT: "named3",
; CHECK-NEXT: "predicated1"
; CHECK-NEXT: ],
; CHECK-NEXT: "reachesDevice": {},
target triple = "x86_64-unknown-linux-gnu"
@v = addrspace(1) global i32 0
@c = addrspace(4) constant i32 1
@s = internal addrspace(3) global [4 x i32] zeroinitializer
declare void @take(ptr)
declare void @llvm.memcpy.p0.p1.i64(ptr, ptr addrspace(1), i64, i1)
define i32 @load1(ptr addrspace(1) %p) {
  %x = load i32, ptr addrspace(1) %p
  ret i32 %x
}
define void @copy1(ptr %to, ptr addrspace(1) %p) {
  call void @llvm.memcpy.p0.p1.i64(ptr %to, ptr addrspace(1) %p, i64 4, i1 false)
  ret void
}
define ptr @cast1(ptr addrspace(1) %p) {
  %q = addrspacecast ptr addrspace(1) %p to ptr
  ret ptr %q
}
define ptr addrspace(3) @gep3(ptr addrspace(3) %p) {
  %q = getelementptr i8, ptr addrspace(3) %p, i64 4
  ret ptr addrspace(3) %q
}
define i32 @constant() {
  %x = load i32, ptr addrspace(4) @c
  ret i32 %x
}
define void @named3() {
  call void @take(ptr addrspacecast (ptr addrspace(3) @s to ptr))
  ret void
}
define void @host.names() {
  call void @take(ptr addrspacecast (ptr addrspace(1) @v to ptr))
  call void @take(ptr addrspacecast (ptr addrspace(4) @c to ptr))
  ret void
}
define void @host.unused(ptr addrspace(3) %p, ptr addrspace(1) %q) {
  ret void
}
define ptr addrspace(1) @host.gep1(ptr addrspace(1) %p) {
  %q = getelementptr i8, ptr addrspace(1) %p, i64 4
  ret ptr addrspace(1) %q
}
define i64 @host.gc(ptr addrspace(1) %p) gc "statepoint-example" {
  %x = load i64, ptr addrspace(1) %p
  ret i64 %x
}
define i64 @host.gs(ptr addrspace(256) %p, ptr addrspace(257) %q) {
  %x = load i64, ptr addrspace(256) %p
  %y = load i64, ptr addrspace(257) %q
  %z = add i64 %x, %y
  ret i64 %z
}
define ptr addrspace(10) @host.julia(ptr addrspace(10) %p) {
  %x = load ptr addrspace(10), ptr addrspace(10) %p
  ret ptr addrspace(10) %x
}
declare <2 x i32> @llvm.vp.load.v2i32.p1(ptr addrspace(1), <2 x i1>, i32)
define <2 x i32> @predicated1(ptr addrspace(1) %p) {
  %x = call <2 x i32> @llvm.vp.load.v2i32.p1(ptr addrspace(1) %p, <2 x i1> splat (i1 true), i32 2)
  ret <2 x i32> %x
}
