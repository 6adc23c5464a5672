; The driver cannot link libcudadevrt to PTX: a fat binary of kernels that launch kernels has cubins alone.
; REQUIRES: ptxas, nvlink, cudadevrt, fatbinary
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_75:sm_90;output=%t.fatbin>' -disable-output %s
; RUN: not grep -a -q '.version 8.0' %t.fatbin
; RUN: not %cordon-opt -passes='cordon-lower<arch=sm_75:compute_90;output=%t.no>' -disable-output %s 2>&1 | FileCheck %s
; RUN: %cordon-opt -passes='cordon-lower<arch=compute_90;emit=ptx;output=%t.ptx>' -disable-output %s 2>&1
; CHECK: error: cordon: kernels that launch kernels are linked with libcudadevrt, and the driver cannot do that to PTX when it loads it; use arch=sm_90 instead of compute_90

target triple = "nvptx64-nvidia-cuda"

declare i32 @__cudaCDP2LaunchDeviceV2(ptr, ptr)

define ptx_kernel void @parent(ptr %out) {
  %r = call i32 @__cudaCDP2LaunchDeviceV2(ptr %out, ptr null)
  ret void
}
