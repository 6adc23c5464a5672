; level= sets all, warning= and error= single rules; only findings of level error fail the run.
; RUN: %cordon-opt -passes="cordon-detect<level=warning>" -disable-output %s 2>&1 | FileCheck %s --check-prefix=WARN
; RUN: not %cordon-opt -passes="cordon-detect<level=remark;error=nvvm-intrinsic>" -disable-output %s 2>&1 | FileCheck %s --check-prefix=ERR
; RUN: %cordon-opt -passes="cordon-detect<warning=nvvm-intrinsic:device-runtime-call>" -disable-output %s 2>&1 | FileCheck %s --check-prefix=WARN
; RUN: not %cordon-opt -passes="cordon-detect<error=nothing>" -disable-output %s 2>&1 | FileCheck %s --check-prefix=BAD
; WARN: warning: {{.*}}[nvvm-intrinsic]
; WARN-NOT: error
; ERR: remark: {{.*}}[device-runtime-call]
; ERR: error: {{.*}}[nvvm-intrinsic]
; ERR: error: cordon: 1 error{{$}}
; BAD: 'nothing' is no value of 'error'
target triple = "x86_64-unknown-linux-gnu"
declare void @llvm.nvvm.membar.sys()
declare void @gpu_signal_exception()
define void @f() {
  call void @llvm.nvvm.membar.sys()
  call void @gpu_signal_exception()
  ret void
}
