; A table of address differences becomes one of pointers, as PTX can express it.
; RUN: %cordon-opt -passes=cordon-undo-relative-tables -verify-each -S %s | FileCheck %s
; RUN: %cordon-opt -passes=cordon-prepare-device %s | llc -mcpu=sm_75 | FileCheck --check-prefix=PTX %s
target triple = "nvptx64-nvidia-cuda"
; PTX: .u64 table_$_rel[2] = {generic(a), generic(b)};
@a = private unnamed_addr constant [2 x i8] c"a\00"
@b = private unnamed_addr constant [2 x i8] c"b\00"
; CHECK: @table.rel = internal unnamed_addr constant [2 x ptr] [ptr @a, ptr @b], align 8
@table.rel = internal unnamed_addr constant [2 x i32] [
  i32 trunc (i64 sub (i64 ptrtoint (ptr @a to i64), i64 ptrtoint (ptr @table.rel to i64)) to i32),
  i32 trunc (i64 sub (i64 ptrtoint (ptr @b to i64), i64 ptrtoint (ptr @table.rel to i64)) to i32)], align 4
; CHECK: %o = shl i64 %i, 2
; CHECK-NEXT: %[[S:.*]] = shl i64 %o, 1
; CHECK-NEXT: %[[P:.*]] = getelementptr i8, ptr @table.rel, i64 %[[S]]
; CHECK-NEXT: load ptr, ptr %[[P]], align 8
define ptx_kernel void @k(i64 %i, ptr %out) {
  %o = shl i64 %i, 2
  %p = call ptr @llvm.load.relative.i64(ptr @table.rel, i64 %o)
  store ptr %p, ptr %out
  ret void
}
declare ptr @llvm.load.relative.i64(ptr, i64)
