; A stub keeps symbol, linkage, comdat, section and type; what was said of the body that is gone is taken back, also at
; call sites and in callers.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S | FileCheck %s

target triple = "x86_64-unknown-linux-gnu"

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()

$inl = comdat any
; CHECK: $inl = comdat any

; CHECK: define linkonce_odr hidden i32 @inl(i32 zeroext %x, ptr byval(i64) %p) #[[STUB:[0-9]+]] section ".text.dev" comdat align 32 {
; CHECK-NEXT: call void asm sideeffect "", "r"(ptr @cordon.id)
; CHECK-NEXT: call void @cordon.called_on_host(ptr @cordon.message, i64 53)
; CHECK-NEXT: unreachable
define linkonce_odr hidden noundef range(i32 0, 4) i32 @inl(i32 zeroext noundef %x, ptr readonly byval(i64) %p) unnamed_addr #0 section ".text.dev" comdat align 32 {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  ret i32 %t
}

; CHECK: define i32 @caller(i1 %c, ptr %p) #[[CALLER:[0-9]+]]
; CHECK: call i32 @inl(i32 zeroext 1, ptr byval(i64) %p){{$}}
define i32 @caller(i1 %c, ptr %p) #0 {
  %r = call noundef range(i32 0, 4) i32 @inl(i32 zeroext noundef 1, ptr byval(i64) %p) #0, !range !0
  ret i32 %r
}

; CHECK: call i32 @caller(i1 true, ptr %p) #[[CALLER]]
define i32 @outer(ptr %p) #0 {
  %r = call i32 @caller(i1 true, ptr %p) #0
  ret i32 %r
}

attributes #0 = { nounwind willreturn memory(none) }
!0 = !{i32 0, i32 4}

; CHECK-DAG: attributes #[[STUB]] = { cold noinline "cordon.stub" }
; CHECK-DAG: attributes #[[CALLER]] = { nounwind }
