; Aliases of data and functions are replaced; an alias of a kernel becomes a kernel of its own.
; RUN: %cordon-opt -passes=cordon-replace-aliases -verify-each -S %s | FileCheck %s
; RUN: %cordon-opt -passes=cordon-prepare-device %s | llc -mcpu=sm_75 | FileCheck --check-prefix=PTX %s
target triple = "nvptx64-nvidia-cuda"
; PTX-DAG: .entry k(
; PTX-DAG: .entry k2(
; PTX-NOT: .alias
@d = global [2 x i32] [i32 1, i32 2]
@d2 = alias i32, getelementptr (i8, ptr @d, i64 4)
@f2 = internal alias void (), ptr @f
@k2 = alias void (), ptr @k
; CHECK-NOT: = {{(internal )?}}alias
; CHECK: define ptx_kernel void @k()
; CHECK-NEXT: load i32, ptr getelementptr (i8, ptr @d, i64 4)
; CHECK-NEXT: call void @f()
define ptx_kernel void @k() {
  %v = load i32, ptr @d2
  call void @f2()
  store i32 %v, ptr @d
  ret void
}
define internal void @f() {
  ret void
}
; CHECK: define ptx_kernel void @k2()
