; printf, fprintf(stderr) and fputs become vprintf with packed arguments; a file of one's own stays.
; RUN: %cordon-opt -passes=cordon-lower-printf -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-lower-printf,cordon-lower-printf -S < %s | diff %t.ll -
@f = private constant [3 x i8] c"%d\00"
@stderr = external global ptr
; CHECK-LABEL: define i32 @args(
; CHECK: %[[B:.*]] = alloca { i32, double, ptr }, align 8
; CHECK: store i32 %i
; CHECK: store double %d
; CHECK: store ptr %p
; CHECK: %[[R:.*]] = call i32 @vprintf(ptr @f, ptr %[[B]])
; CHECK: ret i32 %[[R]]
define i32 @args(i32 %i, double %d, ptr %p) {
  %r = call i32 (ptr, ...) @printf(ptr @f, i32 %i, double %d, ptr %p)
  ret i32 %r
}
; CHECK-LABEL: define void @none(
; CHECK-NEXT: call i32 @vprintf(ptr @f, ptr null)
define void @none() {
  %r = call i32 (ptr, ...) @printf(ptr @f)
  ret void
}
; CHECK-LABEL: define void @stream(
; CHECK-NOT: load ptr
; CHECK: store i32 %i
; CHECK: call i32 @vprintf(ptr @f,
; CHECK: call i32 @vprintf(ptr @__cordon_format,
; CHECK: ret void
define void @stream(i32 %i) {
  %s = load ptr, ptr @stderr
  %r = call i32 (ptr, ptr, ...) @fprintf(ptr %s, ptr @f, i32 %i)
  %t = load ptr, ptr @stderr
  %u = call i32 @fputs(ptr @f, ptr %t)
  ret void
}
; CHECK-LABEL: define void @file(
; CHECK-NEXT: call i32 (ptr, ptr, ...) @fprintf(ptr %s
define void @file(ptr %s) {
  %r = call i32 (ptr, ptr, ...) @fprintf(ptr %s, ptr @f)
  ret void
}
declare i32 @printf(ptr, ...)
declare i32 @fprintf(ptr, ptr, ...)
declare i32 @fputs(ptr, ptr)
