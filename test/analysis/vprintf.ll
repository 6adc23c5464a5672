; A vprintf with a packed buffer or null is the device's; one with a va_list is the host's, also when it is a copy.
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %s | FileCheck %s
; CHECK: "deviceOnly": [
; CHECK-NEXT: "either",
; CHECK-NEXT: "packed",
; CHECK-NEXT: "without"
; CHECK-NEXT: ],
; CHECK: "unresolved": [],
target triple = "x86_64-unknown-linux-gnu"
declare i32 @vprintf(ptr, ptr)
declare void @llvm.va_start.p0(ptr)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
define void @packed(ptr %f) {
  %b = alloca { i32, double }
  store i32 1, ptr %b
  %r = call i32 @vprintf(ptr %f, ptr %b)
  ret void
}
define void @either(ptr %f, i1 %c) {
  %b = alloca i64
  store i64 1, ptr %b
  %i = ptrtoint ptr %b to i64
  %p = inttoptr i64 %i to ptr
  %s = select i1 %c, ptr %p, ptr null
  %r = call i32 @vprintf(ptr %f, ptr %s)
  ret void
}
define void @host.either(ptr %f, ptr %l, i1 %c) {
  %s = select i1 %c, ptr %l, ptr null
  %r = call i32 @vprintf(ptr %f, ptr %s)
  ret void
}
define void @without(ptr %f) {
  %r = call i32 @vprintf(ptr %f, ptr null)
  ret void
}
define void @host.start(ptr %f, ...) {
  %l = alloca [24 x i8]
  call void @llvm.va_start.p0(ptr %l)
  %r = call i32 @vprintf(ptr %f, ptr %l)
  ret void
}
define void @host.argument(ptr %f, ptr %l) {
  %r = call i32 @vprintf(ptr %f, ptr %l)
  ret void
}
define void @host.copy(ptr %f, ptr %l) {
  %c = alloca [32 x i8]
  call void @llvm.memcpy.p0.p0.i64(ptr %c, ptr %l, i64 32, i1 false)
  %r = call i32 @vprintf(ptr %f, ptr %c)
  ret void
}
