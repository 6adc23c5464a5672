; A function that the host's module assembly defines is host assembly for device code, not a name that nobody knows. Assembly
; that device code does not name stays with the host.
; RUN: not %cordon-opt -passes='cordon<arch=sm_90>' %s -o /dev/null 2>&1 | FileCheck %s --implicit-check-not=unresolved-device-symbol
; RUN: sed '/uses-assembly/d' %s > %t.ll
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.dev.bc>' -S %t.ll | FileCheck %s --check-prefix=HOST
; RUN: llvm-dis %t.dev.bc -o - | FileCheck %s --check-prefix=DEVICE
; CHECK: error: 'fast_path' is defined by module assembly of the host; device code needs it in IR or PTX in 'k' [host-asm]
; HOST: module asm "fast_path:"
; DEVICE-NOT: module asm
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

module asm ".globl fast_path"
module asm "fast_path:"
module asm "  ret"

declare void @fast_path()

define ptx_kernel void @k(ptr %p) {
  call void @fast_path() ; uses-assembly
  store i32 1, ptr %p
  ret void
}
