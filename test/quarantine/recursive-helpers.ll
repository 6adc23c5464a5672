; Helpers of kernels that call themselves or each other, and say nothing of a GPU, leave the host with what they call; one
; that the host calls as well stays.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S -o %t.h.ll
; RUN: FileCheck %s --check-prefix=HOST --implicit-check-not=@device_nan --implicit-check-not=@even --implicit-check-not=@odd --implicit-check-not=@itself < %t.h.ll
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s --check-prefix=DEVICE
target triple = "x86_64-unknown-linux-gnu"

; HOST: define internal i32 @shared(
; HOST: define i32 @host(
; DEVICE-DAG: define internal i32 @even(
; DEVICE-DAG: define internal i32 @odd(
; DEVICE-DAG: define internal i32 @itself(
; DEVICE-DAG: define internal i32 @shared(
; DEVICE-DAG: declare i32 @device_nan()
declare i32 @device_nan()

$itself = comdat any

define internal i32 @even(i32 %n) {
  %r = call i32 @odd(i32 %n)
  ret i32 %r
}

define internal i32 @odd(i32 %n) {
  %r = call i32 @even(i32 %n)
  %s = call i32 @device_nan()
  %t = add i32 %r, %s
  ret i32 %t
}

define linkonce_odr i32 @itself(i32 %n) comdat {
  %r = call i32 @itself(i32 %n)
  %s = call i32 @shared(i32 %r)
  %t = call i32 @device_nan()
  %u = add i32 %s, %t
  ret i32 %u
}

define internal i32 @shared(i32 %n) {
  %r = call i32 @shared(i32 %n)
  ret i32 %r
}

define i32 @host(i32 %n) {
  %r = call i32 @shared(i32 %n)
  ret i32 %r
}

define ptx_kernel void @kernel(ptr %p) {
  %a = call i32 @even(i32 4)
  %b = call i32 @itself(i32 %a)
  store i32 %b, ptr %p
  ret void
}
