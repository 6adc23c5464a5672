; A load from shared memory on one path and from global memory on the other stay two loads of known memory. A copy of a constant
; and a byval argument, which become what they are copied from, are not taken for local memory.
; RUN: %cordon-opt -passes=cordon-early-address-spaces -verify-each -S %s -o - | FileCheck %s
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.off.ptx>' -cordon-no-early-address-spaces -disable-output %s
; RUN: FileCheck %s --check-prefix=OFF --input-file=%t.off.ptx
target triple = "nvptx64-nvidia-cuda"
@tile = addrspace(3) global [256 x float] undef, align 16

; CHECK-DAG: load float, ptr addrspace(3)
; CHECK-DAG: load float, ptr addrspace(1)
; PTX-DAG: ld.shared
; PTX-DAG: ld.global
; PTX-NOT: ld.b32
; OFF: ld.b32
define ptx_kernel void @choose(ptr %a, ptr %b, i32 %i, i32 %n) {
  %here = icmp ult i32 %i, %n
  %index = zext i32 %i to i64
  br i1 %here, label %inside, label %outside
inside:
  %p = getelementptr float, ptr addrspacecast (ptr addrspace(3) @tile to ptr), i64 %index
  %x = load float, ptr %p
  br label %done
outside:
  %q = getelementptr float, ptr %a, i64 %index
  %y = load float, ptr %q
  br label %done
done:
  %v = phi float [ %x, %inside ], [ %y, %outside ]
  store float %v, ptr %b
  ret void
}

; CHECK-LABEL: @copied
; CHECK-NOT: addrspace(5)
; PTX-LABEL: .entry copied
; PTX-NOT: ld.local
; PTX: ld.{{global|const}}{{.*}}b32
; PTX-NOT: ld.local
; PTX-LABEL: .entry callsByval
@table = private unnamed_addr constant [8 x i32] [i32 0, i32 4, i32 2, i32 6, i32 1, i32 5, i32 3, i32 7], align 4
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
define ptx_kernel void @copied(ptr %b, i64 %i) {
  %t = alloca [8 x i32], align 4
  call void @llvm.lifetime.start.p0(ptr %t)
  call void @llvm.memcpy.p0.p0.i64(ptr align 4 %t, ptr align 4 @table, i64 32, i1 false)
  %p = getelementptr i32, ptr %t, i64 %i
  %v = load i32, ptr %p
  store i32 %v, ptr %b
  call void @llvm.lifetime.end.p0(ptr %t)
  ret void
}
; CHECK-LABEL: @byval
; CHECK-NOT: addrspace(5)
; PTX-NOT: ld.local
%struct = type { [8 x i32] }
define internal i32 @byval(ptr byval(%struct) align 4 %s, i64 %i) memory(read) nounwind {
  %p = getelementptr i32, ptr %s, i64 %i
  %v = load i32, ptr %p
  ret i32 %v
}
; CHECK-LABEL: @callsByval
define ptx_kernel void @callsByval(ptr align 4 noalias readonly %a, ptr %b, i64 %i) {
  %v = call i32 @byval(ptr byval(%struct) align 4 %a, i64 %i)
  store i32 %v, ptr %b
  ret void
}
