; Marks as attributes and through clang's annotate; cordon.host wins over evidence and is reported.
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %s | FileCheck %s
; CHECK: "deviceOnly": [
; CHECK-NEXT: "annotated",
; CHECK-NEXT: "conv.device",
; CHECK-NEXT: "conv.kernel",
; CHECK-NEXT: "device",
; CHECK-NEXT: "kernel"
; CHECK-NEXT: ],
; CHECK-NEXT: "reachesDevice": {},
; CHECK-NEXT: "kernels": [
; CHECK-NEXT: "annotated",
; CHECK-NEXT: "conv.kernel",
; CHECK-NEXT: "kernel"
; CHECK-NEXT: ],
; CHECK: "rule": "host-mark-overrides-evidence",
; CHECK-NEXT: "level": "warning",
; CHECK-NEXT: "function": "host"
target triple = "x86_64-unknown-linux-gnu"
@mark = private constant [14 x i8] c"cordon.kernel\00"
@file = private constant [4 x i8] c"a.c\00"
@llvm.global.annotations = appending global [1 x { ptr, ptr, ptr, i32, ptr }] [{ ptr, ptr, ptr, i32, ptr } { ptr @annotated, ptr @mark, ptr @file, i32 1, ptr null }], section "llvm.metadata"
declare void @llvm.nvvm.membar.sys()
define void @annotated() { ret void }
define void @kernel() "cordon.kernel" { ret void }
define void @device() "cordon.device" { ret void }
define ptx_kernel void @conv.kernel() { ret void }
define ptx_device void @conv.device() { ret void }
define void @host() "cordon.host" {
  call void @llvm.nvvm.membar.sys()
  ret void
}
define spir_kernel void @other() { ret void }
