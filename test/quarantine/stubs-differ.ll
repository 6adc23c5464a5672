; Stubs never become one function: a launch by address must find its own kernel.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,mergefunc,default<O3>,mergefunc' %s -S | FileCheck %s

target triple = "x86_64-unknown-linux-gnu"

@kernels = constant [2 x ptr] [ptr @a, ptr @b]

; CHECK-DAG: define {{.*}}void @a(
define internal ptx_kernel void @a() unnamed_addr {
  ret void
}

; CHECK-DAG: define {{.*}}void @b(
define internal ptx_kernel void @b() unnamed_addr {
  ret void
}
; CHECK: !{!"kernel", ptr @a, !"a", !"a"}
; CHECK: !{!"kernel", ptr @b, !"b", !"b"}
