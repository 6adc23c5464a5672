; clang's CUDA headers declare the indices as objects in address space 1, whose member functions take their address.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.bc>,verify' -S %s -o %t.host.ll
; RUN: llvm-dis %t.bc -o - | FileCheck %s
target triple = "x86_64-unknown-linux-gnu"

%index = type { i8 }
@threadIdx = extern_weak addrspace(1) global %index, align 1
@blockDim = external addrspace(1) global [3 x i32]

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()

define internal i32 @convert(ptr %this) {
  %x = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  ret i32 %x
}

; CHECK-LABEL: define ptx_kernel void @by_address(
; CHECK: %[[COPY:.*]] = alloca [3 x i32]
; CHECK: call i32 @convert(ptr %[[COPY]])
define ptx_kernel void @by_address(ptr %out) {
  %x = call i32 @convert(ptr addrspacecast (ptr addrspace(1) @threadIdx to ptr))
  store i32 %x, ptr %out
  ret void
}

; CHECK-LABEL: define ptx_kernel void @by_load(
; CHECK: %[[COPY:.*]] = alloca [3 x i32]
; CHECK: %[[FIELD:.*]] = getelementptr inbounds i8, ptr %[[COPY]], i64 4
; CHECK: load i32, ptr %[[FIELD]]
; CHECK: load i32, ptr %[[COPY]]
define ptx_kernel void @by_load(ptr %out) {
  %y = load i32, ptr addrspace(1) getelementptr inbounds (i8, ptr addrspace(1) @blockDim, i64 4)
  %x = load i32, ptr addrspace(1) @blockDim
  %sum = add i32 %x, %y
  store i32 %sum, ptr %out
  ret void
}
; CHECK-NOT: addrspacecast
