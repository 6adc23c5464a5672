; Invokes become calls; landing pads and the personality are gone, also from the PTX.
; RUN: %cordon-opt -passes=cordon-lower-exceptions -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-lower-exceptions,cordon-lower-exceptions -S < %s | diff %t.ll -
; RUN: %cordon-opt -passes=cordon-prepare-device %s | llc -mcpu=sm_75 | FileCheck --check-prefix=PTX %s
target triple = "nvptx64-nvidia-cuda"
; CHECK: define ptx_kernel void @k(ptr %p) {
; CHECK: call void @f(ptr %p)
; CHECK-NEXT: br label %ok
; CHECK-NOT: landingpad
; PTX-NOT: __gxx_personality_v0
; PTX-NOT: cleanup
define ptx_kernel void @k(ptr %p) personality ptr @__gxx_personality_v0 {
  invoke void @f(ptr %p) to label %ok unwind label %bad
ok:
  ret void
bad:
  %l = landingpad { ptr, i32 } cleanup
  call void @cleanup(ptr %p)
  resume { ptr, i32 } %l
}
define internal void @f(ptr %p) noinline {
  store i32 1, ptr %p
  ret void
}
declare void @cleanup(ptr)
declare i32 @__gxx_personality_v0(...)
