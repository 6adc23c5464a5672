; Without kernels and without main the visible device functions are a library: guards in them, and calls by Julia's
; wrappers, make them no host functions. GPUCompiler's exceptions stand behind guards, and are the device's.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S | FileCheck %s
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s --check-prefix=DEVICE
; CHECK: define void @julia_sync_if(i1 %c) #[[STUB:[0-9]+]]
; CHECK: define ptr @jfptr_sync_if(
; CHECK: define i64 @julia_check(i64 %i) #[[STUB]]
; CHECK: attributes #[[STUB]] = {{.*}}"cordon.stub"
; DEVICE-DAG: define void @julia_sync_if(
; DEVICE-DAG: define i64 @julia_check(

target triple = "x86_64-unknown-linux-gnu"

declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)
declare void @gpu_signal_exception()

define void @julia_sync_if(i1 %c) {
  br i1 %c, label %a, label %b
a:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  br label %b
b:
  ret void
}

define ptr @jfptr_sync_if(ptr %f, ptr %args, i32 %n) {
  %c = icmp eq i32 %n, 0
  call void @julia_sync_if(i1 %c)
  ret ptr null
}

define i64 @julia_check(i64 %i) {
  %c = icmp eq i64 %i, 0
  br i1 %c, label %bad, label %good
bad:
  call void @gpu_signal_exception()
  unreachable
good:
  ret i64 %i
}
