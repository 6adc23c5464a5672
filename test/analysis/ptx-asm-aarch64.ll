; The same rule with AArch64's assembler.
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %s | FileCheck %s
; CHECK: "deviceOnly": [
; CHECK-NEXT: "ptx.exit",
; CHECK-NEXT: "ptx.membar",
; CHECK-NEXT: "ptx.mov"
; CHECK-NEXT: ],
target triple = "aarch64-unknown-linux-gnu"
define void @ptx.exit() {
  call void asm sideeffect "exit;", ""()
  ret void
}
define i32 @ptx.mov() {
  %x = call i32 asm "mov.u32 $0, %laneid;", "=r"()
  ret i32 %x
}
define void @ptx.membar() {
  call void asm sideeffect "membar.sys;", ""()
  ret void
}
define i64 @host(i64 %a, i32 %b, ptr %p, double %d) {
  %x = call i64 asm "add $0, $1, $2", "=r,r,r"(i64 %a, i64 %a)
  %y = call i32 asm "mov ${0:w}, ${1:w}", "=r,r"(i32 %b)
  %z = call i64 asm "mrs $0, cntvct_el0", "=r"()
  %u = call double asm "fmul ${0:d}, ${1:d}, ${1:d}", "=w,w"(double %d)
  %v = call i32 asm sideeffect "ldxr ${0:w}, $1", "=&r,*Q"(ptr elementtype(i32) %p)
  call void asm sideeffect "dmb ish", "~{memory}"()
  call void asm sideeffect "yield", ""()
  ret i64 %x
}
