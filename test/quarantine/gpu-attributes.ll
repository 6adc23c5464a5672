; A function that was compiled for a GPU before its module was merged names that GPU: its stub does not, since the host's
; back end knows no such processor. On the device side the name stays, for repairs that ask where code comes from.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.bc>' -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll
; RUN: llvm-dis %t.bc -o - | FileCheck %s --check-prefix=DEVICE
; RUN: llc %t.ll -o %t.s 2>&1 | count 0
; CHECK-NOT: sm_90
; CHECK-NOT: ptx88
; CHECK: "target-cpu"="x86-64"
; DEVICE: "target-cpu"="sm_90"
target triple = "x86_64-unknown-linux-gnu"
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
define ptx_kernel void @kernel(ptr %p) #0 {
  %i = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  store i32 %i, ptr %p
  ret void
}
define i32 @device() #0 {
  %i = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  ret i32 %i
}
define i32 @main() #1 {
  ret i32 0
}
attributes #0 = { "target-cpu"="sm_90" "target-features"="+ptx88,+sm_90" }
attributes #1 = { "target-cpu"="x86-64" }
