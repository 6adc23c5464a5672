; Host and device side of a CUDA program were linked as they are: clang's shadow of a device variable, renamed by the
; linker, gives way to the variable. Other sizes, several of a name, and variables with a value are left alone.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.bc>,verify' %s -S -o %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t2.bc>,verify' %t.ll -S -o %t2.ll
; RUN: opt -S %t.ll -o %t1.ll
; RUN: diff %t1.ll %t2.ll
; CHECK-DAG: @table = global [4 x i32] zeroinitializer
; CHECK-DAG: @size.1 = internal global [2 x i32] undef
; CHECK-DAG: @two.1 = internal global i32 undef
; CHECK-DAG: @two.2 = internal global i32 undef
; CHECK-DAG: @value.1 = internal global i32 7
; CHECK-NOT: @table.3
; CHECK: call i32 @cudaMemcpyToSymbol(ptr @table, ptr null, i64 16, i64 0, i32 1)
; CHECK: call i32 @cudaMemcpyToSymbol(ptr @size.1,
; CHECK: call i32 @cudaMemcpyToSymbol(ptr @two.1,
; CHECK: call i32 @cudaMemcpyToSymbol(ptr @value.1,
; CHECK-DAG: !{!"variable", ptr @table, !"table", !"table", i64 16, i32 0}
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
@table.3 = internal global [4 x i32] undef, align 16
@size.1 = internal global [2 x i32] undef
@two.1 = internal global i32 undef
@two.2 = internal global i32 undef
@value.1 = internal global i32 7
@table = addrspace(1) externally_initialized global [4 x i32] [i32 1, i32 2, i32 3, i32 4], align 4
@size = addrspace(1) externally_initialized global [4 x i32] zeroinitializer
@two = addrspace(4) externally_initialized global i32 0
@value = addrspace(1) externally_initialized global i32 0
@llvm.compiler.used = appending global [1 x ptr] [ptr @table.3], section "llvm.metadata"
declare i32 @cudaMemcpyToSymbol(ptr, ptr, i64, i64, i32)
define ptx_kernel void @k(ptr %p) {
  %a = load i32, ptr addrspace(1) getelementptr (i8, ptr addrspace(1) @table, i64 4)
  %b = load i32, ptr addrspace(1) @size
  %c = load i32, ptr addrspace(4) @two
  %d = load i32, ptr addrspace(1) @value
  %e = add i32 %a, %b
  %f = add i32 %c, %d
  %g = add i32 %e, %f
  store i32 %g, ptr %p
  ret void
}
define void @host() {
  %a = call i32 @cudaMemcpyToSymbol(ptr @table.3, ptr null, i64 16, i64 0, i32 1)
  %b = call i32 @cudaMemcpyToSymbol(ptr @size.1, ptr null, i64 8, i64 0, i32 1)
  %c = call i32 @cudaMemcpyToSymbol(ptr @two.1, ptr null, i64 4, i64 0, i32 1)
  %d = call i32 @cudaMemcpyToSymbol(ptr @two.2, ptr null, i64 4, i64 0, i32 1)
  %e = call i32 @cudaMemcpyToSymbol(ptr @value.1, ptr null, i64 4, i64 0, i32 1)
  ret void
}
