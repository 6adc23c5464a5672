; atomicrmw gets the fences of its ordering and the scope that the IR says; fences for one thread go.
; RUN: %cordon-opt -passes=cordon-lower-atomics -verify-each -S < %s > %t.ll
; RUN: %cordon-opt -passes=cordon-lower-atomics,cordon-lower-atomics -S < %s | diff %t.ll -
; RUN: llc -mcpu=sm_75 %t.ll -o - | FileCheck %s
; RUN: llc -mcpu=sm_90 %t.ll -o - | FileCheck %s
; RUN: %if ptxas %{ llc -mcpu=sm_75 %t.ll -o %t.ptx && %ptxas -arch=sm_75 %t.ptx -o %t.cubin %}
target triple = "nvptx64-nvidia-cuda"
; CHECK-LABEL: .entry seqcst(
; CHECK: fence.sc.sys;
; CHECK: atom.sys{{(.global)?}}.add.s32
; CHECK-NEXT: fence.acq_rel.sys;
define ptx_kernel void @seqcst(ptr %p, i32 %v) {
  %r = atomicrmw add ptr %p, i32 %v seq_cst
  ret void
}
; CHECK-LABEL: .entry release(
; CHECK: fence.acq_rel.sys;
; CHECK: atom.sys{{(.global)?}}.exch.b64
; CHECK-NOT: fence
; CHECK: ret;
define ptx_kernel void @release(ptr %p, ptr %v) {
  %r = atomicrmw xchg ptr %p, ptr %v release
  ret void
}
; CHECK-LABEL: .entry relaxed(
; CHECK-NOT: fence
; CHECK: atom.sys{{(.global)?}}.add.f32
; CHECK-NOT: fence
; CHECK: ret;
define ptx_kernel void @relaxed(ptr addrspace(1) %p, float %v) {
  %r = atomicrmw fadd ptr addrspace(1) %p, float %v monotonic
  ret void
}
; CHECK-LABEL: .entry unsigned(
; CHECK-NOT: fence
; CHECK: atom.sys.max.u32
; CHECK: fence.acq_rel.sys;
define ptx_kernel void @unsigned(ptr %p, i32 %v) {
  %r = atomicrmw umax ptr %p, i32 %v acquire
  ret void
}
; CHECK-LABEL: .entry block(
; CHECK: fence.acq_rel.cta;
; CHECK: atom{{(.cta)?}}{{(.global)?}}.add.u32
; CHECK-NEXT: fence.acq_rel.cta;
define ptx_kernel void @block(ptr %p, i32 %v) {
  %r = atomicrmw add ptr %p, i32 %v syncscope("block") acq_rel
  ret void
}
@s = internal addrspace(3) global i32 undef
; CHECK-LABEL: .entry shared(
; CHECK: fence.sc.sys;
; CHECK: atom.shared.add.u32
define ptx_kernel void @shared(i32 %v) {
  %r = atomicrmw sub ptr addrspace(3) @s, i32 %v seq_cst
  ret void
}
; CHECK-LABEL: .entry thread(
; CHECK-NOT: fence
; CHECK-NOT: membar
; CHECK: ret;
define ptx_kernel void @thread(ptr %p) {
  fence syncscope("singlethread") seq_cst
  %r = load atomic i32, ptr %p syncscope("singlethread") monotonic, align 4
  ret void
}
; CHECK-LABEL: .entry narrowed(
; CHECK: fence.sc.gpu;
; CHECK: atom{{(.gpu)?}}{{(.global)?}}.add.u32
; CHECK: fence.acq_rel.gpu;
define ptx_kernel void @narrowed(ptr %p, i32 %v) "cordon.device-scope" {
  %r = atomicrmw add ptr %p, i32 %v seq_cst
  ret void
}
; LLVM would widen these to one operation of a whole word, with the scope of the device.
; CHECK-LABEL: .entry byte(
; CHECK: fence.sc.sys;
; CHECK: atom.relaxed.sys{{(.global)?}}.cas.b32
; CHECK-NOT: .gpu
; CHECK-NOT: atom.{{(global.)?}}and
; CHECK: fence.acq_rel.sys;
; CHECK: ret;
define ptx_kernel void @byte(ptr %p, i8 %v) {
  %r = atomicrmw and ptr %p, i8 %v seq_cst
  ret void
}
; A thread's own memory needs neither fences nor atomics.
; CHECK-LABEL: .entry own(
; CHECK-NOT: {{fence|atom|relaxed|acquire|release}}
; CHECK: ret;
define ptx_kernel void @own(ptr addrspace(5) %p, float %v) {
  %r = atomicrmw fadd ptr addrspace(5) %p, float %v seq_cst
  %c = cmpxchg ptr addrspace(5) %p, i32 1, i32 2 seq_cst seq_cst
  %l = load atomic i32, ptr addrspace(5) %p acquire, align 4
  store atomic i32 %l, ptr addrspace(5) %p release, align 4
  ret void
}
