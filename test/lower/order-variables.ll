; What a table names is written before it, in the table's order: LLVM alone orders it by the addresses that its objects have
; in that run.
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --input-file=%t.ptx
; CHECK: .global .align 1 .b8 s11[2]
; CHECK-NEXT: .global .align 1 .b8 s2[2]
; CHECK-NEXT: .global .align 1 .b8 s8[2]
; CHECK-NEXT: .global .align 1 .b8 s10[2]
; CHECK-NEXT: .global .align 1 .b8 s5[2]
; CHECK-NEXT: .global .align 1 .b8 s0[2]
; CHECK-NEXT: .global .align 1 .b8 s9[2]
; CHECK-NEXT: .global .align 1 .b8 s7[2]
; CHECK-NEXT: .global .align 1 .b8 s6[2]
; CHECK-NEXT: .global .align 1 .b8 s1[2]
; CHECK-NEXT: .global .align 1 .b8 s4[2]
; CHECK-NEXT: .global .align 1 .b8 s3[2]
; CHECK-NEXT: .visible .global .align 8 .u64 table[12]
target triple = "nvptx64-nvidia-cuda"
@table = addrspace(1) externally_initialized global [12 x ptr] [ptr addrspacecast (ptr addrspace(1) @s11 to ptr), ptr addrspacecast (ptr addrspace(1) @s2 to ptr), ptr addrspacecast (ptr addrspace(1) @s8 to ptr), ptr addrspacecast (ptr addrspace(1) @s10 to ptr), ptr addrspacecast (ptr addrspace(1) @s5 to ptr), ptr addrspacecast (ptr addrspace(1) @s0 to ptr), ptr addrspacecast (ptr addrspace(1) @s9 to ptr), ptr addrspacecast (ptr addrspace(1) @s7 to ptr), ptr addrspacecast (ptr addrspace(1) @s6 to ptr), ptr addrspacecast (ptr addrspace(1) @s1 to ptr), ptr addrspacecast (ptr addrspace(1) @s4 to ptr), ptr addrspacecast (ptr addrspace(1) @s3 to ptr)]
@s0 = internal addrspace(1) constant [2 x i8] c"a\00"
@s1 = internal addrspace(1) constant [2 x i8] c"b\00"
@s2 = internal addrspace(1) constant [2 x i8] c"c\00"
@s3 = internal addrspace(1) constant [2 x i8] c"d\00"
@s4 = internal addrspace(1) constant [2 x i8] c"e\00"
@s5 = internal addrspace(1) constant [2 x i8] c"f\00"
@s6 = internal addrspace(1) constant [2 x i8] c"g\00"
@s7 = internal addrspace(1) constant [2 x i8] c"h\00"
@s8 = internal addrspace(1) constant [2 x i8] c"i\00"
@s9 = internal addrspace(1) constant [2 x i8] c"j\00"
@s10 = internal addrspace(1) constant [2 x i8] c"k\00"
@s11 = internal addrspace(1) constant [2 x i8] c"l\00"
define ptx_kernel void @k(ptr %p, i64 %i) {
  %e = getelementptr ptr, ptr addrspacecast (ptr addrspace(1) @table to ptr), i64 %i
  %s = load ptr, ptr %e
  %c = load i8, ptr %s
  store i8 %c, ptr %p
  ret void
}
