; CUDA's header defines __cudaCDP2Malloc to fail where it is not told of relocatable code. In a module that launches from
; the device the library's is meant: the memory is given back with the library's cudaFree.
; RUN: %cordon-opt -passes='cordon-link-runtime<arch=sm_90>' -S %s | FileCheck %s
; RUN: sed -e /LaunchDevice/d %s | %cordon-opt -passes='cordon-link-runtime<arch=sm_90>' -S | FileCheck %s --check-prefix=ALONE
; CHECK: declare i32 @__cudaCDP2Malloc(
; ALONE-NOT: declare i32 @__cudaCDP2Malloc(
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
declare i32 @__cudaCDP2LaunchDeviceV2(ptr, ptr)
define internal i32 @__cudaCDP2Malloc(ptr %p, i64 %n) {
  ret i32 999
}
define ptx_kernel void @k(ptr %p) {
  %r = call i32 @__cudaCDP2Malloc(ptr %p, i64 8)
  store i32 %r, ptr %p
  %l = call i32 @__cudaCDP2LaunchDeviceV2(ptr %p, ptr null)
  ret void
}
