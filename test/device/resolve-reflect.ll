; A question that -O0 keeps in a variable or hands through a function becomes a constant at the call; what cannot be one is
; refused, also by lowering alone, where LLVM would abort.
; RUN: rm -rf %t && mkdir %t && split-file %s %t
; RUN: %cordon-opt -passes=cordon-resolve-reflect -verify-each -S < %t/good.ll > %t/good.out
; RUN: FileCheck %s < %t/good.out
; RUN: %cordon-opt -passes=cordon-resolve-reflect,cordon-resolve-reflect -S < %t/good.ll | diff %t/good.out -
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t/good.ptx>' -disable-output %t/good.ll
; RUN: FileCheck %s --check-prefix=PTX < %t/good.ptx
; RUN: not %cordon-opt -passes=cordon-prepare-device -disable-output %t/bad.ll 2>&1 | FileCheck %s --check-prefix=BAD --implicit-check-not=Stack
; RUN: not %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t/bad.ptx>' -disable-output %t/bad.ll 2>&1 | FileCheck %s --check-prefix=BAD --implicit-check-not=Stack
; BAD: error: __nvvm_reflect is asked with a string that is no constant{{.*}} in 'asks' [host-intrinsic]
; BAD: note: 'asks' is called by 'k'
; BAD: error: __nvvm_reflect is asked with a string that is no constant{{.*}} in 'k' [host-intrinsic]
; BAD: 2 errors

;--- good.ll
target triple = "nvptx64-nvidia-cuda"
@arch = private constant [12 x i8] c"__CUDA_ARCH\00"
declare i32 @__nvvm_reflect(ptr)
; CHECK-LABEL: define ptx_kernel void @variable(
; CHECK: call i32 @__nvvm_reflect(ptr {{.*}}@arch)
; PTX-LABEL: .entry variable(
; PTX: 900
define ptx_kernel void @variable(ptr %p) {
  %slot = alloca ptr
  store ptr @arch, ptr %slot
  %q = load ptr, ptr %slot
  %r = call i32 @__nvvm_reflect(ptr %q)
  store i32 %r, ptr %p
  ret void
}
; CHECK-LABEL: define ptx_kernel void @through(
; CHECK: call i32 @__nvvm_reflect(ptr {{.*}}@arch)
; PTX-LABEL: .entry through(
; PTX: 900
define ptx_kernel void @through(ptr %p) {
  %r = call i32 @asks(ptr @arch)
  store i32 %r, ptr %p
  ret void
}
define linkonce_odr i32 @asks(ptr %q) noinline {
  %slot = alloca ptr
  store ptr %q, ptr %slot
  %s = load ptr, ptr %slot
  %r = call i32 @__nvvm_reflect(ptr %s)
  ret i32 %r
}

;--- bad.ll
target triple = "nvptx64-nvidia-cuda"
@nowhere = external constant [12 x i8]
declare i32 @__nvvm_reflect(ptr)
define ptx_kernel void @k(ptr %p) {
  %r = call i32 @__nvvm_reflect(ptr @nowhere)
  %s = call i32 @asks(ptr %p)
  ret void
}
define weak i32 @asks(ptr %q) {
  %r = call i32 @__nvvm_reflect(ptr %q)
  ret i32 %r
}
