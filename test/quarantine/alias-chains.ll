; Aliases of aliases, at offsets too, are followed to what they name; the host keeps them all.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S | FileCheck %s --check-prefix=HOST
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s
; HOST: @a1 = alias i32 (), ptr @a2
; HOST: @a2 = internal alias i32 (), ptr @dev
; HOST: @mid = alias i32, getelementptr (i8, ptr @data, i64 8)
; HOST: @last = internal alias i32, getelementptr (i8, ptr @mid, i64 4)
; CHECK: define ptx_kernel void @k(
; CHECK: call i32 @dev()
; CHECK: call i32 @dev()
; CHECK: define internal i32 @dev()
; CHECK: load i32, ptr getelementptr (i8, ptr getelementptr (i8, ptr @data, i64 8), i64 4)

target triple = "x86_64-unknown-linux-gnu"

@data = internal constant [4 x i32] [i32 1, i32 2, i32 3, i32 4]
@a1 = alias i32 (), ptr @a2
@a2 = internal alias i32 (), ptr @dev
@mid = alias i32, getelementptr (i8, ptr @data, i64 8)
@last = internal alias i32, getelementptr (i8, ptr @mid, i64 4)
@table = global [2 x ptr] [ptr @a2, ptr @last]

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()

define ptx_kernel void @k(ptr %p) {
  %a = call i32 @a1()
  %b = call i32 @a2()
  %s = add i32 %a, %b
  store i32 %s, ptr %p
  ret void
}

define internal i32 @dev() {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %v = load i32, ptr @last
  %s = add i32 %t, %v
  ret i32 %s
}
