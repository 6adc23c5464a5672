; Without a kernel the visible device functions are the roots, under each of their names; roots= says otherwise.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>' %s -o /dev/null
; RUN: opt -passes=verify %t.d.bc -S | FileCheck %s --implicit-check-not=define
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.n.bc;roots=plain>' %s -o /dev/null
; RUN: opt -passes=verify %t.n.bc -S | FileCheck %s --check-prefix=NAMED --implicit-check-not=define
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.k.bc;kernels=plain>' %s -S | FileCheck %s --check-prefix=KERNEL
; RUN: opt -passes=verify %t.k.bc -S | FileCheck %s --check-prefix=ENTRY --implicit-check-not=define

target triple = "x86_64-unknown-linux-gnu"

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()

@C1 = alias i32 (ptr), ptr @C2

; CHECK: define i32 @C2(ptr %this)
define i32 @C2(ptr %this) {
  %t = call i32 @local()
  %u = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %v = add i32 %t, %u
  ret i32 %v
}

; CHECK: define internal i32 @local()
define internal i32 @local() {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  ret i32 %t
}

; CHECK: define i32 @C1(ptr %0)
; CHECK: call i32 @C2(ptr %0)

; An unreached local function is nobody's.
define internal i32 @unreached() {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  ret i32 %t
}

; Its strong copy is elsewhere: a declaration here.
; KERNEL: declare i32 @elsewhere()
define available_externally i32 @elsewhere() {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  ret i32 %t
}

@slots = global [2 x ptr] [ptr @elsewhere, ptr @plain]

; NAMED: define void @plain()
; ENTRY: define ptx_kernel void @plain()
; KERNEL: define void @plain()
; KERNEL: call void @cordon.called_on_host
define void @plain() {
  ret void
}
