; exception=exit ends the thread, exception=trap the grid: one constant decides, and the other way is gone after optimization.
; RUN: %cordon-opt -passes='cordon-link-runtime<exception=trap>,default<O2>' -S %s | FileCheck %s --check-prefix=TRAP
; RUN: %cordon-opt -passes='cordon-link-runtime<exception=exit>,default<O2>' -S %s | FileCheck %s --check-prefix=EXIT
; TRAP-NOT: @llvm.nvvm.exit
; TRAP: call void @llvm.trap()
; TRAP-NOT: @llvm.nvvm.exit
; EXIT-NOT: @llvm.trap
; EXIT: call void @llvm.nvvm.exit()
; EXIT-NOT: @llvm.trap
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
declare void @abort() noreturn
define ptx_kernel void @k(i32 %n) {
  %z = icmp eq i32 %n, 0
  br i1 %z, label %bad, label %ok
bad:
  call void @abort()
  unreachable
ok:
  ret void
}
