; extern_weak is null, available_externally internal, common weak.
; RUN: %cordon-opt -passes=cordon-fix-linkage -verify-each -S %s | FileCheck %s
; CHECK: @c = weak global i32 0
@c = common global i32 0
; CHECK: @w = extern_weak global i32
@w = extern_weak global i32
; CHECK: define internal i32 @a()
define available_externally i32 @a() {
  ret i32 1
}
; CHECK: define i1 @t()
; CHECK: icmp ne ptr null, null
define i1 @t() {
  %v = call i32 @a()
  %r = icmp ne ptr @w, null
  ret i1 %r
}
