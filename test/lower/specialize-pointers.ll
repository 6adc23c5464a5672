; Loads and stores of tiles get the address space that their pointer comes from, through structure members, casts, selections
; and loops; where it comes from several, or from nowhere known, it stays generic. Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-specialize-pointers -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll
; RUN: %cordon-opt -passes=cordon-specialize-pointers,cordon-specialize-pointers -S %s | diff %t.ll -
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t.off.ptx>' -cordon-no-specialize-pointers -disable-output %s
; RUN: FileCheck %s --check-prefix=OFF --input-file=%t.off.ptx
target triple = "nvptx64-nvidia-cuda"
declare { i32, i32, i32, i32 } @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16.p0(ptr)
declare void @llvm.nvvm.wmma.m16n16k16.store.d.row.stride.f32.p0(ptr, float, float, float, float, float, float, float, float, i32)
@tile = internal addrspace(3) global [256 x i32] undef, align 16
; OFF-NOT: .shared.b16
; OFF-NOT: .global.f32

; CHECK-LABEL: @kernel
; CHECK: call {{.*}} @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16.p3(
; CHECK: call void @llvm.nvvm.wmma.m16n16k16.store.d.row.stride.f32.p1(
; PTX-LABEL: .entry kernel(
; PTX: ldmatrix.sync.aligned.m8n8.x4.shared.b16
; PTX: wmma.store.d.sync.aligned.row.m16n16k16.global.f32
define ptx_kernel void @kernel(ptr %p, i64 %i, i1 %c, float %v, i32 %n) {
entry:
  %t = getelementptr i32, ptr addrspacecast (ptr addrspace(3) @tile to ptr), i64 %i
  br label %loop
loop:
  %k = phi i32 [ 0, %entry ], [ %next, %loop ]
  %at = phi ptr [ %t, %entry ], [ %on, %loop ]
  %to = phi ptr [ %p, %entry ], [ %far, %loop ]
  %r = call { i32, i32, i32, i32 } @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16.p0(ptr %at)
  %w = extractvalue { i32, i32, i32, i32 } %r, 0
  %s = select i1 %c, ptr %to, ptr %p
  call void @llvm.nvvm.wmma.m16n16k16.store.d.row.stride.f32.p0(ptr %s, float %v, float %v, float %v, float %v, float %v, float %v, float %v, float %v, i32 %w)
  %on = getelementptr i32, ptr %at, i64 64
  %far = getelementptr i32, ptr %to, i64 64
  %next = add i32 %k, 1
  %more = icmp ult i32 %next, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}
; CHECK-LABEL: @mixed
; CHECK: ldmatrix.sync.aligned.m8n8.x4.b16.p0(
; CHECK: ldmatrix.sync.aligned.m8n8.x4.b16.p0(
; CHECK: ldmatrix.sync.aligned.m8n8.x4.b16.p0(
define ptx_kernel void @mixed(ptr %p, i1 %c) {
  %s = select i1 %c, ptr %p, ptr addrspacecast (ptr addrspace(3) @tile to ptr)
  %a = call { i32, i32, i32, i32 } @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16.p0(ptr %s)
  %q = load ptr, ptr %p
  %b = call { i32, i32, i32, i32 } @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16.p0(ptr %q)
  %d = call { i32, i32, i32, i32 } @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16.p0(ptr null)
  ret void
}
; CHECK-LABEL: @function
; CHECK: ldmatrix.sync.aligned.m8n8.x4.b16.p0(
define void @function(ptr %p) {
  %a = call { i32, i32, i32, i32 } @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16.p0(ptr %p)
  ret void
}
