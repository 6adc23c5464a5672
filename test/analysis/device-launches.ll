; A function that device code launches is a kernel; one that launches itself is no host stub there.
; RUN: not %cordon-opt -passes=cordon-detect -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: function 'child' is launched as a GPU kernel in 'child' [kernel-in-host]
; CHECK: error: function 'grow' is launched as a GPU kernel in 'grow' [kernel-in-host]
; CHECK-NOT: 'not_launched'

target triple = "x86_64-unknown-linux-gnu"

declare ptr @cudaGetParameterBufferV2(ptr, i64, i32, i64, i32, i32)
declare i32 @cudaLaunchDevice(ptr, ptr, i64, i32, i64, i32, i32, ptr)

define void @child() {
  ret void
}
define void @not_launched() {
  ret void
}
define void @grow() {
  %p = call ptr @cudaGetParameterBufferV2(ptr @grow, i64 1, i32 1, i64 1, i32 1, i32 0)
  %k = alloca ptr
  store ptr @child, ptr %k
  %f = load ptr, ptr %k
  %r = call i32 @cudaLaunchDevice(ptr %f, ptr %p, i64 1, i32 1, i64 1, i32 1, i32 0, ptr null)
  ret void
}
