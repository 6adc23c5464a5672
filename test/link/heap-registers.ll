; A kernel that allocates, also through functions, can be launched with blocks of any size: ptxas would give it 200 registers.
; Bounds of its own stay, and so do kernels that only free.
; RUN: %cordon-opt -passes='cordon-link-runtime<arch=sm_90>' -S %s | FileCheck %s
; CHECK: define ptx_kernel void @allocates(ptr %p) {{.*}}#[[LIMITED:[0-9]+]] {
; CHECK: define ptx_kernel void @bounded(ptr %p) {{.*}}#[[BOUNDED:[0-9]+]] {
; CHECK: define ptx_kernel void @frees(ptr %p) {{.*}}#[[PLAIN:[0-9]+]] {
; CHECK-DAG: attributes #[[LIMITED]] = { {{.*}}"nvvm.maxnreg"="64"
; CHECK-DAG: attributes #[[BOUNDED]] = { "nvvm.maxntid"="128" }
; CHECK-NOT: attributes #[[PLAIN]] = { {{.*}}maxnreg
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
declare ptr @malloc(i64)
declare void @free(ptr)
define internal ptr @get(i64 %n) {
  %m = call ptr @malloc(i64 %n)
  ret ptr %m
}
define ptx_kernel void @allocates(ptr %p) #1 {
  %m = call ptr @get(i64 8)
  store ptr %m, ptr %p
  ret void
}
define ptx_kernel void @bounded(ptr %p) #0 {
  %m = call ptr @malloc(i64 8)
  store ptr %m, ptr %p
  ret void
}
define ptx_kernel void @frees(ptr %p) #2 {
  %m = load ptr, ptr %p
  call void @free(ptr %m)
  ret void
}
attributes #0 = { "nvvm.maxntid"="128" }
attributes #1 = { "a" }
attributes #2 = { "b" }
