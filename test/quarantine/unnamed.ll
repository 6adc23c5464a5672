; Kernels without a name get one, which the PTX and the entry share; functions that were merged from a device compilation
; lose its processor.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S -o %t.h.ll
; RUN: FileCheck %s < %t.h.ll
; RUN: llc -filetype=null %t.h.ll
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s --check-prefix=DEVICE
; CHECK-NOT: sm_90
; CHECK: define internal void @[[A:cordon_unnamed[.0-9]*]](ptr
; CHECK-NOT: sm_90
; CHECK: define internal void @[[B:cordon_unnamed[.0-9]*]](ptr
; CHECK-NOT: sm_90
; CHECK: !{!"kernel", ptr @[[A]], !"[[PA:.*]]", !"[[A]]"}
; CHECK: !{!"kernel", ptr @[[B]], !"[[PB:.*]]", !"[[B]]"}
; DEVICE: define ptx_kernel void @[[A:[^(]*unnamed[^(]*]](
; DEVICE-NEXT: store i32 1
; DEVICE: define ptx_kernel void
; DEVICE-NOT: @[[A]](
; DEVICE-NEXT: store i32 2

target triple = "x86_64-unknown-linux-gnu"

define ptx_kernel void @0(ptr %p) "target-cpu"="sm_90" "target-features"="+ptx80,+sm_90" {
  store i32 1, ptr %p
  ret void
}
define internal ptx_kernel void @1(ptr %p) "target-cpu"="sm_90" "target-features"="+ptx80,+sm_90" {
  store i32 2, ptr %p
  ret void
}
define i32 @both(i32 %x) "target-cpu"="sm_90" "target-features"="+ptx80,+sm_90" {
  %y = add i32 %x, 1
  ret i32 %y
}
