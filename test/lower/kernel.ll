; A kernel becomes an entry of the PTX, also when it is internal, and the folded __CUDA_ARCH is the architecture's.
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;arch=sm_90;output=%t.ptx>' -verify-each -disable-output %s
; RUN: FileCheck %s --input-file=%t.ptx
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;arch=compute_80;output=%t.80.ptx>' -disable-output %s
; RUN: FileCheck %s --input-file=%t.80.ptx --check-prefix=SM80

target triple = "nvptx64-nvidia-cuda"

declare i32 @__nvvm_reflect(ptr)
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
@arch = private constant [12 x i8] c"__CUDA_ARCH\00"

; CHECK: .version 8.0
; CHECK: .target sm_90
; CHECK: .visible .entry scale(
; CHECK: %tid.x
; CHECK: st.global{{.*}}, 900;
; SM80: .target sm_80
; SM80: .visible .entry scale(
; SM80: st.global{{.*}}, 800;
define internal ptx_kernel void @scale(ptr %out) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %a = call i32 @__nvvm_reflect(ptr @arch)
  %p = getelementptr i32, ptr %out, i32 %t
  store i32 %a, ptr %p
  ret void
}
