; GPU modules are others' affair: nothing is reported.
; RUN: %cordon-opt -passes=cordon-detect -disable-output %s 2>&1 | count 0
target triple = "nvptx64-nvidia-cuda"
declare void @llvm.nvvm.membar.sys()
define ptx_kernel void @k() {
  call void @llvm.nvvm.membar.sys()
  ret void
}
