; printf and fprintf become vprintf with packed arguments; lengths that the driver does not know are rewritten, and a
; format that it cannot print, or that is not known, goes through the runtime's formatter.
; RUN: %cordon-opt -passes=cordon-link-runtime -verify-each -S %s -o %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: FileCheck %s --check-prefix=GONE < %t.ll
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

@plain = private unnamed_addr constant [9 x i8] c"%d %f %s\00"
@sizes = private unnamed_addr constant [18 x i8] c"%zu %5jx %hhd %hhu"
@empty = private unnamed_addr constant [4 x i8] c"hi\0A\00"
@star = private unnamed_addr constant [5 x i8] c"%.*f\00"
@stderr = external global ptr

; CHECK-DAG: @[[SIZES:.*]] = {{.*}} c"%llu %5llx %d %u\00"
; CHECK-LABEL: define ptx_kernel void @k(
; CHECK: call i32 @vprintf(ptr @plain, ptr [[A:%.*]])
; CHECK: [[C:%.*]] = sext i8 {{.*}} to i32
; CHECK: [[U:%.*]] = zext i8 {{.*}} to i32
; CHECK: call i32 @vprintf(ptr @[[SIZES]], ptr
; CHECK: call i32 @vprintf(ptr @empty, ptr null)
; CHECK: call i32 @__cordon_printf(ptr @star, ptr
; CHECK: call i32 @__cordon_printf(ptr %format, ptr
; CHECK: call i32 @vprintf(ptr @plain, ptr
; CHECK: call i32 @puts(ptr @empty)
; GONE-NOT: declare {{.*}}printf(ptr, ...)
; GONE: declare i32 @vprintf(ptr{{.*}}, ptr

define ptx_kernel void @k(ptr %format, i32 %i, double %d, i64 %n) {
  %1 = call i32 (ptr, ...) @printf(ptr @plain, i32 %i, double %d, ptr %format)
  %2 = call i32 (ptr, ...) @printf(ptr @sizes, i64 %n, i64 %n, i32 %i, i32 %i)
  %3 = call i32 (ptr, ...) @printf(ptr @empty)
  %4 = call i32 (ptr, ...) @printf(ptr @star, i32 3, double %d)
  %5 = call i32 (ptr, ...) @printf(ptr %format, i64 %n)
  %err = load ptr, ptr @stderr
  %6 = call i32 (ptr, ptr, ...) @fprintf(ptr %err, ptr @plain, i32 %i, double %d, ptr %format)
  %7 = call i32 @puts(ptr @empty)
  ret void
}
declare i32 @printf(ptr, ...)
declare i32 @fprintf(ptr, ptr, ...)
declare i32 @puts(ptr)
