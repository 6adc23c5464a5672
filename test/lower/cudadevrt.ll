; A kernel that launches kernels is linked with libcudadevrt, and only then.
; REQUIRES: ptxas, nvlink, cudadevrt
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=cubin;output=%t.cubin>' -disable-output %s
; RUN: llvm-readelf -s %t.cubin | FileCheck %s
; CHECK: FUNC {{.*}} parent

target triple = "nvptx64-nvidia-cuda"

declare ptr @cudaGetParameterBufferV2(ptr, [3 x i32], [3 x i32], i32)
declare i32 @cudaLaunchDeviceV2(ptr, ptr)

define ptx_kernel void @child(ptr %out) {
  store i32 1, ptr %out
  ret void
}

define ptx_kernel void @parent(ptr %out) {
  %b = call ptr @cudaGetParameterBufferV2(ptr @child, [3 x i32] [i32 1, i32 1, i32 1], [3 x i32] [i32 1, i32 1, i32 1], i32 0)
  store ptr %out, ptr %b
  %r = call i32 @cudaLaunchDeviceV2(ptr %b, ptr null)
  ret void
}
