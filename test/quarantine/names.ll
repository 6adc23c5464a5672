; Names that PTX does not allow are encoded reversibly, and registered as encoded; what is only declared keeps its name.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>' %s -S -o %t.h.ll
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s
; RUN: FileCheck %s --check-prefix=HOST < %t.h.ll

target triple = "x86_64-unknown-linux-gnu"

; A kernel that other objects know by an alias only is known by it on the device as well.
@exported = alias void (), ptr @impl

; CHECK: define ptx_kernel void @"_cordon$julia_f$2312"()
define ptx_kernel void @"julia_f#12"() {
  call void @"helper.1"()
  call void @"julia.gpu.runtime"()
  ret void
}
; CHECK: define ptx_kernel void @exported()
define internal ptx_kernel void @impl() {
  ret void
}
; CHECK: define ptx_kernel void @"_cordon$WARP_SZ"()
define ptx_kernel void @WARP_SZ() {
  ret void
}
; CHECK: declare void @julia.gpu.runtime()
declare void @"julia.gpu.runtime"()
; CHECK: define internal void @"_cordon$helper$2e1"()
define void @"helper.1"() {
  ret void
}
; HOST-DAG: !{!"kernel", ptr @"julia_f#12", !"_cordon$julia_f$2312", !"julia_f#12"}
; HOST-DAG: !{!"kernel", ptr @impl, !"exported", !"exported"}
; HOST-DAG: !{!"kernel", ptr @WARP_SZ, !"_cordon$WARP_SZ", !"WARP_SZ"}
