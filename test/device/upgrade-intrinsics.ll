; A barrier under an old name, which LLVM does not upgrade in memory, is one convergent barrier in the PTX. (llvm-as
; would upgrade it: the name is given by a rename after parsing.)
; RUN: clang -x c -O1 -Xclang -disable-llvm-passes -S -emit-llvm %S/Inputs/old-barrier.c -o %t.ll
; RUN: sed 's/define dso_local void @k/define dso_local ptx_kernel void @k/' %t.ll > %t.k.ll
; RUN: %cordon-opt -passes='cordon-prepare-device,default<O2>' %t.k.ll | llc -mcpu=sm_75 | FileCheck %s
; CHECK-COUNT-1: bar{{(rier)?}}.sync
; CHECK-NOT: bar{{(rier)?}}.sync
