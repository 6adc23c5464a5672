; Initializers of and about shared variables, and circular ones, are refused; zero in shared memory is a warning.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: warning: shared variable 'z' is initialized with zero{{.*}} [unsupported-initializer]
; CHECK: error: initializer of 'a' holds the address of shared variable 's'{{.*}} [unsupported-initializer]
; CHECK: error: initializer of 'c' refers to itself{{.*}} [unsupported-initializer]
; CHECK: error: shared variable 'n' has an initializer{{.*}} [unsupported-initializer]
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
@s = internal addrspace(3) global i32 undef
@z = internal addrspace(3) global i32 0
@n = internal addrspace(3) global i32 5
@a = internal global ptr addrspace(3) @s
@c = internal global { ptr, i32 } { ptr @c, i32 1 }
define ptx_kernel void @k(ptr %p) {
  store i32 1, ptr addrspace(3) @s
  store i32 1, ptr addrspace(3) @z
  store i32 1, ptr addrspace(3) @n
  %v = load ptr, ptr @a
  store ptr %v, ptr %p
  %w = load ptr, ptr @c
  store ptr %w, ptr %p
  ret void
}
