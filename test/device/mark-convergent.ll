; Functions and calls are marked, indirect ones and PTX assembly too; libdevice, empty assembly and a thread's own
; arithmetic are not, and lose a mark that a front end gave all assembly.
; RUN: %cordon-opt -passes=cordon-mark-convergent -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-mark-convergent,cordon-mark-convergent -S < %s | diff %t.ll -
; CHECK: define float @f(ptr %p, float %x) #[[C:[0-9]+]]
; CHECK-NEXT: call void @g() #[[C]]
; CHECK-NEXT: call void %p() #[[C]]
; CHECK-NEXT: call void asm sideeffect "bar.sync 0;", ""() #[[C]]
; CHECK-NEXT: call void asm sideeffect "", ""(){{$}}
; CHECK-NEXT: call float @__nv_sinf(float %x){{$}}
; CHECK-NEXT: call i32 asm "{ .reg .b32 t; add.u32 t, $1, 1; @p mov.u32 $0, t; }", "=r,r"(i32 1){{$}}
; CHECK-NEXT: call i32 asm "add.u32 $0, $1, 1; shfl.sync.idx.b32 $0, $0, 0, 31, -1;", "=r,r"(i32 1) #[[C]]
; CHECK-NEXT: call void asm sideeffect "cp.async.wait_all;", ""() #[[C]]
; CHECK: declare void @g() #[[C]]
; CHECK: declare float @__nv_sinf(float){{$}}
; CHECK: attributes #[[C]] = { convergent }
define float @f(ptr %p, float %x) {
  call void @g()
  call void %p()
  call void asm sideeffect "bar.sync 0;", ""()
  call void asm sideeffect "", ""()
  %r = call float @__nv_sinf(float %x)
  %own = call i32 asm "{ .reg .b32 t; add.u32 t, $1, 1; @p mov.u32 $0, t; }", "=r,r"(i32 1) convergent
  %others = call i32 asm "add.u32 $0, $1, 1; shfl.sync.idx.b32 $0, $0, 0, 31, -1;", "=r,r"(i32 1)
  call void asm sideeffect "cp.async.wait_all;", ""()
  ret float %r
}
declare void @g()
declare float @__nv_sinf(float)
