; What cannot be launched from the device is said for each call.
; RUN: not %cordon-opt -passes='cordon-link-runtime<arch=sm_90>' -disable-output %s 2>&1 | FileCheck %s

; CHECK: error: 'cudaMalloc' is called as 'i32 (ptr, i32)', but libcudadevrt defines it as 'i32 (ptr, ptr)' in 'types' [runtime-signature]
; CHECK: error: a kernel cannot wait for those that it launches: CUDA 12 took 'cudaDeviceSynchronize' out of device code; launch what comes after them into the stream cudaStreamTailLaunch, (cudaStream_t)3 in 'waits' [unresolved-device-symbol]
; CHECK: error: 'function' is launched from the device and is no kernel; mark it as one (cordon.kernel, __global__) in 'wrong' [kernel-signature]

target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

declare i32 @cudaDeviceSynchronize()
declare ptr @cudaGetParameterBufferV2(ptr, [3 x i32], [3 x i32], i32)
declare i32 @cudaMalloc(ptr, i32)

define void @function() {
  ret void
}
define ptx_kernel void @waits() {
  %r = call i32 @cudaDeviceSynchronize()
  ret void
}
define ptx_kernel void @wrong(ptr %out) {
  %p = call ptr @cudaGetParameterBufferV2(ptr @function, [3 x i32] [i32 1, i32 1, i32 1], [3 x i32] [i32 1, i32 1, i32 1], i32 0)
  store ptr %p, ptr %out
  ret void
}
define ptx_kernel void @types(ptr %out) {
  %r = call i32 @cudaMalloc(ptr %out, i32 8)
  ret void
}
