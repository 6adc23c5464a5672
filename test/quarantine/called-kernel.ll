; Device code may call a kernel: it calls an internal copy, and the entry stays an entry.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>' %s -S -o %t.h.ll
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s
; RUN: FileCheck %s --check-prefix=HOST < %t.h.ll

target triple = "x86_64-unknown-linux-gnu"

; CHECK: @launched = internal constant [1 x ptr] [ptr @k]
@launched = internal constant [1 x ptr] [ptr @k]

; CHECK: define ptx_kernel void @k(ptr %p) #[[K:[0-9]+]]
; HOST: define void @k(ptr %p)
define ptx_kernel void @k(ptr %p) "nvvm.maxntid"="128" {
  store ptr @launched, ptr %p
  ret void
}

; CHECK: define ptx_kernel void @outer(
; CHECK: call void @k_cordon_body(ptr %p)
define ptx_kernel void @outer(ptr %p) {
  call ptx_kernel void @k(ptr %p)
  ret void
}
; CHECK: define internal void @k_cordon_body(ptr %p) #[[BODY:[0-9]+]]
; CHECK: attributes #[[K]] = { convergent "nvvm.maxntid"="128" }
; CHECK: attributes #[[BODY]] = { convergent }
