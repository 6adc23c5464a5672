; Text looks like clang's diagnostics: place, message, rule, then the chain as notes; demangled; one error last.
; RUN: not %cordon-opt -passes=cordon-detect -disable-output %s 2>&1 | FileCheck %s
; RUN: not %cordon-opt -passes=cordon-detect %s -o %t.bc 2>/dev/null
; RUN: not ls %t.bc
; CHECK: a.c:3:5: error: use of the GPU intrinsic 'llvm.nvvm.membar.sys', which no host back end can select in 'leak(int)' [nvvm-intrinsic]
; CHECK-NEXT: note: 'helper' is called by 'main'
; CHECK-NEXT: note: 'leak(int)' is called by 'helper'
; CHECK: error: {{.*}} in 'through.table' [nvvm-intrinsic]
; CHECK-NEXT: note: 'through.table' may be called through @table, which 'main' uses
; CHECK: error: cordon: 2 errors
target triple = "x86_64-unknown-linux-gnu"
@table = internal constant [1 x ptr] [ptr @through.table]
declare void @llvm.nvvm.membar.sys()
define internal void @_Z4leaki(i32 %x) !dbg !5 {
  call void @llvm.nvvm.membar.sys(), !dbg !6
  ret void
}
define internal void @helper() {
  call void @_Z4leaki(i32 1)
  ret void
}
define internal void @through.table() {
  call void @llvm.nvvm.membar.sys()
  ret void
}
define ptr @main() {
  call void @helper()
  %f = load ptr, ptr @table
  ret ptr %f
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C99, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "a.c", directory: "/src")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!4 = !DISubroutineType(types: !{})
!5 = distinct !DISubprogram(name: "leak", scope: !1, file: !1, line: 2, type: !4, unit: !0)
!6 = !DILocation(line: 3, column: 5, scope: !5)
