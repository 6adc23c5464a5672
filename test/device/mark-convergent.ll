; Functions and calls are marked, indirect ones and PTX assembly too; libdevice and empty assembly are not.
; RUN: %cordon-opt -passes=cordon-mark-convergent -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-mark-convergent,cordon-mark-convergent -S < %s | diff %t.ll -
; CHECK: define float @f(ptr %p, float %x) #[[C:[0-9]+]]
; CHECK-NEXT: call void @g() #[[C]]
; CHECK-NEXT: call void %p() #[[C]]
; CHECK-NEXT: call void asm sideeffect "bar.sync 0;", ""() #[[C]]
; CHECK-NEXT: call void asm sideeffect "", ""(){{$}}
; CHECK-NEXT: call float @__nv_sinf(float %x){{$}}
; CHECK: declare void @g() #[[C]]
; CHECK: declare float @__nv_sinf(float){{$}}
; CHECK: attributes #[[C]] = { convergent }
define float @f(ptr %p, float %x) {
  call void @g()
  call void %p()
  call void asm sideeffect "bar.sync 0;", ""()
  call void asm sideeffect "", ""()
  %r = call float @__nv_sinf(float %x)
  ret float %r
}
declare void @g()
declare float @__nv_sinf(float)
