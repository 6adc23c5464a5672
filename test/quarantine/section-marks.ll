; Front ends without annotations mark a variable by its section: shared memory leaves the host, device and constant variables
; have a shadow there, which a second run leaves alone. Other sections say nothing.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S -o %t.h.ll
; RUN: FileCheck %s --check-prefix=HOST --implicit-check-not=@tile < %t.h.ll
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s --check-prefix=DEVICE
; RUN: %cordon-opt -passes="cordon-quarantine<device-out=%t.2.bc>" -S -o - < %t.h.ll | grep -v ModuleID > %t.2.ll
; RUN: grep -v ModuleID %t.h.ll | diff - %t.2.ll

target triple = "x86_64-unknown-linux-gnu"

; DEVICE-DAG: @tile = internal addrspace(3) global [256 x float] undef, align 4
@tile = internal global [256 x float] zeroinitializer, section "cordon.shared", align 4
; HOST-DAG: @count = global i32 0, section "cordon.device"
; DEVICE-DAG: @count = addrspace(1) externally_initialized global i32 0
@count = global i32 0, section "cordon.device"
; HOST-DAG: @factor = global float 2.000000e+00, section "cordon.constant"
; DEVICE-DAG: @factor = addrspace(4) externally_initialized global float 2.000000e+00
@factor = global float 2.0, section "cordon.constant"
; HOST-DAG: @host_only = global i32 1, section "other"
@host_only = global i32 1, section "other"

define ptx_kernel void @k() {
  %a = load float, ptr @factor
  store float %a, ptr @tile
  store i32 1, ptr @count
  ret void
}

define i32 @host() {
  %c = load i32, ptr @host_only
  ret i32 %c
}
