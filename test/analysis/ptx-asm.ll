; Inline assembly is PTX when its first mnemonic is one of PTX and the host's assembler refuses it.
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %s | FileCheck %s
; CHECK: "deviceOnly": [
; CHECK-NEXT: "ptx.atom",
; CHECK-NEXT: "ptx.block",
; CHECK-NEXT: "ptx.declared",
; CHECK-NEXT: "ptx.exit",
; CHECK-NEXT: "ptx.fma",
; CHECK-NEXT: "ptx.mapa",
; CHECK-NEXT: "ptx.mov",
; CHECK-NEXT: "ptx.predicate"
; CHECK-NEXT: ],
; CHECK-DAG: "symbol": "mov.u32"
; CHECK-DAG: "symbol": "mov.b16"
; CHECK-DAG: "symbol": ".reg"
; CHECK-DAG: "symbol": "atom.global.cas.b16"
; CHECK-DAG: "symbol": "setp.eq.s32"
; CHECK-DAG: "symbol": "mapa.shared::cluster.u64"
target triple = "x86_64-unknown-linux-gnu"
define void @ptx.exit() {
  call void asm sideeffect "exit;", ""()
  ret void
}
define i32 @ptx.mov() {
  %x = call i32 asm "mov.u32 $0, %tid.x;", "=r"()
  ret i32 %x
}
define i16 @ptx.atom(i64 %p, i16 %a, i16 %b) {
  %x = call i16 asm sideeffect "atom.global.cas.b16 $0, [$1], $2, $3;", "=h,l,h,h"(i64 %p, i16 %a, i16 %b)
  ret i16 %x
}
define float @ptx.fma(float %a) {
  %x = call float asm "fma.rn.f32 $0, $1, $1, $1;", "=f,f"(float %a)
  ret float %x
}
define i64 @ptx.mapa(i64 %a, i32 %b) {
  %x = call i64 asm "mapa.shared::cluster.u64 $0, $1, $2;", "=l,l,r"(i64 %a, i32 %b)
  ret i64 %x
}
define i32 @ptx.block(i32 %a) {
  %x = call i32 asm "$( .reg .pred p; // comment\0A setp.eq.s32 p, $1, 0; selp.s32 $0, 1, 0, p; $)", "=r,r"(i32 %a)
  ret i32 %x
}
; Declarations as CUDA's headers write them, and a block with nothing else.
define i16 @ptx.declared(i16 %a) {
  %x = call i16 asm "{.reg.b32 f;\0A .reg.b16 r;\0A mov.b16 r,$1;\0A cvt.f32.f16 f,r;\0A mov.b16 $0,r;\0A}", "=h,h"(i16 %a)
  call void asm sideeffect "{.reg.b32 f;}", ""()
  ret i16 %x
}
define void @ptx.predicate() {
  call void asm sideeffect "here: @!p bra there;", ""()
  ret void
}
define void @host.plain() {
  call void asm sideeffect "", ""()
  call void asm sideeffect "", "~{memory}"()
  call void asm sideeffect "nop", ""()
  call void asm sideeffect "pause", ""()
  call void asm sideeffect "ret;", ""()
  call void asm sideeffect "mfence", "~{memory}"()
  call void asm sideeffect ".byte 0x90", ""()
  ret void
}
define i32 @host.moves(i32 %a, ptr %p, i64 %n, i8 %b) {
  %x = call i32 asm "mov $1, $0", "=r,r"(i32 %a)
  %y = call i32 asm "movl $1, $0; add $$1, $0", "=r,r"(i32 %a)
  %z = call i32 asm "add ${1:k}, $0", "=r,r,0"(i64 %n, i32 %a)
  call void asm sideeffect "lock; addl $1, $0", "=*m,ir,~{memory}"(ptr elementtype(i32) %p, i32 %a)
  call void asm sideeffect "call ${0:P}", "i"(ptr @host.plain)
  %s = call i32 asm inteldialect "mov $0, $1", "=r,r"(i32 %a)
  %t = call i64 asm "mov %fs:0, $0", "=r"()
  call void asm sideeffect "shl ${1:b}, ${0:q}", "r,{cx}"(i64 %n, i64 %n)
  %v = call i32 asm "$(mov $1, $0$|mov $0, $1$)", "=r,r"(i32 %a)
  ret i32 %x
}
define <2 x double> @host.vectors(<2 x double> %a) {
  %x = call <2 x double> asm "mulpd $1, $0", "=x,x,0"(<2 x double> %a, <2 x double> %a)
  ret <2 x double> %x
}
define void @host.rdtsc() {
  %x = call { i32, i32 } asm sideeffect "rdtsc", "={ax},={dx}"()
  ret void
}
