; The PTX version is what the code needs, also where LLVM does not know: many parameters, 16-byte compare-and-swap, and
; inline assembly, of which ptxas alone knows. A version that was asked for stays.
; REQUIRES: ptxas
; RUN: rm -rf %t && mkdir %t && split-file %s %t
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t/p.ptx>' -disable-output %t/parameters.ll
; RUN: FileCheck %s --check-prefix=V81 --input-file=%t/p.ptx
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t/c.ptx>' -disable-output %t/swap.ll
; RUN: FileCheck %s --check-prefix=V84 --input-file=%t/c.ptx
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t/a.ptx>' -disable-output %t/assembly.ll
; RUN: FileCheck %s --check-prefix=V86 --input-file=%t/a.ptx
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90:compute_90;output=%t/a.fatbin>' -disable-output %t/assembly.ll 2>&1 | count 0
; RUN: not %cordon-opt -passes='cordon-lower<arch=sm_90;ptx=8.0;emit=cubin;output=%t/a.cubin>' -disable-output %t/assembly.ll 2>&1 | FileCheck %s
; CHECK: requires PTX ISA .version 8.6
; V81: .version 8.1
; V84: .version 8.4
; V86: .version 8.6

;--- parameters.ll
target triple = "nvptx64-nvidia-cuda"
define ptx_kernel void @k(ptr byval([8000 x i8]) %p, ptr %q) {
  %v = load i8, ptr %p
  store i8 %v, ptr %q
  ret void
}
;--- swap.ll
target triple = "nvptx64-nvidia-cuda"
define ptx_kernel void @k(ptr %p) {
  %r = cmpxchg ptr %p, i128 0, i128 1 seq_cst seq_cst
  ret void
}
;--- assembly.ll
target triple = "nvptx64-nvidia-cuda"
define ptx_kernel void @k(ptr %p) {
  call void asm sideeffect "fence.proxy.async::generic.acquire.sync_restrict::shared::cluster.cluster;", ""()
  ret void
}
