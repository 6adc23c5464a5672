; Vectors whose memory is not the sum of their elements are written as bytes; others stay.
; RUN: %cordon-opt -passes=cordon-pack-initializers -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-pack-initializers,cordon-pack-initializers -S < %s | diff %t.ll -
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
; CHECK: @a = global [8 x i8] c"\01\02\03\00\04\05\06\00", align 4
@a = global [2 x <3 x i8>] [<3 x i8> <i8 1, i8 2, i8 3>, <3 x i8> <i8 4, i8 5, i8 6>]
; CHECK: @b = internal addrspace(4) constant [16 x i8] c"\01\00\00\00\02\00\00\00\03\00\00\00\00\00\00\00", align 16
@b = internal addrspace(4) constant <3 x i32> <i32 1, i32 2, i32 3>
; CHECK: @c = global <{ [8 x i8], ptr }> <{ [8 x i8] c"\07\08\09\00\00\00\00\00", ptr @a }>, align 8
@c = global { <3 x i8>, ptr } { <3 x i8> <i8 7, i8 8, i8 9>, ptr @a }
; CHECK: @d = global [1 x i8] c"\05", align 1
@d = global <8 x i1> <i1 true, i1 false, i1 true, i1 false, i1 false, i1 false, i1 false, i1 false>
; CHECK: @e = global <4 x i32> <i32 1, i32 2, i32 3, i32 4>
@e = global <4 x i32> <i32 1, i32 2, i32 3, i32 4>
; CHECK: @f = global <3 x i8> zeroinitializer
@f = global <3 x i8> zeroinitializer
