; Host attributes, collectors, prefix data, comdats, bundles and instrumentation go; attributes of the code itself stay.
; RUN: %cordon-opt -passes=cordon-strip-host-attributes -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-strip-host-attributes,cordon-strip-host-attributes -S < %s | diff %t.ll -
target triple = "nvptx64-nvidia-cuda"
$k = comdat any

; CHECK: define ptx_kernel void @k(ptr %p, i32 %n) #[[A:[0-9]+]] {
; CHECK-NEXT: call void %p(i32 %n){{$}}
; CHECK-NEXT: call void @f(i32 %n)
; CHECK-NEXT: call void asm sideeffect "membar.gl;", "~{memory}"()
; CHECK-NEXT: call i32 asm "{ .reg .pred p, q; setp.eq.s32 p|q, $1, 0; { selp.s32 $0, 1, 0, q; } }", "=r,r"(i32 %n)
; CHECK-NEXT: call void asm sideeffect "st.v2.u32 [$0], {$1, $2};", "l,r,r"(ptr %p, i32 %n, i32 %n)
; CHECK-NEXT: call void asm sideeffect "$(membar.gl;$|mfence$)", "~{memory}"()
; CHECK-NEXT: br i1 false, label
define ptx_kernel void @k(ptr %p, i32 inreg %n) #0 comdat gc "statepoint-example" prefix i32 7 prologue i32 8 !kcfi_type !0 {
  call void %p(i32 %n) [ "kcfi"(i32 12) ]
  call x86_vectorcallcc void @f(i32 %n)
  call void @llvm.instrprof.increment(ptr @name, i64 0, i32 1, i32 0)
  call void (...) @llvm.fake.use(i32 %n)
  call void asm sideeffect inteldialect "membar.gl;", "~{memory}"()
  ; clang writes PTX's braces as alternatives; those of others stay.
  call i32 asm "$( .reg .pred p, q; setp.eq.s32 p$|q, $1, 0; $( selp.s32 $0, 1, 0, q; $) $)", "=r,r"(i32 %n)
  call void asm sideeffect "st.v2.u32 [$0], $($1, $2$);", "l,r,r"(ptr %p, i32 %n, i32 %n)
  call void asm sideeffect "$(membar.gl;$|mfence$)", "~{memory}"()
  %c = call i1 @llvm.allow.sanitize.address()
  br i1 %c, label %a, label %b
a:
  br label %b
b:
  ret void
}
@name = private constant [1 x i8] c"k"
; CHECK: declare void @f(i32)
declare x86_vectorcallcc void @f(i32)
declare void @llvm.fake.use(...)
declare i1 @llvm.allow.sanitize.address()
declare void @llvm.instrprof.increment(ptr, i64, i32, i32)
; CHECK: attributes #[[A]] = { nounwind "denormal-fp-math"="preserve-sign" "no-signed-zeros-fp-math"="true" }
attributes #0 = { nounwind sspstrong uwtable safestack shadowcallstack "target-cpu"="x86-64" "target-features"="+avx" "frame-pointer"="all" "probe-stack"="__probestack" "split-stack" "patchable-function-entry"="2" "xray-instruction-threshold"="1" "fentry-call"="true" "no-signed-zeros-fp-math"="true" "denormal-fp-math"="preserve-sign" }
!0 = !{i32 12}
