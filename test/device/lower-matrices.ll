; LLVM's matrix operations become vectors; the back end would not end on them.
; RUN: %cordon-opt -passes=cordon-lower-matrices -verify-each -S < %s > %t.ll
; RUN: FileCheck %s --implicit-check-not="call {{.*}}@llvm.matrix" < %t.ll
; RUN: %cordon-opt -passes=cordon-lower-matrices,cordon-lower-matrices -S < %s | diff %t.ll -
target triple = "nvptx64-nvidia-cuda"
; CHECK-LABEL: define ptx_kernel void @k(
; CHECK-COUNT-2: load <2 x float>
; CHECK: fmul
; CHECK: store <2 x float>
define ptx_kernel void @k(ptr %p) {
  %a = call <4 x float> @llvm.matrix.column.major.load.v4f32.i64(ptr %p, i64 2, i1 false, i32 2, i32 2)
  %t = call <4 x float> @llvm.matrix.transpose.v4f32(<4 x float> %a, i32 2, i32 2)
  %m = call <4 x float> @llvm.matrix.multiply.v4f32.v4f32.v4f32(<4 x float> %a, <4 x float> %t, i32 2, i32 2, i32 2)
  call void @llvm.matrix.column.major.store.v4f32.i64(<4 x float> %m, ptr %p, i64 2, i1 false, i32 2, i32 2)
  ret void
}
; CHECK-LABEL: define void @none(
; CHECK-NEXT: %x = alloca i32
define void @none() {
  %x = alloca i32
  ret void
}
declare <4 x float> @llvm.matrix.column.major.load.v4f32.i64(ptr, i64, i1, i32, i32)
declare <4 x float> @llvm.matrix.transpose.v4f32(<4 x float>, i32, i32)
declare <4 x float> @llvm.matrix.multiply.v4f32.v4f32.v4f32(<4 x float>, <4 x float>, i32, i32, i32)
declare void @llvm.matrix.column.major.store.v4f32.i64(<4 x float>, ptr, i64, i1, i32, i32)
