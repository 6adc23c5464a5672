; optnone goes with the noinline that came with it; a noinline that somebody wrote stays.
; RUN: %cordon-opt -passes=cordon-drop-optnone -verify-each -S %s | FileCheck %s
; CHECK: define void @a() {
define void @a() noinline optnone {
  ret void
}
; CHECK: define void @b() #[[N:[0-9]+]] {
; CHECK: attributes #[[N]] = { noinline }
define void @b() noinline {
  ret void
}
