; Line tables keep .loc without ".target ..., debug", with which ptxas would not optimize; debug=full has it, debug=none
; has neither. Embedded source, which breaks .file, is dropped.
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.lines>' -verify-each -disable-output %s
; RUN: FileCheck %s --input-file=%t.lines --check-prefix=LINES --implicit-check-not=secret
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;debug=full;output=%t.full>' -disable-output %s
; RUN: FileCheck %s --input-file=%t.full --check-prefix=FULL
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;debug=none;output=%t.none>' -disable-output %s
; RUN: FileCheck %s --input-file=%t.none --check-prefix=NONE --implicit-check-not=.loc
; RUN: %if ptxas %{ %cordon-opt -passes='cordon-lower<emit=cubin;output=%t.cubin>' -disable-output %s %}
; RUN: %if ptxas %{ %cordon-opt -passes='cordon-lower<emit=cubin;debug=full;output=%t.cubin>' -disable-output %s %}

; LINES: .target sm_75{{$}}
; LINES: .loc {{[0-9]+}} 3 5
; LINES: .file {{.*}}a.c
; FULL: .target sm_75, debug
; NONE: .target sm_75{{$}}

target triple = "nvptx64-nvidia-cuda"

define ptx_kernel void @work(ptr %out) !dbg !4 {
  store i32 7, ptr %out, !dbg !7
  ret void, !dbg !7
}

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2, !3}
!0 = distinct !DICompileUnit(language: DW_LANG_C11, file: !1, producer: "test", isOptimized: false, runtimeVersion: 0, emissionKind: FullDebug)
!1 = !DIFile(filename: "a.c", directory: "/src", source: "secret")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !{i32 2, !"Dwarf Version", i32 5}
!4 = distinct !DISubprogram(name: "work", file: !1, line: 2, type: !5, unit: !0, spFlags: DISPFlagDefinition)
!5 = !DISubroutineType(types: !6)
!6 = !{null, null}
!7 = !DILocation(line: 3, column: 5, scope: !4)
