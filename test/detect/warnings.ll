; libdevice in host code and device system calls that libc answers are warnings.
; RUN: not %cordon-opt -passes=cordon-detect -disable-output %s 2>&1 | FileCheck %s
; CHECK-DAG: warning: call of libdevice's '__nv_sin', which nothing on the host defines; cordon-quarantine maps it to libm in 'host' [libdevice-call]
; CHECK-DAG: warning: device code calls 'malloc', which the host's libc defines too: linking succeeds and the host's is called in 'device' [resolves-on-host]
target triple = "x86_64-unknown-linux-gnu"
declare double @__nv_sin(double)
declare ptr @malloc(i64)
declare void @llvm.nvvm.membar.sys()
define double @host(double %x) {
  %p = call ptr @malloc(i64 8)
  %r = call double @__nv_sin(double %x)
  ret double %r
}
define ptr @device() {
  call void @llvm.nvvm.membar.sys()
  %p = call ptr @malloc(i64 8)
  ret ptr %p
}
