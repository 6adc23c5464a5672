; The same content as LLVM remarks; a finding on data hangs on the function that its chain starts from, or on any.
; RUN: not %cordon-opt -passes=cordon-detect -disable-output -pass-remarks-analysis=cordon-detect %s 2>&1 | FileCheck %s
; RUN: %cordon-opt -passes="cordon-detect<level=warning>" -disable-output -pass-remarks-output=%t.yaml %s
; RUN: FileCheck %s --check-prefix=YAML < %t.yaml
; CHECK: remark: {{.*}}error: use of the GPU intrinsic 'llvm.nvvm.membar.sys'
; YAML: --- !Analysis
; YAML-NEXT: Pass: cordon-detect
; YAML-NEXT: Name: nvvm-intrinsic
; YAML: Function: f
target triple = "x86_64-unknown-linux-gnu"
declare void @llvm.nvvm.membar.sys()
define void @f() {
  call void @llvm.nvvm.membar.sys()
  ret void
}
