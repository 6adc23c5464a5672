; Initializers in a cycle, block addresses, aliases with an offset, constructors under two names: all come along.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S | FileCheck %s --check-prefix=HOST
; RUN: opt -passes=verify %t.d.bc -S | FileCheck %s

target triple = "x86_64-unknown-linux-gnu"

; CHECK-DAG: @left = internal constant ptr @right
; CHECK-DAG: @right = internal constant ptr @left
@left = internal constant ptr @right
@right = internal constant ptr @left
; CHECK-DAG: @labels = internal constant [2 x ptr] [ptr blockaddress(@k, %a), ptr blockaddress(@k, %b)]
; HOST-NOT: @labels
@labels = internal constant [2 x ptr] [ptr blockaddress(@k, %a), ptr blockaddress(@k, %b)]
@words = internal constant [4 x i32] [i32 1, i32 2, i32 3, i32 4]
; HOST: @third = alias i32, getelementptr (i8, ptr @words, i64 8)
@third = alias i32, getelementptr (i8, ptr @words, i64 8)
; HOST: @C1 = alias void (ptr), ptr @C2
@C1 = alias void (ptr), ptr @C2

define void @C2(ptr %this) {
  store i32 0, ptr %this
  ret void
}

; CHECK: define ptx_kernel void @k(
; CHECK: load ptr, ptr @left
; CHECK: load i32, ptr getelementptr (i8, ptr @words, i64 8)
; CHECK: call void @C2(ptr %p)
define ptx_kernel void @k(ptr %p, i64 %i) {
  %l = load ptr, ptr @left
  %w = load i32, ptr @third
  call void @C1(ptr %p)
  %at = getelementptr [2 x ptr], ptr @labels, i64 0, i64 %i
  %to = load ptr, ptr %at
  indirectbr ptr %to, [label %a, label %b]
a:
  ret void
b:
  ret void
}
