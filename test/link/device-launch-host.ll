; cudaLaunchKernel in device code goes through the runtime, which knows where each kernel's parameters are.
; RUN: %cordon-opt -passes='cordon-link-runtime<arch=sm_90>' -verify-each -S %s -o %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes='cordon-link-runtime<arch=sm_90>' -S %t.ll -o %t2.ll
; RUN: sed 's/ *;.*//' %t.ll > %t.a && sed 's/ *;.*//' %t2.ll | diff %t.a -

; Offset and size of each; @quiet is named by nobody.
; CHECK-DAG: @[[L:__cordon_layout.*]] = internal constant [9 x i32] [i32 4, i32 0, i32 8, i32 8, i32 1, i32 16, i32 24, i32 40, i32 2]
; CHECK-DAG: @__cordon_kernels = internal constant [2 x { ptr, ptr }] [{ ptr, ptr } { ptr @child, ptr @[[L]] }, { ptr, ptr } zeroinitializer]

target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

@llvm.used = appending global [1 x ptr] [ptr @quiet], section "llvm.metadata"

declare i32 @cudaLaunchKernel(ptr, i64, i32, i64, i32, ptr, i64, ptr)

define ptx_kernel void @child(ptr %p, i8 %c, ptr byval({ i64, i64, i8 }) align 8 %s, i16 %h) {
  ret void
}
define ptx_kernel void @quiet(ptr %p) {
  ret void
}

; CHECK-LABEL: define ptx_kernel void @parent(
; CHECK: call i32 @__cordon_launch_kernel(ptr @child, i32 %{{.*}}, i32 %{{.*}}, i32 %{{.*}}, i32 32, i32 1, i32 1, ptr %args, ptr %{{.*}}, ptr null)
define ptx_kernel void @parent(ptr %args, i64 %xy, i32 %z, i64 %shared) {
  %r = call i32 @cudaLaunchKernel(ptr @child, i64 %xy, i32 %z, i64 4294967328, i32 1, ptr %args, i64 %shared, ptr null)
  ret void
}

; CHECK-LABEL: define internal {{.*}}i32 @__cordon_launch_kernel(
; CHECK: call ptr @__cudaCDP2GetParameterBufferV2(ptr {{.*}}, [3 x i32] {{.*}}, [3 x i32] {{.*}}, i32
; CHECK: call i32 @__cudaCDP2LaunchDeviceV2(
