; Calls that never return go to the runtime, with kind, message and place as far as the IR knows them.
; RUN: %cordon-opt -passes=cordon-lower-throws -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-lower-throws,cordon-lower-throws -S < %s | diff %t.ll -
@_ZTI5Error = external constant ptr
@_ZTISt13runtime_error = external constant ptr
@text = private constant [6 x i8] c"vector"
@.len = private unnamed_addr constant [13 x i8] c"vector is bad"
@file = private unnamed_addr constant [8 x i8] c"src/x.rs"
@loc = private unnamed_addr constant <{ ptr, [16 x i8] }> <{ ptr @file, [16 x i8] c"\08\00\00\00\00\00\00\00\2A\00\00\00\05\00\00\00" }>
; CHECK-DAG: [[CXX:@.*]] = private unnamed_addr constant [6 x i8] c"Error\00"
; CHECK-DAG: [[RANGE:@.*]] = private unnamed_addr constant [{{.*}}] c"std::length_error: vector is bad\00"
; CHECK-DAG: [[EXIT:@.*]] = private unnamed_addr constant [8 x i8] c"exit(3)\00"
; CHECK-DAG: [[RUST:@.*]] = private unnamed_addr constant [{{.*}}] c"vector\00"
; CHECK-DAG: [[RUSTFILE:@.*]] = private unnamed_addr constant [{{.*}}] c"src/x.rs\00"
; CHECK-DAG: [[JULIA:@.*]] = private unnamed_addr constant [13 x i8] c"bounds error\00"

; CHECK-LABEL: define void @cxx(
; CHECK: call void @__cordon_throw(i32 1, ptr [[CXX]], ptr null, i32 0,
; CHECK-NEXT: unreachable
define void @cxx(ptr %e) {
  call void @__cxa_throw(ptr %e, ptr @_ZTI5Error, ptr null)
  unreachable
}
; What only the running kernel knows is the runtime's to say.
; CHECK-LABEL: define void @later(
; CHECK-NEXT: call void @__cxa_throw(ptr %e, ptr @_ZTISt13runtime_error, ptr null)
; CHECK-NEXT: call void @exit(i32 %n)
define void @later(ptr %e, i32 %n) {
  call void @__cxa_throw(ptr %e, ptr @_ZTISt13runtime_error, ptr null)
  call void @exit(i32 %n)
  unreachable
}
; CHECK-LABEL: define void @std(
; CHECK: call void @__cordon_throw(i32 1, ptr [[RANGE]],
define void @std() {
  call void @_ZSt20__throw_length_errorPKc(ptr @.len)
  unreachable
}
; CHECK-LABEL: define void @exit3(
; CHECK: call void @__cordon_throw(i32 6, ptr [[EXIT]],
define void @exit3() {
  call void @exit(i32 3)
  unreachable
}
; CHECK-LABEL: define void @rust(
; CHECK: call void @__cordon_throw(i32 1, ptr [[RUST]], ptr [[RUSTFILE]], i32 42,
define void @rust() {
  call void @_ZN4core9panicking5panic17h0123456789abcdefE(ptr @text, i64 6, ptr @loc)
  unreachable
}
; CHECK-LABEL: define void @assert(
; CHECK: call void @__cordon_throw(i32 2, ptr %m, ptr %f, i32 %l, ptr %n)
define void @assert(ptr %m, ptr %f, i32 %l, ptr %n) {
  call void @__assert_fail(ptr %m, ptr %f, i32 %l, ptr %n)
  unreachable
}
; CHECK-LABEL: define void @julia(
; CHECK: call void @__cordon_throw(i32 1, ptr [[JULIA]],
; CHECK-NEXT: unreachable
; CHECK-NEXT: }
define void @julia(ptr %m) {
  call void @ijl_bounds_error_int(ptr %m, i64 1)
  unreachable
}
; What may return, what is defined here, and what the runtime has by that name stays.
; CHECK-LABEL: define void @left(
; CHECK-NEXT: call void @returns()
; CHECK-NEXT: call void @gpu_signal_exception()
; CHECK-NEXT: call void @defined()
define void @left() {
  call void @returns()
  call void @gpu_signal_exception()
  call void @defined()
  unreachable
}
define internal void @defined() noreturn {
  unreachable
}
declare void @returns()
declare void @gpu_signal_exception() noreturn
declare void @__cxa_throw(ptr, ptr, ptr)
declare void @_ZSt20__throw_length_errorPKc(ptr) noreturn
declare void @exit(i32)
declare void @_ZN4core9panicking5panic17h0123456789abcdefE(ptr, i64, ptr) noreturn
declare void @__assert_fail(ptr, ptr, i32, ptr)
declare void @ijl_bounds_error_int(ptr, i64)
