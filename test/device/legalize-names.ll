; External names are encoded as registration does; PTX's own words too; local names are left to LLVM.
; RUN: %cordon-opt -passes=cordon-legalize-names -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-legalize-names,cordon-legalize-names -S < %s | diff %t.ll -
; RUN: %if ptxas %{ llc -mtriple=nvptx64-nvidia-cuda -mcpu=sm_75 %t.ll -o %t.ptx && %ptxas -arch=sm_75 %t.ptx -o %t.cubin %}
; CHECK: @.str = private
@.str = private constant [2 x i8] c"x\00"
; CHECK: define ptx_kernel void @"_cordon$julia_k$231$2ex"
define ptx_kernel void @"julia_k#1.x"() {
  %v = call i32 @WARP_SZ()
  ret void
}
; CHECK: define i32 @"_cordon$WARP_SZ"
define i32 @WARP_SZ() {
  ret i32 1
}
; CHECK: define i32 @"a$b"
define i32 @"a$b"() {
  ret i32 1
}
; CHECK: define internal void @local.x
define internal void @local.x() {
  ret void
}
