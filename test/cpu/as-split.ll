; A module as the split leaves it runs before any repair: libm names, variadic printf, invoke, throw, a mutable global.
; RUN: cordon-smoke --backend=cpu %s --kernel=sines --block=8 --arg=buf:f32:8:iota --expect='0: sin(arg0[i]) ~1e-6' | FileCheck %s
; CHECK: 3 lines of 8
; RUN: not cordon-smoke --backend=cpu %s --kernel=throws --block=8 2>&1 | FileCheck --check-prefix=THROW %s
; THROW: exception thrown in kernel 'throws', block (0,0,0), thread (0,0,0)
; RUN: not cordon-smoke --backend=cpu %s --kernel=missing 2>&1 | FileCheck --check-prefix=MISSING %s
; MISSING: device code calls 'nobody_defines_this', which neither the module nor the CPU backend defines
; RUN: sh -c 'cordon-smoke --backend=cpu %s --kernel=tensor; test $? -eq 77' 2>&1 | FileCheck --check-prefix=TENSOR %s
; TENSOR: intrinsic llvm.nvvm.wgmma.fence.sync.aligned
; RUN: cordon-smoke --backend=cpu %s --kernel=variables --block=4 --var=factor:i32:5 --arg=buf:i32:4:iota --expect='0: 5*i+2'
target triple = "nvptx64-nvidia-cuda"

@fmt = private unnamed_addr constant [17 x i8] c"%d lines of %ld\0A\00", align 1
@factor = addrspace(4) externally_initialized global i32 1
@offset = addrspace(1) global i32 2

declare float @sinf(float)
declare i32 @printf(ptr, ...)
declare i32 @__gxx_personality_v0(...)
declare void @__cxa_throw(ptr, ptr, ptr) noreturn
declare void @nobody_defines_this()
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare void @llvm.nvvm.wgmma.fence.sync.aligned()

define ptx_kernel void @sines(ptr %x) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %p = getelementptr float, ptr %x, i32 %t
  %v = load float, ptr %p
  %s = call float @sinf(float %v)
  store float %s, ptr %p
  %first = icmp eq i32 %t, 0
  br i1 %first, label %say, label %done
say:
  %r = call i32 (ptr, ...) @printf(ptr @fmt, i32 3, i64 8)
  br label %done
done:
  ret void
}

define internal void @mayThrow(i32 %t) {
  %c = icmp sge i32 %t, 0
  br i1 %c, label %throw, label %fine
throw:
  call void @__cxa_throw(ptr null, ptr null, ptr null) noreturn
  unreachable
fine:
  ret void
}

define ptx_kernel void @throws() personality ptr @__gxx_personality_v0 {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  invoke void @mayThrow(i32 %t) to label %done unwind label %pad
pad:
  %lp = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %lp
done:
  ret void
}

define ptx_kernel void @missing() {
  call void @nobody_defines_this()
  ret void
}

define ptx_kernel void @tensor() {
  call void @llvm.nvvm.wgmma.fence.sync.aligned()
  ret void
}

define ptx_kernel void @variables(ptr addrspace(1) %out) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %f = load i32, ptr addrspacecast (ptr addrspace(4) @factor to ptr)
  %o = load i32, ptr addrspace(1) @offset
  %m = mul i32 %f, %t
  %s = add i32 %m, %o
  %p = getelementptr i32, ptr addrspace(1) %out, i32 %t
  store i32 %s, ptr addrspace(1) %p
  ret void
}
