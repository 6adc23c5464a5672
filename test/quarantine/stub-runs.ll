; A stub prints one line and aborts; a guard in front of it survives -O2; the program is otherwise what it was.
; REQUIRES: host-x86_64
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>' %s -o %t.h.bc
; RUN: clang -O2 %t.h.bc -o %t
; RUN: %t | FileCheck %s --check-prefix=FINE
; RUN: not --crash %t gpu 2>&1 | FileCheck %s
; FINE: host 1
; CHECK-NOT: {{.}}
; CHECK: cordon: device function 'dev' was called on the host

target triple = "x86_64-unknown-linux-gnu"

@text = private constant [9 x i8] c"host %d\0A\00"
declare i32 @printf(ptr, ...)
declare void @llvm.nvvm.membar.sys()

define void @dev() nounwind {
  call void @llvm.nvvm.membar.sys()
  ret void
}

define i32 @main(i32 %argc, ptr %argv) {
  %gpu = icmp sgt i32 %argc, 1
  br i1 %gpu, label %device, label %host
device:
  call void @dev() nounwind willreturn
  br label %host
host:
  %r = call i32 (ptr, ...) @printf(ptr @text, i32 %argc)
  ret i32 0
}
