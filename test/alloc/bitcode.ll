; A kernel's malloc and free become the heap's; what is linked assembles, and warp functions stay convergent.
; RUN: %cordon-opt -passes='cordon-link-runtime<arch=sm_75>' -verify-each -S %s -o %t.ll && FileCheck %s < %t.ll
; RUN: opt -passes='default<O2>' %t.ll -S -o %t.o2.ll && FileCheck %s --check-prefix=O2 < %t.o2.ll
; RUN: %if ptxas %{ llc -O2 -mcpu=sm_75 -mattr=+ptx80 %t.o2.ll -o %t.75.ptx && %ptxas -arch=sm_75 %t.75.ptx -o %t.cubin %}
; RUN: %if ptxas %{ llc -O2 -mcpu=sm_90 -mattr=+ptx80 %t.o2.ll -o %t.90.ptx && %ptxas -arch=sm_90 %t.90.ptx -o %t.cubin %}
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

declare noalias ptr @malloc(i64)
declare void @free(ptr)

; CHECK-LABEL: define ptx_kernel void @k
; CHECK: call {{.*}}@__cordon_malloc
; CHECK: call {{.*}}@__cordon_free
; The driver's are still there for what the heap does not serve.
; CHECK-DAG: call {{.*}}@malloc
; CHECK-DAG: call {{.*}}@free
; O2: convergent
; O2: @llvm.nvvm.match.any.sync
define ptx_kernel void @k(ptr %out, i64 %n) {
  %p = call ptr @malloc(i64 %n)
  store ptr %p, ptr %out
  %q = call ptr @malloc(i64 24)
  call void @free(ptr %q)
  ret void
}
