; A call of a function here with another type than it has is refused where the bits differ.
; RUN: not %cordon-opt -passes=cordon-prepare-device -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: 'f' is called with another type than it has{{.*}} in 'k' [runtime-signature]
; CHECK: 1 error
target triple = "x86_64-unknown-linux-gnu"
define internal i32 @f(i32 %a, ptr %p) {
  ret i32 %a
}
define ptx_kernel void @k(ptr %p, float %x, i64 %q) {
  %a = call i32 @f(float %x, ptr %p)
  store i32 %a, ptr %p
  call void @f(i32 1, i64 %q)
  %b = call i32 (...) @f(i32 1, ptr %p)
  ret void
}
