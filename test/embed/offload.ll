; as=offload leaves bitcode and entries as LLVM's own offloading does, for each architecture.
; RUN: rm -rf %t && split-file %s %t
; RUN: opt %t/device.ll -o %t/device.bc
; RUN: %cordon-opt -passes='cordon-embed<image=%t/device.bc;as=offload;arch=sm_75:sm_90>' -verify-each -S %t/host.ll -o %t/out.ll
; RUN: FileCheck %s --input-file=%t/out.ll
; RUN: llc -filetype=obj -relocation-model=pic %t/out.ll -o %t/out.o
; RUN: llvm-objdump --offloading %t/out.o | FileCheck %s --check-prefix=DUMP
; CHECK-DAG: section ".llvm.offloading"
; CHECK-DAG: { i64 0, i16 1, i16 2, i32 0, ptr @kernel, ptr {{.*}}, i64 0, i64 0, ptr null }, section "llvm_offload_entries"
; CHECK-DAG: { i64 0, i16 1, i16 2, i32 16, ptr @table, ptr {{.*}}, i64 64, i64 0, ptr null }, section "llvm_offload_entries"
; Managed variables: entered as any other, known to libcordonrt, and asked for at their first use.
; CHECK-DAG: @[[RECORD:.*]] = internal global { ptr, ptr } { ptr @shared, ptr null }, section "cordon_managed"
; CHECK-DAG: @llvm.used = appending global {{.*}}ptr @[[RECORD]]
; CHECK-DAG: { i64 0, i16 1, i16 2, i32 0, ptr @shared, ptr {{.*}}, i64 8, i64 0, ptr null }, section "llvm_offload_entries"
; CHECK-LABEL: define i32 @read_shared(
; CHECK: call void @[[READY:.*]](ptr @shared)
; CHECK-NEXT: load ptr, ptr @shared
; CHECK: define internal void @[[READY]](ptr %[[P:.*]])
; CHECK: icmp ne ptr @__cordon_managed_ready, null
; CHECK: call void @__cordon_managed_ready(ptr %[[P]])
; CHECK: call i32 @cudaGetSymbolAddress(ptr %[[P]], ptr %[[P]])
; DUMP: llvm ir
; DUMP: sm_75
; DUMP: nvptx64-nvidia-cuda
; DUMP: cuda
; DUMP: sm_90

;--- host.ll
target triple = "x86_64-unknown-linux-gnu"
@table = global [16 x i32] zeroinitializer
define void @kernel() {
  ret void
}
@shared = externally_initialized global ptr null
define i32 @read_shared() {
  %p = load ptr, ptr @shared
  %v = load i32, ptr %p
  ret i32 %v
}
!cordon.entries = !{!0, !1, !2}
!2 = !{!"variable", ptr @shared, !"shared", !"shared", i64 8, i32 4}
!0 = !{!"kernel", ptr @kernel, !"kernel", !"kernel"}
!1 = !{!"variable", ptr @table, !"table", !"table", i64 64, i32 1}
;--- device.ll
target triple = "nvptx64-nvidia-cuda"
define ptx_kernel void @kernel() {
  ret void
}
