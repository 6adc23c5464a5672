; A kernel that takes structs by value and is called through a pointer, without clang's stub of it: host code points to a
; stub with the calls' arguments, which x86-64 passes in registers, leaves out if they are empty, or gives by address.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.bc>,verify' %s -S | FileCheck %s
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%pair = type { ptr, i32 }
%floats = type { float, float, float }
%empty = type { i8 }
%two = type { ptr, ptr }
%padded = type { ptr, float, [4 x i8] }
%big = type { [3 x i64] }

@table = global [2 x ptr] [ptr @kernel, ptr @plain]
; CHECK: @table = global [2 x ptr] [ptr @cordon.launch.kernel, ptr @plain]

declare i32 @__cudaPushCallConfiguration(i64, i32, i64, i32, i64, ptr)

define ptx_kernel void @kernel(ptr byval(%pair) align 8 %a, i32 %n, ptr byval(%empty) align 1 %op, ptr byval(%floats) align 4 %f, ptr byval(%big) align 8 %b, ptr byval(%big) align 8 %c) {
  %p = load ptr, ptr %a
  store i32 %n, ptr %p
  ret void
}

define ptx_kernel void @filler(i64 %n, ptr byval(%padded) align 8 %f) {
  %p = load ptr, ptr %f
  store i64 %n, ptr %p
  ret void
}

define ptx_kernel void @empties(i64 %n, ptr byval(%empty) align 1 %op, ptr byval(%two) align 8 %t, ptr byval(%two) align 8 %a) {
  ret void
}

define ptx_kernel void @plain(ptr %p, ptr byval(%big) align 8 %b) {
  store i32 1, ptr %p
  ret void
}

; CHECK-LABEL: define void @host(
; CHECK: %k = load ptr, ptr %which
; CHECK: select i1 %c, ptr @plain, ptr @cordon.launch.kernel
define void @host(ptr %which, i1 %c, ptr %p, ptr %b) {
  %r = call i32 @__cudaPushCallConfiguration(i64 1, i32 1, i64 1, i32 1, i64 0, ptr null)
  %k = load ptr, ptr %which
  call void %k(ptr %p, i32 7, i32 3, <2 x float> zeroinitializer, float 1.0, ptr byval(%big) align 8 %b, ptr %b)
  call void %k(i64 5, ptr %p, float 2.0)
  call void %k(i64 6, ptr %p, ptr %p, ptr %b)
  %l = select i1 %c, ptr @plain, ptr @kernel
  call void %l(ptr %p, ptr byval(%big) align 8 %b)
  ret void
}

; CHECK-LABEL: define internal void @cordon.launch.kernel(
; CHECK-SAME: ptr %[[A0:[0-9]+]], i32 %[[A1:[0-9]+]], i32 %[[N:[0-9]+]], <2 x float> %[[F0:[0-9]+]], float %[[F1:[0-9]+]], ptr byval(%big) align 8 %[[B:[0-9]+]], ptr %[[C:[0-9]+]])
; CHECK: %[[A:[0-9]+]] = alloca [16 x i8], align 16
; CHECK: store ptr %[[A0]], ptr
; CHECK: %[[UP:[0-9]+]] = getelementptr inbounds i8, ptr %[[A]], i32 8
; CHECK: store i32 %[[A1]], ptr %[[UP]]
; CHECK: store <2 x float> %[[F0]], ptr
; CHECK: store float %[[F1]], ptr
; CHECK: store ptr %[[B]], ptr
; CHECK: store ptr %[[C]], ptr
; CHECK: call i32 @__cudaPopCallConfiguration(
; CHECK: call i32 @cudaLaunchKernel(ptr @kernel,
; CHECK-LABEL: define internal void @cordon.launch.filler(i64 %0, ptr %1, float %2)

; Not: the first address in the empty struct.
; CHECK-LABEL: define internal void @cordon.launch.empties(i64 %0, ptr %1, ptr %2, ptr %3)
; CHECK: alloca [16 x i8], align 16
; CHECK-NEXT: %[[T:[0-9]+]] = alloca [16 x i8], align 16
; CHECK: store ptr %1, ptr
; CHECK: getelementptr inbounds i8, ptr %[[T]], i32 8
; CHECK: store ptr %2, ptr
; CHECK: store ptr %3, ptr

; CHECK-DAG: !{!"kernel", ptr @kernel, !"kernel", !"kernel"}
; CHECK-DAG: !{!"kernel", ptr @cordon.launch.kernel, !"kernel", !"kernel"}
; CHECK-DAG: !{!"kernel", ptr @plain, !"plain", !"plain"}
