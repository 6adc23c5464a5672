; What the back end aborts on is one error that names the architecture and a reproducer; an operation that a newer PTX
; version has raises the version.
; RUN: rm -rf %t && mkdir %t && split-file %s %t
; RUN: env TMPDIR=%t not %cordon-opt -passes='cordon-lower<emit=ptx;arch=sm_75;output=%t/no.ptx>' -disable-output %t/sm90.ll 2>&1 | FileCheck %s --implicit-check-not=Stack
; RUN: ls %t/cordon-failed*/module.bc %t/cordon-failed*/command.txt
; RUN: not ls %t/no.ptx
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;arch=sm_90;output=%t/ok.ptx>' -disable-output %t/sm90.ll
; RUN: FileCheck %s --input-file=%t/ok.ptx --check-prefix=RAISED
; CHECK: is not in sm_75
; CHECK-SAME: a reproducer is in {{.*}}cordon-failed
; CHECK-SAME: [unsupported-on-arch]
; RAISED: .version 8.{{[1-9]}}
; RAISED: .entry work

;--- sm90.ll
target triple = "nvptx64-nvidia-cuda"
declare void @llvm.nvvm.griddepcontrol.launch.dependents()
declare i32 @llvm.nvvm.elect.sync()
declare void @llvm.nvvm.fence.proxy.tensormap_generic.release.cluster()
declare void @llvm.nvvm.fence.mbarrier_init.release.cluster()
define ptx_kernel void @work(ptr %out) {
  call void @llvm.nvvm.fence.proxy.tensormap_generic.release.cluster()
  ret void
}
