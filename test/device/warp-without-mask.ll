; Shuffles and votes without a mask, which no architecture from sm_70 on has, are those with the mask of the active threads.
; RUN: %cordon-opt -passes='cordon-prepare-device' -S %s | FileCheck %s
; RUN: %if ptxas %{ %cordon-opt -passes='cordon<arch=sm_75:sm_90>' -disable-output %s %}
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
; CHECK-LABEL: @k(
; CHECK: %[[M:.*]] = call i32 @llvm.nvvm.activemask()
; CHECK: call float @llvm.nvvm.shfl.sync.down.f32(i32 %[[M]], float %f, i32 4, i32 31)
; CHECK: call { i32, i1 } @llvm.nvvm.shfl.sync.bfly.i32p(i32 {{.*}}, i32 %n, i32 1, i32 31)
; CHECK: call i32 @llvm.nvvm.vote.ballot.sync(i32 {{.*}}, i1 %p)
; CHECK: call i1 @llvm.nvvm.vote.all.sync(i32 {{.*}}, i1 %p)
; CHECK-NOT: @llvm.nvvm.vote.all(
define ptx_kernel void @k(ptr %out, float %f, i32 %n) {
  %p = icmp sgt i32 %n, 3
  %a = call float @llvm.nvvm.shfl.down.f32(float %f, i32 4, i32 31)
  %x = call { i32, i1 } @llvm.nvvm.shfl.bfly.i32p(i32 %n, i32 1, i32 31)
  %b = call i32 @llvm.nvvm.vote.ballot(i1 %p)
  %c = call i1 @llvm.nvvm.vote.all(i1 %p)
  %v = extractvalue { i32, i1 } %x, 0
  %s = add i32 %v, %b
  store float %a, ptr %out
  %q = getelementptr i8, ptr %out, i64 4
  store i32 %s, ptr %q
  %r = getelementptr i8, ptr %out, i64 8
  store i1 %c, ptr %r
  ret void
}
declare float @llvm.nvvm.shfl.down.f32(float, i32, i32)
declare { i32, i1 } @llvm.nvvm.shfl.bfly.i32p(i32, i32, i32)
declare i32 @llvm.nvvm.vote.ballot(i1)
declare i1 @llvm.nvvm.vote.all(i1)
