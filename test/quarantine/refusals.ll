; What no split can make right is an error with the chain, and leaves no device module.
; RUN: rm -f %t.d.bc
; RUN: not %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>' %s -o /dev/null 2>&1 | FileCheck %s
; RUN: not ls %t.d.bc

target triple = "x86_64-unknown-linux-gnu"

; CHECK-DAG: error: mutable variable 'counter' is used by 'bump' on the device and by 'host' on the host{{.*}}in 'bump' [shared-mutable-global]
@counter = global i32 0
; CHECK-DAG: error: thread-local variable 'tls' {{.*}}in 'kernel' [thread-local]
@tls = thread_local global i32 0
; CHECK-DAG: error: a constructor fills the device variable 'filled' {{.*}}in 'ctor' [global-constructor]
@filled = global i32 0 #0
; Nobody writes this one: each side has its copy.
; CHECK-NOT: 'fixed'
@fixed = internal global [2 x i32] [i32 1, i32 2]
@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @ctor, ptr null }]

define internal void @ctor() {
  store i32 3, ptr @filled
  ret void
}

define internal void @bump() {
  %v = load i32, ptr @counter
  %w = add i32 %v, 1
  store i32 %w, ptr @counter
  ret void
}

define ptx_kernel void @kernel() {
  call void @bump()
  store i32 1, ptr @tls
  %f = load i32, ptr @filled
  %g = load i32, ptr @fixed
  ret void
}

; CHECK-DAG: error: kernel 'variadic' is variadic{{.*}}in 'variadic' [kernel-signature]
define void @variadic(ptr %p, ...) "cordon.kernel" {
  ret void
}

define i32 @host() {
  %v = load i32, ptr @counter
  %g = load i32, ptr @fixed
  ret i32 %v
}

attributes #0 = { "cordon.device-variable" }
; CHECK: error: cordon: 4 errors
