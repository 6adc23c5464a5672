; The driver's functions for graphs are called from kernels as they are: no library defines them.
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t>' -disable-output %s
; RUN: FileCheck %s < %t
; RUN: %if ptxas %{ %cordon-opt -passes='cordon-lower<arch=sm_90;emit=cubin;output=%t.cubin>' -disable-output %s %}
; CHECK-DAG: .extern .func cudaGraphSetConditional
; CHECK-DAG: .extern .func (.param .b32 func_retval0) cudaGraphKernelNodeSetEnabled
target triple = "nvptx64-nvidia-cuda"
declare void @cudaGraphSetConditional(i64, i32)
declare i32 @cudaGraphKernelNodeSetEnabled(ptr, i1 zeroext)
define ptx_kernel void @k(i64 %handle, ptr %node) {
  call void @cudaGraphSetConditional(i64 %handle, i32 1)
  %r = call i32 @cudaGraphKernelNodeSetEnabled(ptr %node, i1 zeroext false)
  ret void
}
