; What the driver's vprintf prints as C does stays a direct call; modifiers that it does not know are rewritten, with the
; argument narrowed; every other format, and one that is not constant, goes to the runtime's formatter.
; RUN: %cordon-opt -passes=cordon-lower-printf -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-lower-printf,cordon-lower-printf -S < %s | diff %t.ll -
@plain = private constant [33 x i8] c"%-5d%+.2f% lx%#llo%s%c%p%e%G%a%%\00"
@sizes = private constant [15 x i8] c"%zu %jx %td %i\00"
@halves = private constant [14 x i8] c"%hhd %hu %.lf\00"
@star = private constant [5 x i8] c"%.*f\00"
@width = private constant [4 x i8] c"%*d\00"
@count = private constant [3 x i8] c"%n\00"
@wide = private constant [4 x i8] c"%lc\00"
@inf = private constant [3 x i8] c"%F\00"
@cut = private constant [3 x i8] c"5%\00"
@stdout = external global ptr
; CHECK-DAG: @[[SIZES:__cordon_format.*]] = {{.*}} c"%llu %llx %lld %d\00"
; CHECK-DAG: @[[HALVES:__cordon_format.*]] = {{.*}} c"%d %u %.0f\00"
; CHECK-DAG: @[[SIZE:__cordon_format.*]] = {{.*}} c"%llu %llx %lld %d\00"

; CHECK-LABEL: define void @direct(
; CHECK: call i32 @vprintf(ptr @plain, ptr
define void @direct(i32 %i, double %d, i64 %n, ptr %p) {
  %r = call i32 (ptr, ...) @printf(ptr @plain, i32 %i, double %d, i64 %n, i64 %n, ptr %p, i32 %i, ptr %p, double %d, double %d, double %d)
  ret void
}
; CHECK-LABEL: define void @rewritten(
; CHECK: call i32 @vprintf(ptr @[[SIZES]], ptr
; CHECK: %[[C:.*]] = trunc i32 %i to i8
; CHECK: sext i8 %[[C]] to i32
; CHECK: %[[H:.*]] = trunc i32 %i to i16
; CHECK: zext i16 %[[H]] to i32
; CHECK: call i32 @vprintf(ptr @[[HALVES]], ptr
define void @rewritten(i32 %i, double %d, i64 %n) {
  %r = call i32 (ptr, ...) @printf(ptr @sizes, i64 %n, i64 %n, i64 %n, i32 %i)
  %s = call i32 (ptr, ...) @printf(ptr @halves, i32 %i, i32 %i, double %d)
  ret void
}
; CHECK-LABEL: define void @formatted(
; CHECK-COUNT-8: call i32 @__cordon_printf(
; CHECK-NOT: call i32
; CHECK: ret void
define void @formatted(ptr %format, i32 %i, double %d) {
  %1 = call i32 (ptr, ...) @printf(ptr @star, i32 %i, double %d)
  %2 = call i32 (ptr, ...) @printf(ptr @width, i32 %i, i32 %i)
  %3 = call i32 (ptr, ...) @printf(ptr @count, ptr %format)
  %4 = call i32 (ptr, ...) @printf(ptr @wide, i32 %i)
  %5 = call i32 (ptr, ...) @printf(ptr @inf, double %d)
  %6 = call i32 (ptr, ...) @printf(ptr @cut)
  %7 = call i32 (ptr, ...) @printf(ptr %format, i32 %i)
  %s = load ptr, ptr @stdout
  %8 = call i32 (ptr, ptr, ...) @fprintf(ptr %s, ptr @star, i32 %i, double %d)
  ret void
}
; An integer of another size than its conversion's does not shift what follows it.
; CHECK-LABEL: define void @mismatch(
; CHECK: %[[T:.*]] = trunc i64 %n to i32
; CHECK: store i32 %[[T]]
define void @mismatch(i64 %n, double %d) {
  %r = call i32 (ptr, ...) @printf(ptr @width, i32 1, i64 %n, double %d)
  ret void
}
; CHECK-LABEL: define void @packed(
; CHECK-NEXT: call i32 @vprintf(ptr @plain, ptr %a)
; CHECK-NEXT: call i32 @vprintf(ptr @[[SIZE]], ptr %a)
; CHECK-NEXT: call i32 @__cordon_printf(ptr @halves, ptr %a)
; CHECK-NEXT: call i32 @__cordon_printf(ptr %format, ptr %a)
define void @packed(ptr %format, ptr %a) {
  %1 = call i32 @vprintf(ptr @plain, ptr %a)
  %2 = call i32 @vprintf(ptr @sizes, ptr %a)
  %3 = call i32 @vprintf(ptr @halves, ptr %a)
  %4 = call i32 @vprintf(ptr %format, ptr %a)
  ret void
}
declare i32 @printf(ptr, ...)
declare i32 @fprintf(ptr, ptr, ...)
declare i32 @vprintf(ptr, ptr)
