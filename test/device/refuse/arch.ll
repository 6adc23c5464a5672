; What sm_75 lacks is refused with the architecture that has it; sm_90 takes it.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: 'llvm.nvvm.barrier.cluster.arrive' is not in sm_75; the first architecture that has it is sm_90{{.*}} [unsupported-on-arch]
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
; RUN: %cordon-opt -passes='cordon-prepare-device<arch=sm_90>' -disable-output %s
define ptx_kernel void @k() {
  call void @llvm.nvvm.barrier.cluster.arrive()
  ret void
}
declare void @llvm.nvvm.barrier.cluster.arrive()
