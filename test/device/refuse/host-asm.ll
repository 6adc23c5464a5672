; Assembly of the host, its registers and asm goto are refused; PTX and an empty string are fine.
; RUN: not %cordon-opt -passes='cordon-prepare-device' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: inline assembly of the host ('cpuid'){{.*}} in 'a' [host-asm]
; CHECK: error: inline assembly asks for a register{{.*}} in 'b' [host-asm]
; CHECK: error: inline assembly of the host ('call'){{.*}} in 'c' [host-asm]
; CHECK-NOT: error: {{[^c]}}
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
define ptx_kernel void @a() {
  call void asm sideeffect "cpuid", "~{eax},~{ebx},~{ecx},~{edx},~{dirflag},~{fpsr},~{flags}"()
  ret void
}
define ptx_kernel void @b(ptr %p) {
  %r = call i32 asm "mov.u32 $0, 1;", "={ax}"()
  store i32 %r, ptr %p
  ret void
}
define ptx_kernel void @fine(ptr %p) {
  call void asm sideeffect "", "r,~{memory},~{dirflag},~{fpsr},~{flags}"(ptr %p)
  %r = call i32 asm sideeffect "{\0A .reg .u32 t;\0A mov.u32 t, %laneid;\0A @$1 bra L;\0A add.u32 $0, t, 1;\0AL:\0A}", "=r,b,~{memory},~{dirflag},~{fpsr},~{flags}"(i1 true)
  store i32 %r, ptr %p
  ret void
}
define ptx_kernel void @c() {
  call void asm sideeffect "call foo", "~{memory}"()
  ret void
}
; Rust writes its PTX in Intel's dialect; of LLVM's alternatives the first counts.
define ptx_kernel void @finetoo() {
  call void asm sideeffect inteldialect "membar.gl;", "~{memory}"()
  call void asm sideeffect "$(membar.gl;$|mfence$)", "~{memory}"()
  ret void
}
