; A use that was inlined: its own place first, then the calls that it came through, in every format.
; RUN: not %cordon-opt -passes=cordon-detect -disable-output %s 2>&1 | FileCheck %s
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %s 2>/dev/null | FileCheck %s --check-prefix=JSON
; RUN: not %cordon-opt -passes="cordon-detect<format=sarif>" -disable-output %s 2>/dev/null | FileCheck %s --check-prefix=SARIF
; CHECK: a.h:3:5: error: {{.*}} in 'outer' [nvvm-intrinsic]
; CHECK-NEXT: note: inlined at b.h:7:2
; CHECK-NEXT: note: inlined at c.c:12:9
; JSON: "file": "a.h",
; JSON-NEXT: "line": 3,
; JSON-NEXT: "column": 5,
; JSON: "inlinedAt": [
; JSON-NEXT: "b.h:7:2",
; JSON-NEXT: "c.c:12:9"
; SARIF: "relatedLocations": [
; SARIF-NEXT: {
; SARIF-NEXT: "id": 0,
; SARIF: "uri": "b.h"
; SARIF: "startLine": 7,
; SARIF: "text": "inlined here"
; SARIF: "id": 1,
; SARIF: "uri": "c.c"
; SARIF: "startLine": 12,
target triple = "x86_64-unknown-linux-gnu"
declare void @llvm.nvvm.membar.sys()
define void @outer() !dbg !5 {
  call void @llvm.nvvm.membar.sys(), !dbg !8
  ret void
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C99, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "c.c", directory: "/src")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DIFile(filename: "a.h", directory: "/src")
!4 = !DISubroutineType(types: !{})
!5 = distinct !DISubprogram(name: "outer", scope: !1, file: !1, line: 10, type: !4, unit: !0)
!6 = distinct !DISubprogram(name: "middle", scope: !11, file: !11, line: 6, type: !4, unit: !0)
!7 = distinct !DISubprogram(name: "leak", scope: !3, file: !3, line: 2, type: !4, unit: !0)
!8 = !DILocation(line: 3, column: 5, scope: !7, inlinedAt: !9)
!9 = distinct !DILocation(line: 7, column: 2, scope: !6, inlinedAt: !10)
!10 = distinct !DILocation(line: 12, column: 9, scope: !5)
!11 = !DIFile(filename: "b.h", directory: "/src")
