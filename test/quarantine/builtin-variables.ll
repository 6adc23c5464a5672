; flang names CUDA Fortran's indices by variables that nobody defines, and counts threads and blocks from 1.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.bc>' -disable-output %s
; RUN: opt -passes=sroa,verify -S %t.bc | FileCheck %s
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
%dim3 = type { i32, i32, i32 }
@_QM__fortran_builtinsE__builtin_threadidx = external global %dim3
@_QM__fortran_builtinsE__builtin_blockidx = external global %dim3
@_QM__fortran_builtinsE__builtin_blockdim = external global %dim3
@_QM__fortran_builtinsE__builtin_griddim = external global %dim3

; CHECK-NOT: fortran_builtins
; CHECK-LABEL: define ptx_kernel void @_QMkernelsPscale(
; CHECK-DAG: %[[GRID:.*]] = call {{.*}}i32 @llvm.nvvm.read.ptx.sreg.nctaid.z()
; CHECK-DAG: %[[DIM:.*]] = call {{.*}}i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
; CHECK-DAG: %[[BLOCK:.*]] = call {{.*}}i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
; CHECK-DAG: %[[THREAD:.*]] = call {{.*}}i32 @llvm.nvvm.read.ptx.sreg.tid.y()
; CHECK-DAG: add i32 %[[BLOCK]], 1
; CHECK-DAG: add i32 %[[THREAD]], 1
define void @_QMkernelsPscale(ptr %p) {
  %thread = load i32, ptr getelementptr inbounds (%dim3, ptr @_QM__fortran_builtinsE__builtin_threadidx, i64 0, i32 1)
  %block = load i32, ptr @_QM__fortran_builtinsE__builtin_blockidx
  %dim = load i32, ptr @_QM__fortran_builtinsE__builtin_blockdim
  %grid = load i32, ptr getelementptr inbounds (%dim3, ptr @_QM__fortran_builtinsE__builtin_griddim, i64 0, i32 2)
  %a = add i32 %thread, %block
  %b = mul i32 %dim, %grid
  %c = mul i32 %a, %b
  store i32 %c, ptr %p
  ret void
}

declare i32 @cudaLaunchKernel(ptr, i64, i32, i64, i32, ptr, i64, ptr)
define i32 @run(ptr %args) {
  %e = call i32 @cudaLaunchKernel(ptr @_QMkernelsPscale, i64 1, i32 1, i64 1, i32 1, ptr %args, i64 0, ptr null)
  ret i32 %e
}
