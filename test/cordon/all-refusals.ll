; What the split refuses, what device code may not hold, and what is defined nowhere are reported in one run, each once.
; RUN: not %cordon-opt -passes='cordon<arch=sm_90>' %s -o /dev/null 2>&1 | FileCheck %s
; CHECK-DAG: [shared-mutable-global]
; CHECK-DAG: [thread-local]
; CHECK-DAG: [host-asm]
; CHECK-DAG: 'nowhere' is defined nowhere on the device{{.*}}[unresolved-device-symbol]
; CHECK: error: cordon: 4 errors
; RUN: not %cordon-opt -passes='cordon-quarantine<device-out=%t.bc>' %s -o /dev/null 2>&1 | FileCheck %s --check-prefix=SPLIT
; RUN: not ls %t.bc
; SPLIT-DAG: [shared-mutable-global]
; SPLIT-DAG: [thread-local]
; SPLIT: error: cordon: 2 errors

target triple = "x86_64-unknown-linux-gnu"

@both = global i32 0
@own = thread_local global i32 0

declare void @nowhere(i32)

define ptx_kernel void @k() {
  %a = load i32, ptr @both
  store i32 %a, ptr @own
  call void asm sideeffect "cpuid", ""()
  call void @nowhere(i32 %a)
  ret void
}

define i32 @main() {
  store i32 1, ptr @both
  ret i32 0
}
