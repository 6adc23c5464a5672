; stub=trap needs no library; stub=call hands the message to a language's throw.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc;stub=trap>,verify' %s -S | FileCheck %s --check-prefix=TRAP --implicit-check-not=@write --implicit-check-not=@abort
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc;stub=call:jl_error>,verify' %s -S | FileCheck %s --check-prefix=CALL --implicit-check-not=@write

target triple = "x86_64-unknown-linux-gnu"

declare void @llvm.nvvm.membar.sys()

; CALL: @cordon.message = private unnamed_addr constant [53 x i8] c"cordon: device function 'dev' was called on the host\00"
; TRAP: define void @dev()
; TRAP: call void @llvm.trap()
; TRAP-NEXT: unreachable
; CALL: define void @dev()
; CALL: call void @jl_error(ptr @cordon.message)
; CALL-NEXT: call void @llvm.trap()
define void @dev() {
  call void @llvm.nvvm.membar.sys()
  ret void
}

; What throws is not nounwind.
; CALL: define void @caller() {
define void @caller() nounwind {
  call void @dev() nounwind
  ret void
}
; CALL: declare void @jl_error(ptr){{$}}
