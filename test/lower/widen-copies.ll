; Small blocks that are aligned to 16 are copied and filled 16 bytes at a time; all loads come first. Others are not touched.
; RUN: %cordon-opt -passes=cordon-widen-copies -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-widen-copies,cordon-widen-copies -S < %s | diff %t.ll -
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.off.ptx>' -cordon-no-widen-copies -disable-output %s
; RUN: FileCheck %s --check-prefix=OFF --input-file=%t.off.ptx
; OFF-NOT: v4
target triple = "nvptx64-nvidia-cuda"
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)

; CHECK-LABEL: @wide
; CHECK-NEXT: load <4 x i32>, ptr %b, align 16
; CHECK-NEXT: getelementptr inbounds i8, ptr %b, i64 16
; CHECK-NEXT: load <4 x i32>
; CHECK-NEXT: store <4 x i32> {{.*}}, ptr %a, align 16
; CHECK-NEXT: getelementptr inbounds i8, ptr %a, i64 16
; CHECK-NEXT: store <4 x i32>
; CHECK-NEXT: load <4 x i32>
; CHECK-NEXT: store <4 x i32>
; CHECK-NEXT: store <4 x i32> splat (i32 16843009), ptr %b, align 16
; CHECK-NEXT: ret void
; PTX-LABEL: .entry wide(
; PTX: ld.{{.*}}v4.b32
; PTX: st.{{.*}}v4.b32
define ptx_kernel void @wide(ptr %a, ptr %b) {
  call void @llvm.memcpy.p0.p0.i64(ptr align 16 %a, ptr align 16 %b, i64 32, i1 false)
  call void @llvm.memmove.p0.p0.i64(ptr align 16 %b, ptr align 32 %a, i64 16, i1 false)
  call void @llvm.memset.p0.i64(ptr align 16 %b, i8 1, i64 16, i1 false)
  ret void
}
; CHECK-LABEL: @left
; CHECK-NOT: <4 x i32>
; CHECK: ret void
define ptx_kernel void @left(ptr %a, ptr %b, i64 %n, i8 %v) {
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %a, ptr align 16 %b, i64 32, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr align 16 %a, ptr align 8 %b, i64 32, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr align 16 %a, ptr align 16 %b, i64 24, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr align 16 %a, ptr align 16 %b, i64 256, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr align 16 %a, ptr align 16 %b, i64 %n, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr align 16 %a, ptr align 16 %b, i64 16, i1 true)
  call void @llvm.memset.p0.i64(ptr align 16 %a, i8 %v, i64 32, i1 false)
  ret void
}
