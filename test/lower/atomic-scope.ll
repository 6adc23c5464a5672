; Atomics of the system and the block keep their scope, and are written for global memory where they are in it; what a
; device module spells as intrinsics or assembly is understood. The device's own and shared memory's are left to LLVM.
; RUN: %cordon-opt -passes=cordon-raise-atomics -verify-each -S < %s > %t.raised.ll
; RUN: FileCheck %s --check-prefix=RAISED --input-file=%t.raised.ll
; RUN: %cordon-opt -passes=cordon-raise-atomics,cordon-raise-atomics -S < %s | diff %t.raised.ll -
; RUN: %cordon-opt -passes=cordon-raise-atomics,cordon-lower-atomic-scope -verify-each -S < %s > %t.ll
; RUN: %cordon-opt -passes=cordon-lower-atomic-scope -S < %t.ll | diff %t.ll -
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --input-file=%t.ptx
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;opt=0;emit=ptx;output=%t.0.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=O0 --input-file=%t.0.ptx
; RUN: %if ptxas %{ %cordon-opt -passes='cordon-lower<arch=sm_75:sm_90;output=%t.fatbin>' -disable-output %s %}
target triple = "nvptx64-nvidia-cuda"
declare float @llvm.nvvm.atomic.add.gen.f.sys.f32.p0(ptr, float)
declare i32 @llvm.nvvm.atomic.inc.gen.i.cta.i32.p0(ptr, i32)
@s = internal addrspace(3) global i32 undef

; RAISED-LABEL: @spelled
; RAISED: atomicrmw fadd ptr %q, float %v monotonic, align 4
; RAISED: atomicrmw uinc_wrap ptr %p, i32 9 syncscope("block") monotonic, align 4
; RAISED: atomicrmw umax ptr %p, i32 7 monotonic, align 4
; CHECK-LABEL: .entry spelled(
; CHECK: red.sys.global.add.f32
; CHECK: atom.cta.global.inc.u32
; CHECK: red.sys.global.max.u32
; O0-LABEL: .entry spelled(
; O0: atom.cta{{(.global)?}}.inc.u32
define ptx_kernel void @spelled(ptr %p, i64 %i, float %v) {
  %q = getelementptr float, ptr %p, i64 %i
  %a = call float @llvm.nvvm.atomic.add.gen.f.sys.f32.p0(ptr %q, float %v)
  %b = call i32 @llvm.nvvm.atomic.inc.gen.i.cta.i32.p0(ptr %p, i32 9)
  %c = call i32 asm sideeffect "atom.sys.max.u32 $0, [$1], $2;", "=r,l,r,~{memory}"(ptr %p, i32 7)
  store i32 %b, ptr %p
  ret void
}
; CHECK-LABEL: .entry kinds(
; CHECK: mov.b32 [[FIVE:%r[0-9]+]], -5;
; CHECK: red.sys.global.add.u32 [{{.*}}], [[FIVE]];
; CHECK: atom.sys.global.exch.b64
; CHECK: atom.sys.global.exch.b32
; CHECK: red.sys.global.add.f64
; CHECK: red.sys.global.min.s64
; CHECK: red.sys.global.xor.b32
define ptx_kernel void @kinds(ptr %p, ptr %v, float %f, double %d) {
  %a = atomicrmw sub ptr %p, i32 5 monotonic
  %b = atomicrmw xchg ptr %p, ptr %v monotonic
  %c = atomicrmw xchg ptr %p, float %f monotonic
  %e = atomicrmw fadd ptr %p, double %d monotonic
  %g = atomicrmw min ptr %p, i64 -3 monotonic
  %h = atomicrmw xor ptr %p, i32 3 monotonic
  ret void
}
; A pointer in a structure that a kernel takes is global; what it may have been replaced by is not known.
; CHECK-LABEL: .entry field(
; CHECK: red.sys.global.add.u32
; CHECK-LABEL: .entry replaced(
; CHECK: red.sys.add.u32
define ptx_kernel void @field(ptr byval({ i32, ptr }) align 8 %s) {
  %f = getelementptr { i32, ptr }, ptr %s, i32 0, i32 1
  %p = load ptr, ptr %f
  %a = atomicrmw add ptr %p, i32 1 monotonic
  ret void
}
define ptx_kernel void @replaced(ptr byval({ i32, ptr, i32 }) align 8 %s, i64 %i) {
  %f = getelementptr { i32, ptr, i32 }, ptr %s, i32 0, i32 1
  %at = getelementptr i8, ptr %s, i64 %i
  store volatile ptr addrspacecast (ptr addrspace(3) @s to ptr), ptr %at
  %p = load volatile ptr, ptr %f
  %a = atomicrmw add ptr %p, i32 1 monotonic
  ret void
}
; CHECK-LABEL: .entry others(
; CHECK: atom{{(.gpu)?}}.global.add.u32
; CHECK: atom{{.*}}shared.add.u32
; CHECK: cas
define ptx_kernel void @others(ptr %p, half %v) {
  %a = atomicrmw add ptr %p, i32 1 syncscope("device") monotonic
  %b = atomicrmw add ptr addrspacecast (ptr addrspace(3) @s to ptr), i32 1 monotonic
  %c = atomicrmw nand ptr %p, i32 1 monotonic
  store i32 %b, ptr %p
  ret void
}
