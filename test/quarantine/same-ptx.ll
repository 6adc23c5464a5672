; Kernels taken out of a mixed module give the PTX that the same kernels give when they are compiled for NVPTX directly.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>' %s -o /dev/null
; RUN: opt -passes='default<O2>' %t.d.bc -o %t.o2.bc
; RUN: llc -mcpu=sm_90 -mattr=+ptx83 %t.o2.bc -o %t.split.ptx
; RUN: opt -passes='default<O2>' %S/Inputs/direct.ll -o %t.direct.bc
; RUN: llc -mcpu=sm_90 -mattr=+ptx83 %t.direct.bc -o %t.direct.ptx
; RUN: diff %t.split.ptx %t.direct.ptx
; RUN: FileCheck %s < %t.split.ptx
; CHECK: .visible .entry reduce(
; CHECK: shfl.sync.bfly
; CHECK: .visible .entry scale(

target triple = "x86_64-unknown-linux-gnu"

@factor = internal constant [4 x float] [float 1.0, float 2.0, float 3.0, float 4.0]
@tile = internal addrspace(3) global [32 x float] undef, align 4

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare float @llvm.nvvm.shfl.sync.bfly.f32(i32, float, i32, i32)
declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)

define i32 @host(i32 %x) {
  ret i32 %x
}

define ptx_kernel void @reduce(ptr %p) "target-cpu"="x86-64" {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %q = getelementptr float, ptr %p, i32 %t
  %v = load float, ptr %q
  %s = call float @sum(float %v)
  %l = getelementptr [32 x float], ptr addrspace(3) @tile, i32 0, i32 %t
  store float %s, ptr addrspace(3) %l
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %w = load float, ptr addrspace(3) @tile
  store float %w, ptr %q
  ret void
}

define linkonce_odr float @sum(float %v) {
  %a = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %v, i32 16, i32 31)
  %b = fadd float %v, %a
  ret float %b
}

define internal ptx_kernel void @scale(ptr %p) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %i = and i32 %t, 3
  %f = getelementptr [4 x float], ptr @factor, i32 0, i32 %i
  %v = load float, ptr %f
  %q = getelementptr float, ptr %p, i32 %t
  store float %v, ptr %q
  ret void
}
