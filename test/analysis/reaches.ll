; Calls, aliases, ifuncs and addresses reach; launching by address and tables do not. The nearest wins, ties by name.
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %s | FileCheck %s
; CHECK: "reachesDevice": {
; CHECK-NEXT: "by.alias": "a",
; CHECK-NEXT: "by.call": "b",
; CHECK-NEXT: "by.far": "b",
; CHECK-NEXT: "by.ifunc": "a",
; CHECK-NEXT: "by.store": "a",
; CHECK-NEXT: "by.tie": "a",
; CHECK-NEXT: "resolver": "a"
; CHECK-NEXT: },
; CHECK: "function": "a",
; CHECK: "callChain": [
; CHECK-NEXT: "by.alias",
; CHECK-NEXT: "a"
; CHECK: "function": "t",
; CHECK: "callChain": [
; CHECK-NEXT: "by.table",
; CHECK-NEXT: "t"
; CHECK-NEXT: ],
; CHECK-NEXT: "mayBeCalledThrough": {
; CHECK-NEXT: "t": "@table"
target triple = "x86_64-unknown-linux-gnu"
@table = internal constant [1 x ptr] [ptr @t]
@alias = internal alias void (), ptr @a
@ifunc = internal ifunc void (), ptr @resolver
declare void @llvm.nvvm.membar.sys()
declare i32 @cudaLaunchKernel(ptr, i64, i32, i64, i32, ptr, i64, ptr)
define internal void @a() {
  call void @llvm.nvvm.membar.sys()
  ret void
}
define internal void @b() {
  call void @llvm.nvvm.membar.sys()
  ret void
}
define internal void @t() {
  call void @llvm.nvvm.membar.sys()
  ret void
}
define void @k() {
  ret void
}
define void @by.alias() {
  call void @alias()
  ret void
}
define void @by.call() {
  call void @b()
  ret void
}
define void @by.far() {
  call void @by.call()
  ret void
}
define void @by.tie() {
  call void @b()
  call void @a()
  ret void
}
define ptr @resolver() {
  ret ptr @a
}
define void @by.ifunc() {
  call void @ifunc()
  ret void
}
define void @by.store(ptr %p) {
  store ptr @a, ptr %p
  ret void
}
define ptr @by.table(i64 %i) {
  %p = getelementptr ptr, ptr @table, i64 %i
  %f = load ptr, ptr %p
  ret ptr %f
}
define void @launch() {
  %r = call i32 @cudaLaunchKernel(ptr @k, i64 1, i32 1, i64 1, i32 1, ptr null, i64 0, ptr null)
  ret void
}
