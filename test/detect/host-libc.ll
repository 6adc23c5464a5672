; The system's C library by the name that the linker takes, a linker script.
; REQUIRES: libc-script
; RUN: not %cordon-opt -passes="cordon-detect<host-libs=%libc-script>" -disable-output %s 2>&1 | FileCheck %s
; CHECK-NOT: 'puts'
; CHECK: use of 'five'
; CHECK-NOT: 'puts'
target triple = "x86_64-unknown-linux-gnu"
declare i32 @puts(ptr)
declare void @five()
define void @f() {
  %r = call i32 @puts(ptr null)
  call void @five()
  ret void
}
