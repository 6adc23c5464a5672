; Calls of libcudadevrt from every front end get the library's types, which nvlink compares, and CUDA 13's names.
; RUN: %cordon-opt -passes='cordon-link-runtime<arch=sm_90>' -verify-each -S %s -o %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes='cordon-link-runtime<arch=sm_90>' -S %t.ll -o %t2.ll
; RUN: sed 's/ *;.*//' %t.ll > %t.a && sed 's/ *;.*//' %t2.ll | diff %t.a -

target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

%dim3 = type { i32, i32, i32 }
declare i64 @cudaGetParameterBufferV2(i64, [3 x i32], [3 x i32], i32)
declare i32 @cudaLaunchDeviceV2(ptr, ptr)
declare ptr @__cudaCDP2GetParameterBufferV2(ptr, i64, i32, i64, i32, i32)
declare i32 @cudaLaunchDevice_ptsz(ptr, ptr, { i64, i32 }, [2 x i64], i32, ptr)
declare i32 @__cudaCDP2LaunchDevice(ptr, ptr, ptr byval(%dim3), ptr byval(%dim3), i32, ptr)
declare i32 @cudaMemset3DAsync({ ptr, i64, i64, i64 }, i32, ptr byval([3 x i64]), ptr)
declare i32 @cudaGetLastError()
declare i64 @cudaCGGetIntrinsicHandle(i32)

define ptx_kernel void @child(ptr %p) {
  ret void
}

; CHECK-LABEL: define ptx_kernel void @julia(
; CHECK: %[[P:.*]] = call ptr @__cudaCDP2GetParameterBufferV2(ptr @child, [3 x i32] [i32 1, i32 2, i32 3], [3 x i32] %b, i32 0)
; CHECK: ptrtoint ptr %[[P]] to i64
define ptx_kernel void @julia(ptr %out, [3 x i32] %b) {
  %p = call i64 @cudaGetParameterBufferV2(i64 ptrtoint (ptr @child to i64), [3 x i32] [i32 1, i32 2, i32 3], [3 x i32] %b, i32 0)
  store i64 %p, ptr %out
  ret void
}

; x86-64: the first half holds x and y.
; CHECK-LABEL: define ptx_kernel void @c(
; CHECK: trunc i64 %xy to i32
; CHECK: lshr i64 %xy, 32
; CHECK: call ptr @__cudaCDP2GetParameterBufferV2(ptr @child, [3 x i32] %{{.*}}, [3 x i32] [i32 32, i32 1, i32 1], i32 16)
; CHECK: call i32 @__cudaCDP2LaunchDeviceV2(ptr
; CHECK: call i32 @__cudaCDP2GetLastError()
define ptx_kernel void @c(ptr %out, i64 %xy, i32 %z) {
  %p = call ptr @__cudaCDP2GetParameterBufferV2(ptr @child, i64 %xy, i32 %z, i64 4294967328, i32 1, i32 16)
  %r = call i32 @cudaLaunchDeviceV2(ptr %p, ptr null)
  %e = call i32 @cudaGetLastError()
  store i32 %e, ptr %out
  ret void
}

; CHECK-LABEL: define ptx_kernel void @rust_arm_and_clang(
; CHECK: call i32 @__cordon_launch_buffer(ptr @child, ptr %p, i32 {{.*}}, i32 {{.*}}, i32 {{.*}}, i32 {{.*}}, i32 {{.*}}, i32 {{.*}}, i32 0, ptr null
; CHECK: call i32 @__cordon_launch_buffer(ptr @child, ptr %p, i32 {{.*}}, i32 {{.*}}, i32 {{.*}}, i32 {{.*}}, i32 {{.*}}, i32 {{.*}}, i32 0, ptr null
; CHECK: call i32 @__cudaCDP2Memset3DAsync([4 x i64] {{.*}}, i32 0, [3 x i64] {{.*}}, ptr null)
; CHECK: call ptr @cudaCGGetIntrinsicHandle(i32 1)
define ptx_kernel void @rust_arm_and_clang(ptr %p, { i64, i32 } %a, [2 x i64] %b, ptr byval(%dim3) %d, { ptr, i64, i64, i64 } %pitched, ptr byval([3 x i64]) %extent) {
  %r = call i32 @cudaLaunchDevice_ptsz(ptr @child, ptr %p, { i64, i32 } %a, [2 x i64] %b, i32 0, ptr null)
  %s = call i32 @__cudaCDP2LaunchDevice(ptr @child, ptr %p, ptr byval(%dim3) %d, ptr byval(%dim3) %d, i32 0, ptr null)
  %t = call i32 @cudaMemset3DAsync({ ptr, i64, i64, i64 } %pitched, i32 0, ptr byval([3 x i64]) %extent, ptr null)
  %h = call i64 @cudaCGGetIntrinsicHandle(i32 1)
  store i64 %h, ptr %p
  ret void
}

; CHECK-DAG: declare ptr @__cudaCDP2GetParameterBufferV2(ptr, [3 x i32], [3 x i32], i32)
; CHECK-DAG: define internal {{.*}}@__cordon_launch_buffer(
; CHECK-NOT: declare {{.*}}@cudaL
