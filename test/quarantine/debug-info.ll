; Both sides keep locations: the device's functions get subprograms of their own under a unit that lists nothing of the
; host's, and the host's stays whole.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S | FileCheck %s --check-prefix=HOST
; RUN: opt -passes=verify %t.d.bc -S 2>&1 | FileCheck %s --implicit-check-not='name: "host"' --implicit-check-not='ignoring invalid'

target triple = "x86_64-unknown-linux-gnu"

; HOST: define void @k() {{.*}}!dbg ![[SP:[0-9]+]]
; HOST: call void @cordon.called_on_host({{.*}}), !dbg
; CHECK: define ptx_kernel void @k() {{.*}}!dbg ![[SP:[0-9]+]]
define ptx_kernel void @k() !dbg !5 {
  store volatile i32 1, ptr null, !dbg !8
  ret void, !dbg !8
}
define void @host() !dbg !9 {
  ret void, !dbg !10
}
@v = global i32 0, !dbg !11

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!3, !4}
; HOST: globals:
; CHECK: !llvm.dbg.cu = !{![[CU:[0-9]+]]}
; CHECK: ![[CU]] = distinct !DICompileUnit(language: DW_LANG_C11,
; CHECK-NOT: globals:
; CHECK: ![[SP]] = distinct !DISubprogram(name: "k",{{.*}}unit: ![[CU]]
; CHECK: !DILocation(line: 8, scope: ![[SP]])
!0 = distinct !DICompileUnit(language: DW_LANG_C11, file: !1, producer: "p", emissionKind: FullDebug, globals: !2)
!1 = !DIFile(filename: "a.c", directory: "/")
!2 = !{!11}
!3 = !{i32 2, !"Debug Info Version", i32 3}
!4 = !{i32 7, !"Dwarf Version", i32 5}
!5 = distinct !DISubprogram(name: "k", file: !1, line: 7, type: !6, unit: !0, spFlags: DISPFlagDefinition)
!6 = !DISubroutineType(types: !7)
!7 = !{null}
!8 = !DILocation(line: 8, scope: !5)
!9 = distinct !DISubprogram(name: "host", file: !1, line: 10, type: !6, unit: !0, spFlags: DISPFlagDefinition)
!10 = !DILocation(line: 11, scope: !9)
!11 = !DIGlobalVariableExpression(var: !12, expr: !DIExpression())
!12 = distinct !DIGlobalVariable(name: "v", scope: !0, file: !1, line: 1, type: !13, isDefinition: true)
!13 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
