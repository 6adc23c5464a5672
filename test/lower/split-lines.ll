; Line tables of a module whose functions go to several back ends: each part's numbers of files become those of the whole, in
; which each file stands once.
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t.ptx>' -cordon-codegen-part=2 -disable-output %s
; RUN: FileCheck %s --input-file=%t.ptx
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t.one.ptx>' -cordon-codegen-part=0 -disable-output %s
; RUN: FileCheck %s --input-file=%t.one.ptx
; RUN: not cmp -s %t.ptx %t.one.ptx
; RUN: %if ptxas %{ %ptxas -arch=sm_90 -lineinfo %t.ptx -o %t.cubin %}
; CHECK: .entry a(
; CHECK: .loc [[A:[0-9]+]] 3 5
; CHECK: .entry b(
; CHECK: .loc [[B:[0-9]+]] 30 7
; CHECK: .entry c(
; CHECK: .loc [[A]] 13 5
; CHECK-COUNT-1: .section .debug_macinfo
; CHECK-NOT: .section
; CHECK-DAG: .file [[A]] "/src{{/|" "}}a.c"
; CHECK-DAG: .file [[B]] "/src{{/|" "}}b.c"
; CHECK-NOT: .file
target triple = "nvptx64-nvidia-cuda"

define ptx_kernel void @a(ptr %p) !dbg !4 {
  store volatile i32 1, ptr %p, !dbg !5
  store volatile i32 2, ptr %p, !dbg !5
  ret void, !dbg !5
}
define ptx_kernel void @b(ptr %p) !dbg !6 {
  store volatile i32 3, ptr %p, !dbg !7
  store volatile i32 4, ptr %p, !dbg !7
  ret void, !dbg !7
}
define ptx_kernel void @c(ptr %p) !dbg !8 {
  store volatile i32 5, ptr %p, !dbg !9
  store volatile i32 6, ptr %p, !dbg !9
  ret void, !dbg !9
}

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!3}
!0 = distinct !DICompileUnit(language: DW_LANG_C11, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "a.c", directory: "/src")
!2 = !DIFile(filename: "b.c", directory: "/src")
!3 = !{i32 2, !"Debug Info Version", i32 3}
!4 = distinct !DISubprogram(name: "a", file: !1, line: 1, type: !10, unit: !0, spFlags: DISPFlagDefinition)
!5 = !DILocation(line: 3, column: 5, scope: !4)
!6 = distinct !DISubprogram(name: "b", file: !2, line: 20, type: !10, unit: !0, spFlags: DISPFlagDefinition)
!7 = !DILocation(line: 30, column: 7, scope: !6)
!8 = distinct !DISubprogram(name: "c", file: !1, line: 11, type: !10, unit: !0, spFlags: DISPFlagDefinition)
!9 = !DILocation(line: 13, column: 5, scope: !8)
!10 = !DISubroutineType(types: !11)
!11 = !{null}
