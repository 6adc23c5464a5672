; Undefined functions that do not return become reports: C++ throws with the type's name, Julia's and others with theirs,
; and with the source line where debug info has one.
; RUN: %cordon-opt -passes=cordon-link-runtime -verify-each -S %s -o %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: FileCheck %s --check-prefix=GONE < %t.ll
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

@_ZTISt13runtime_error = external constant ptr
@_ZTIi = external constant ptr

; CHECK-DAG: @[[INT:.*]] = {{.*}} c"int\00"
; CHECK-DAG: @[[RT:.*]] = {{.*}} c"std::runtime_error\00"
; CHECK-DAG: @[[BOUNDS:.*]] = {{.*}} c"bounds error\00"
; CHECK-DAG: @[[INEXACT:.*]] = {{.*}} c"throw_inexacterror\00"
; CHECK-DAG: @[[DIE:.*]] = {{.*}} c"die(int)\00"
; CHECK-DAG: @[[FILE:.*]] = {{.*}} c"a.cu\00"
; CHECK-DAG: @[[FN:.*]] = {{.*}} c"thrower\00"

; CHECK-LABEL: define ptx_kernel void @k(
; CHECK: call void @__cordon_cxa_throw(ptr %p, ptr @[[RT]], i32 1
; CHECK: call void @__cordon_cxa_throw(ptr %p, ptr @[[INT]], i32 0
; CHECK: call void @__cordon_throw(i32 1, ptr @[[BOUNDS]],
; CHECK: call void @__cordon_throw(i32 1, ptr @[[INEXACT]],
; CHECK: call void @__cordon_note_location(ptr @[[FILE]], i32 7, ptr @[[FN]])
; CHECK-NEXT: call void @__cordon_throw(i32 1, ptr @[[DIE]],
; CHECK: call void @__cordon_note_location(ptr @[[FILE]], i32 8, ptr @[[FN]])
; CHECK-NEXT: call void @abort()
; CHECK: call void @returns()
; GONE-NOT: declare {{.*}}@{{_Z|jl_|j_|__cxa}}
; GONE: declare void @returns()

define ptx_kernel void @k(i32 %which, ptr %p) !dbg !4 {
  switch i32 %which, label %done [
    i32 0, label %rt
    i32 1, label %int
    i32 2, label %bounds
    i32 3, label %inexact
    i32 4, label %die
    i32 5, label %abort
  ]
rt:
  call void @__cxa_throw(ptr %p, ptr @_ZTISt13runtime_error, ptr null)
  unreachable
int:
  call void @__cxa_throw(ptr %p, ptr @_ZTIi, ptr null)
  unreachable
bounds:
  call void @ijl_bounds_error_int(ptr %p, i64 1)
  unreachable
inexact:
  call void @j_throw_inexacterror_146(ptr %p)
  unreachable
die:
  call void @_Z3diei(i32 1), !dbg !7
  unreachable
abort:
  call void @abort(), !dbg !8
  unreachable
done:
  call void @returns()
  ret void
}
declare void @__cxa_throw(ptr, ptr, ptr)
declare void @ijl_bounds_error_int(ptr, i64)
declare void @j_throw_inexacterror_146(ptr)
declare void @_Z3diei(i32) noreturn
declare void @abort() noreturn
declare void @returns()

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!3}
!0 = distinct !DICompileUnit(language: DW_LANG_C, file: !1, emissionKind: LineTablesOnly)
!1 = !DIFile(filename: "a.cu", directory: "/")
!3 = !{i32 2, !"Debug Info Version", i32 3}
!4 = distinct !DISubprogram(name: "thrower", file: !1, line: 5, unit: !0, type: !5, spFlags: DISPFlagDefinition)
!5 = !DISubroutineType(types: !{})
!7 = !DILocation(line: 7, scope: !4)
!8 = !DILocation(line: 8, scope: !4)
