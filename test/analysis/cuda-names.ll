; Names that host CUDA and cudadevrt share are the host's, unless the module uses a cudadevrt-only name.
; RUN: split-file %s %t
; RUN: %cordon-opt -passes="cordon-detect<format=json>" -disable-output %t/host.ll | FileCheck %s --check-prefix=HOST
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %t/device.ll | FileCheck %s --check-prefix=DEVICE
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %t/both.ll | FileCheck %s --check-prefix=BOTH
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %t/push.ll | FileCheck %s --check-prefix=BOTH
; HOST: "deviceOnly": [],
; DEVICE: "deviceOnly": [
; DEVICE-NEXT: "launches",
; DEVICE-NEXT: "syncs"
; DEVICE-NEXT: ],
; DEVICE: "unresolved": [
; DEVICE-NEXT: "cudaDeviceSynchronize",
; DEVICE-NEXT: "cudaGetParameterBuffer"
; DEVICE-NEXT: ],
; BOTH: "deviceOnly": [
; BOTH-NEXT: "launches"
; BOTH-NEXT: ],
; BOTH: "unresolved": [
; BOTH-NEXT: "cudaGetParameterBuffer"
; BOTH-NEXT: ],

;--- host.ll
target triple = "x86_64-unknown-linux-gnu"
declare i32 @cudaDeviceSynchronize()
declare i32 @cudaMalloc(ptr, i64)
define void @host(ptr %p) {
  %a = call i32 @cudaMalloc(ptr %p, i64 8)
  %r = call i32 @cudaDeviceSynchronize()
  ret void
}
;--- device.ll
target triple = "x86_64-unknown-linux-gnu"
declare i32 @cudaDeviceSynchronize()
declare ptr @cudaGetParameterBuffer(i64, i64)
define void @launches() {
  %r = call ptr @cudaGetParameterBuffer(i64 8, i64 8)
  ret void
}
define void @syncs() {
  %r = call i32 @cudaDeviceSynchronize()
  ret void
}
;--- both.ll
target triple = "x86_64-unknown-linux-gnu"
declare i32 @cudaDeviceSynchronize()
declare ptr @cudaGetParameterBuffer(i64, i64)
declare ptr @__cudaRegisterFatBinary(ptr)
define void @launches() {
  %r = call ptr @cudaGetParameterBuffer(i64 8, i64 8)
  ret void
}
define void @host() {
  %r = call i32 @cudaDeviceSynchronize()
  %h = call ptr @__cudaRegisterFatBinary(ptr null)
  ret void
}
;--- push.ll
target triple = "x86_64-unknown-linux-gnu"
declare i32 @cudaDeviceSynchronize()
declare ptr @cudaGetParameterBuffer(i64, i64)
declare i32 @__cudaPushCallConfiguration(i64, i32, i64, i32, i64, ptr)
define void @launches() {
  %r = call ptr @cudaGetParameterBuffer(i64 8, i64 8)
  ret void
}
define void @host(ptr %kernel) {
  %r = call i32 @cudaDeviceSynchronize()
  %h = call i32 @__cudaPushCallConfiguration(i64 1, i32 1, i64 1, i32 1, i64 0, ptr null)
  call void %kernel()
  ret void
}
