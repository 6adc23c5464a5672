; A load from shared memory on one path and from global memory on the other stay two loads of known memory.
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
