; clang writes CUDA's relaxed atomics as seq_cst: those of its own header, and an atomicrmw in what it compiled for a GPU, are
; relaxed and the device's. An order or scope that somebody chose stays, so does everything that other compilers wrote.
; RUN: %cordon-opt -passes=cordon-cuda-atomics -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-cuda-atomics,cordon-cuda-atomics -S < %s | diff %t.ll -
; RUN: %cordon-opt -passes=cordon-cuda-atomics -cordon-no-cuda-atomics -S < %s | FileCheck %s --check-prefix=OFF
; RUN: %cordon-opt -passes='cordon-prepare-device,cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
; A merge took the processor away, and the host launches with <<<>>>.
; RUN: sed -e 's/"target-cpu"="x86-64" //' %s > %t.merged.ll
; RUN: echo '!cordon.cuda = !{}' >> %t.merged.ll
; RUN: %cordon-opt -passes=cordon-cuda-atomics -S < %t.merged.ll | FileCheck %s --check-prefix=CUDA
; CUDA-LABEL: @foreign
; CUDA-NEXT: atomicrmw add ptr %p, i32 1 seq_cst
; CUDA-LABEL: @host
; CUDA-NEXT: atomicrmw add ptr %p, i32 1 syncscope("device") monotonic
; OFF-NOT: syncscope("device")
target triple = "nvptx64-nvidia-cuda"

; CHECK-LABEL: @_ZL12__iAtomicAddPii
; CHECK: atomicrmw add ptr %p, i32 %v syncscope("device") monotonic
define internal i32 @_ZL12__iAtomicAddPii(ptr %p, i32 %v) {
  %r = atomicrmw add ptr %p, i32 %v seq_cst
  ret i32 %r
}
; CHECK-LABEL: @_ZL12__iAtomicCASPiii
; CHECK: cmpxchg ptr %p, i32 %c, i32 %v syncscope("device") monotonic monotonic
define internal i32 @_ZL12__iAtomicCASPiii(ptr %p, i32 %c, i32 %v) {
  %x = cmpxchg ptr %p, i32 %c, i32 %v seq_cst seq_cst
  %r = extractvalue { i32, i1 } %x, 0
  ret i32 %r
}
; A program's own function, and one that others can call.
; CHECK-LABEL: @_ZL9iAtomicAddPii
; CHECK: atomicrmw add ptr %p, i32 %v seq_cst
define internal i32 @_ZL9iAtomicAddPii(ptr %p, i32 %v) {
  %r = atomicrmw add ptr %p, i32 %v seq_cst
  ret i32 %r
}
; CHECK-LABEL: @_Z12__iAtomicAddPii
; CHECK: atomicrmw add ptr %p, i32 %v seq_cst
define i32 @_Z12__iAtomicAddPii(ptr %p, i32 %v) {
  %r = atomicrmw add ptr %p, i32 %v seq_cst
  ret i32 %r
}
; CHECK-LABEL: @inlined
; CHECK-NEXT: atomicrmw add ptr %p, i32 1 syncscope("device") monotonic
; CHECK-NEXT: atomicrmw add ptr %p, i32 2 acq_rel
; CHECK-NEXT: atomicrmw add ptr %p, i32 3 syncscope("block") seq_cst
; CHECK-NEXT: cmpxchg ptr %p, i32 4, i32 5 seq_cst seq_cst
; PTX-LABEL: .entry inlined(
; PTX-NOT: fence
; PTX: .add.{{[su]}}32 {{.*}}, 1;
; PTX-NEXT: fence.acq_rel.sys;
; PTX: .add.u32
define ptx_kernel void @inlined(ptr %p) "target-cpu"="sm_90" "no-trapping-math"="true" {
  %a = atomicrmw add ptr %p, i32 1 seq_cst
  %b = atomicrmw add ptr %p, i32 2 acq_rel
  %c = atomicrmw add ptr %p, i32 3 syncscope("block") seq_cst
  %d = cmpxchg ptr %p, i32 4, i32 5 seq_cst seq_cst
  ret void
}
; Not clang's: other compilers mean what they say.
; CHECK-LABEL: @foreign
; CHECK-NEXT: atomicrmw add ptr %p, i32 1 seq_cst
define ptx_kernel void @foreign(ptr %p) "target-cpu"="sm_90" {
  %a = atomicrmw add ptr %p, i32 1 seq_cst
  ret void
}
; CHECK-LABEL: @host
; CHECK-NEXT: atomicrmw add ptr %p, i32 1 seq_cst
define ptx_kernel void @host(ptr %p) "target-cpu"="x86-64" "no-trapping-math"="true" {
  %a = atomicrmw add ptr %p, i32 1 seq_cst
  ret void
}
