; Variables: device variables that the host names get a shadow at the same symbol that is registered; local ones that
; only device code uses move; shared memory leaves the host; constants are copied.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S -o %t.h.ll
; RUN: FileCheck %s --check-prefix=HOST --implicit-check-not=addrspace < %t.h.ll
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s --check-prefix=DEVICE
; RUN: llc -filetype=obj %t.h.ll -o %t.o

target triple = "x86_64-unknown-linux-gnu"

; HOST: @global = global [4 x i32] zeroinitializer, align 16 #[[SHADOW:[0-9]+]]
; DEVICE-DAG: @global = addrspace(1) externally_initialized global [4 x i32] [i32 1, i32 2, i32 3, i32 4], align 16
@global = addrspace(1) global [4 x i32] [i32 1, i32 2, i32 3, i32 4], align 16
; HOST: @coefficients = internal global [2 x float] zeroinitializer, align 4
; DEVICE-DAG: @coefficients = addrspace(4) externally_initialized global [2 x float] zeroinitializer, align 4
@coefficients = internal addrspace(4) global [2 x float] zeroinitializer
; HOST-NOT: @device_local
; DEVICE-DAG: @device_local = internal addrspace(1) global i32 0
@device_local = internal addrspace(1) global i32 0
; HOST-NOT: @keys
; DEVICE-DAG: @keys = internal addrspace(3) global [32 x i32] zeroinitializer
@keys = weak addrspace(3) global [32 x i32] zeroinitializer
; HOST: @marked = global i32 7
; DEVICE-DAG: @marked = addrspace(1) externally_initialized global i32 7
@marked = global i32 7 #0
; HOST: @primes = internal constant [2 x i32] [i32 2, i32 3]
; DEVICE-DAG: @primes = internal constant [2 x i32] [i32 2, i32 3]
@primes = internal constant [2 x i32] [i32 2, i32 3]
; HOST: @addresses = global [2 x ptr] [ptr @global, ptr getelementptr (i8, ptr @global, i64 8)]
@addresses = global [2 x ptr] [ptr addrspacecast (ptr addrspace(1) @global to ptr), ptr addrspacecast (ptr addrspace(1) getelementptr (i8, ptr addrspace(1) @global, i64 8) to ptr)]

declare i32 @cudaMemcpyToSymbol(ptr, ptr, i64, i64, i32)

; DEVICE: define ptx_kernel void @k()
define ptx_kernel void @k() {
  %a = load i32, ptr addrspace(1) @global
  store i32 %a, ptr addrspace(1) @device_local
  %b = load float, ptr addrspace(4) @coefficients
  store float %b, ptr addrspace(3) @keys
  %c = load i32, ptr @marked
  store i32 %c, ptr @marked
  %d = load i32, ptr @primes
  ret void
}

; HOST-LABEL: define void @host(
; HOST: call i32 @cudaMemcpyToSymbol(ptr @coefficients, ptr %p, i64 8, i64 0, i32 1)
; HOST: load i32, ptr @marked
; HOST: load i32, ptr @primes
define void @host(ptr %p) {
  %r = call i32 @cudaMemcpyToSymbol(ptr addrspacecast (ptr addrspace(4) @coefficients to ptr), ptr %p, i64 8, i64 0, i32 1)
  %m = load i32, ptr @marked
  %q = load i32, ptr @primes
  ret void
}

attributes #0 = { "cordon.device-variable" }

; HOST: attributes #[[SHADOW]] = { "cordon.shadow" }
; HOST-DAG: !{!"variable", ptr @global, !"global", !"global", i64 16, i32 0}
; HOST-DAG: !{!"variable", ptr @coefficients, !"coefficients", !"coefficients", i64 8, i32 1}
; HOST-DAG: !{!"variable", ptr @marked, !"marked", !"marked", i64 4, i32 0}
