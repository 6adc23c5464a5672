; Rust's panics keep their message, its values and location, lose their formatting tables, and the allocator's mangled shims are bound.
; RUN: %cordon-opt -passes=cordon-link-runtime -verify-each -S %s -o %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: opt -passes=globaldce -S %t.ll | FileCheck %s --check-prefix=GONE
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

@file = private unnamed_addr constant [5 x i8] c"t.rs\00"
@loc = private unnamed_addr constant <{ ptr, [16 x i8] }> <{ ptr @file, [16 x i8] c"\04\00\00\00\00\00\00\00\03\00\00\000\00\00\00" }>, align 8
@text = private unnamed_addr constant [7 x i8] c"too big"
@template = private unnamed_addr constant [11 x i8] c"\08too big \C0\00"
@vtable = private unnamed_addr constant <{ [24 x i8], ptr }> <{ [24 x i8] zeroinitializer, ptr @_RNvXs8_NtNtNtCsgEmfK2I1SDS_4core3fmt3num3impmNtB9_7Display3fmt }>
@old_piece = private unnamed_addr constant <{ [8 x i8] }> <{ [8 x i8] c"old text" }>
@old_pieces = private unnamed_addr constant <{ ptr, [8 x i8] }> <{ ptr @old_piece, [8 x i8] c"\08\00\00\00\00\00\00\00" }>

; CHECK-DAG: @[[FORMATTED:.*]] = {{.*}} c"too big {}\00"
; CHECK-DAG: @[[NONE:.*]] = {{.*}} c"called `Option::unwrap()` on a `None` value\00"
; CHECK-DAG: @[[ADD:.*]] = {{.*}} c"attempt to add with overflow\00"
; CHECK-DAG: @[[UNWRAP:.*]] = {{.*}} c"too big: \01dj\00"
; CHECK-DAG: @[[EQ:.*]] = {{.*}} c"assertion `left == right` failed, left: \01dj, right: \01dj\00"
; CHECK-DAG: @[[NE:.*]] = {{.*}} c"assertion `left != right` failed, left: \01?m, right: \01?m\00"
; CHECK-DAG: @[[VALUE:.*]] = {{.*}} c"too big \01dj\00"
; CHECK-DAG: @[[OLD:.*]] = {{.*}} c"old text\00"
; CHECK-LABEL: define ptx_kernel void @k(
; CHECK: call void @__cordon_rust_bounds(i64 %i, i64 %n, ptr @loc
; CHECK: call void @__cordon_rust_panic(ptr @text, i64 7, ptr @loc
; CHECK: call void @__cordon_rust_panic(ptr @[[FORMATTED]], i64 10, ptr @loc
; CHECK: call void @__cordon_rust_panic(ptr @[[NONE]], i64 43, ptr @loc
; CHECK: call void @__cordon_rust_panic(ptr @[[ADD]], i64 28, ptr @loc
; CHECK: call void @__cordon_rust_format(i32 1, ptr @[[UNWRAP]], i64 12, ptr %{{.*}}, ptr @loc
; CHECK: call void @__cordon_rust_panic(ptr @[[OLD]], i64 8, ptr @loc
; CHECK: call void @__cordon_rust_format(i32 2, ptr @[[EQ]], i64 {{.*}}, ptr %{{.*}}, ptr @loc
; CHECK: call void @__cordon_rust_format(i32 2, ptr @[[NE]], i64 {{.*}}, ptr %{{.*}}, ptr @loc
; CHECK: call void @__cordon_rust_assert(i8 %{{.*}}, ptr @loc
; A value's address is read, and the function that would print it on the host is not.
; CHECK: store ptr null, ptr %printer
; CHECK: %[[V:.*]] = load ptr, ptr %{{.*}}
; CHECK: store ptr %[[V]], ptr %
; CHECK: call void @__cordon_rust_format(i32 1, ptr @[[VALUE]], i64 11, ptr
; CHECK: call ptr @__rust_alloc(i64 8, i64 8)
; GONE-NOT: declare {{.*}}@_R

define ptx_kernel void @k(i64 %i, i64 %n, ptr %args, i32 %which) {
  %old = alloca [48 x i8], align 8
  %pairs = alloca [16 x i8], align 8
  %new = alloca [16 x i8], align 8
  %value = alloca i32, align 4
  switch i32 %which, label %done [
    i32 0, label %bounds
    i32 1, label %panic
    i32 2, label %fmt
    i32 3, label %unwrap
    i32 4, label %add
    i32 5, label %result
    i32 6, label %oldfmt
    i32 7, label %assert
    i32 8, label %generic
    i32 9, label %kind
    i32 10, label %valued
  ]
bounds:
  call void @_RNvNtCsgEmfK2I1SDS_4core9panicking18panic_bounds_check(i64 %i, i64 %n, ptr align 8 dereferenceable(24) @loc)
  unreachable
panic:
  call void @_RNvNtCsgEmfK2I1SDS_4core9panicking5panic(ptr @text, i64 7, ptr align 8 dereferenceable(24) @loc)
  unreachable
fmt:
  call void @_RNvNtCsgEmfK2I1SDS_4core9panicking9panic_fmt(ptr @template, ptr %args, ptr align 8 dereferenceable(24) @loc)
  unreachable
unwrap:
  call void @_RNvNtCsgEmfK2I1SDS_4core6option13unwrap_failed(ptr align 8 dereferenceable(24) @loc)
  unreachable
add:
  call void @_ZN4core9panicking11panic_const24panic_const_add_overflow17h0123456789abcdefE(ptr @loc)
  unreachable
result:
  call void @_RNvNtCsgEmfK2I1SDS_4core6result13unwrap_failed(ptr @text, i64 7, ptr %args, ptr @vtable, ptr dereferenceable(24) @loc)
  unreachable
oldfmt:
  store ptr @old_pieces, ptr %old
  store ptr %value, ptr %pairs
  %second = getelementptr i8, ptr %pairs, i64 8
  store ptr @_RNvXs8_NtNtNtCsgEmfK2I1SDS_4core3fmt3num3impmNtB9_7Display3fmt, ptr %second
  %where = getelementptr i8, ptr %old, i64 16
  store ptr %pairs, ptr %where
  call void @_ZN4core9panicking9panic_fmt17h0123456789abcdefE(ptr %old, ptr dereferenceable(24) @loc)
  unreachable
assert:
  call void @_RNvNtCsgEmfK2I1SDS_4core9panicking19assert_failed_inner(i8 0, ptr %args, ptr @vtable, ptr %args, ptr @vtable, ptr null, ptr undef, ptr dereferenceable(24) @loc)
  unreachable
generic:
  call void @_RINvNtCsgEmfK2I1SDS_4core9panicking13assert_failedjjECs6OnNUGWKWYO_1k(i8 1, ptr %args, ptr %args, ptr null, ptr undef, ptr dereferenceable(24) @loc)
  unreachable
kind:
  %unknown = trunc i64 %n to i8
  call void @_RNvNtCsgEmfK2I1SDS_4core9panicking19assert_failed_inner(i8 %unknown, ptr %args, ptr @vtable, ptr %args, ptr @vtable, ptr null, ptr undef, ptr dereferenceable(24) @loc)
  unreachable
valued:
  store ptr %value, ptr %new
  %printer = getelementptr inbounds i8, ptr %new, i64 8
  store ptr @_RNvXs8_NtNtNtCsgEmfK2I1SDS_4core3fmt3num3impmNtB9_7Display3fmt, ptr %printer
  call void @_RNvNtCsgEmfK2I1SDS_4core9panicking9panic_fmt(ptr @template, ptr %new, ptr align 8 dereferenceable(24) @loc)
  unreachable
done:
  %p = call ptr @_RNvCs123_7___rustc12___rust_alloc(i64 8, i64 8)
  store ptr %p, ptr %args
  ret void
}
declare i1 @_RNvXs8_NtNtNtCsgEmfK2I1SDS_4core3fmt3num3impmNtB9_7Display3fmt(ptr, ptr)
declare void @_RNvNtCsgEmfK2I1SDS_4core9panicking18panic_bounds_check(i64, i64, ptr) noreturn
declare void @_RNvNtCsgEmfK2I1SDS_4core9panicking5panic(ptr, i64, ptr) noreturn
declare void @_RNvNtCsgEmfK2I1SDS_4core9panicking9panic_fmt(ptr, ptr, ptr) noreturn
declare void @_RNvNtCsgEmfK2I1SDS_4core6option13unwrap_failed(ptr) noreturn
declare void @_ZN4core9panicking11panic_const24panic_const_add_overflow17h0123456789abcdefE(ptr) noreturn
declare void @_RNvNtCsgEmfK2I1SDS_4core6result13unwrap_failed(ptr, i64, ptr, ptr, ptr) noreturn
declare void @_ZN4core9panicking9panic_fmt17h0123456789abcdefE(ptr, ptr) noreturn
declare void @_RNvNtCsgEmfK2I1SDS_4core9panicking19assert_failed_inner(i8, ptr, ptr, ptr, ptr, ptr, ptr, ptr) noreturn
declare void @_RINvNtCsgEmfK2I1SDS_4core9panicking13assert_failedjjECs6OnNUGWKWYO_1k(i8, ptr, ptr, ptr, ptr, ptr) noreturn
declare ptr @_RNvCs123_7___rustc12___rust_alloc(i64, i64)
