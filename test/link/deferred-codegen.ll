; A kernel that would be compiled at run time is refused, with the place.
; RUN: not %cordon-opt -passes=cordon-link-runtime -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: a kernel is left to be compiled when the program runs, {{.*}} in 'k' [deferred-codegen]
target triple = "nvptx64-nvidia-cuda"
declare ptr @deferred_codegen(i64)
define ptx_kernel void @k(ptr %out) {
  %p = call ptr @deferred_codegen(i64 1)
  store ptr %p, ptr %out
  ret void
}
