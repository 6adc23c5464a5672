; A kernel that allocates and throws gets the runtime's functions, internal; the state variable stays visible.
; RUN: %cordon-opt -passes=cordon-link-runtime -verify-each -S %s -o %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-link-runtime -S %t.ll | FileCheck %s
; Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-link-runtime %t.ll | llvm-dis | grep -v '^; ModuleID' > %t.twice
; RUN: llvm-as < %t.ll | llvm-dis | grep -v '^; ModuleID' > %t.once
; RUN: diff %t.once %t.twice
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

; CHECK: @__cordon_state = addrspace(1) externally_initialized global {{.*}} zeroinitializer
; CHECK-NOT: declare {{.*}} @gpu_
; CHECK: define internal ptr @pool_alloc
; CHECK: define ptx_kernel void @k(
; CHECK-DAG: define internal ptr @gpu_malloc(i64
; CHECK-DAG: define internal void @gpu_report_oom(i64
; CHECK-DAG: define internal void @gpu_signal_exception(
; CHECK-NOT: declare {{.*}} @gpu_

@exception = private unnamed_addr constant [10 x i8] c"exception\00"
declare void @gpu_report_oom(i64)
declare void @gpu_report_exception(ptr)
declare void @gpu_signal_exception()

; The host's placeholder: it must lose.
define weak ptr @gpu_malloc(i64 %n) {
  ret ptr inttoptr (i64 1 to ptr)
}

define ptr @pool_alloc(i64 %n) {
  %p = call ptr @gpu_malloc(i64 %n)
  %z = icmp eq ptr %p, null
  br i1 %z, label %bad, label %ok
bad:
  call void @gpu_report_oom(i64 %n)
  call void @gpu_report_exception(ptr @exception)
  call void @gpu_signal_exception()
  call void @llvm.trap()
  unreachable
ok:
  ret ptr %p
}

define ptx_kernel void @k(ptr addrspace(1) %out, i64 %n) {
  %p = call ptr @pool_alloc(i64 %n)
  store ptr %p, ptr addrspace(1) %out
  ret void
}
