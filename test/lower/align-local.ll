; Local arrays of 16 bytes and more are aligned to 16, so that four elements are one access. Small ones, and those aligned further,
; stay. Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-align-local -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll
; RUN: %cordon-opt -passes='cordon-align-local,cordon-align-local' -S %s -o - | cmp - %t.ll
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.off.ptx>' -cordon-no-align-local -disable-output %s
; RUN: FileCheck %s --check-prefix=OFF --input-file=%t.off.ptx
target triple = "nvptx64-nvidia-cuda"

; CHECK: alloca [16 x float], align 16
; CHECK: alloca [64 x i8], align 32
; CHECK: alloca i32, align 4
; PTX: st.local.v4
; OFF-NOT: st.local.v4
define ptx_kernel void @f(ptr %a, i64 %i) {
  %array = alloca [16 x float], align 4
  %bytes = alloca [64 x i8], align 32
  %word = alloca i32, align 4
  store volatile i8 1, ptr %bytes
  store volatile i32 1, ptr %word
  %p1 = getelementptr i8, ptr %array, i64 4
  %p2 = getelementptr i8, ptr %array, i64 8
  %p3 = getelementptr i8, ptr %array, i64 12
  store float 1.0, ptr %array
  store float 2.0, ptr %p1
  store float 3.0, ptr %p2
  store float 4.0, ptr %p3
  %p = getelementptr float, ptr %array, i64 %i
  %v = load float, ptr %p
  store float %v, ptr %a
  ret void
}
