; Shared variables of 16 bytes and more, and dynamic shared memory, are aligned to 16; a copy of 16 bytes into a row of halves is
; one store. Small ones, and other memory, stay as declared.
; RUN: %cordon-opt -passes=cordon-align-shared -verify-each -S %s -o - | FileCheck %s
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.off.ptx>' -cordon-no-align-shared -disable-output %s
; RUN: FileCheck %s --check-prefix=OFF --input-file=%t.off.ptx
target triple = "nvptx64-nvidia-cuda"

; CHECK: @tile = addrspace(3) global [64 x [80 x half]] undef, align 16
; CHECK: @dynamic = external addrspace(3) global [0 x half], align 16
; CHECK: @small = addrspace(3) global i32 undef, align 4
; CHECK: @large = addrspace(3) global [64 x float] undef, align 32
; CHECK: @elsewhere = addrspace(1) global [64 x i16] zeroinitializer, align 2
@tile = addrspace(3) global [64 x [80 x half]] undef, align 2
@dynamic = external addrspace(3) global [0 x half], align 2
@small = addrspace(3) global i32 undef, align 4
@large = addrspace(3) global [64 x float] undef, align 32
@elsewhere = addrspace(1) global [64 x i16] zeroinitializer, align 2

; PTX: st.shared.v4
; PTX-NOT: st.shared.b16
; PTX: st.shared.v4
; OFF: st.shared.b16
define ptx_kernel void @copies(ptr %a, i64 %row) {
  %p = getelementptr [80 x half], ptr addrspacecast (ptr addrspace(3) @tile to ptr), i64 %row
  call void @llvm.memcpy.p0.p0.i64(ptr align 2 %p, ptr align 16 %a, i64 16, i1 false)
  %q = getelementptr [80 x half], ptr addrspacecast (ptr addrspace(3) @dynamic to ptr), i64 %row
  call void @llvm.memcpy.p0.p0.i64(ptr align 2 %q, ptr align 16 %a, i64 16, i1 false)
  store i32 1, ptr addrspace(3) @small
  store i16 1, ptr addrspace(1) @elsewhere
  store float 1.0, ptr addrspace(3) @large
  ret void
}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
