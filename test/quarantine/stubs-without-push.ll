; clang's stub of a kernel that is only launched by address: nothing pushes a configuration, and the stub launches itself
; or the kernel. Both addresses are registered, and the stub is no kernel.
; RUN: rm -rf %t && split-file %s %t
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t/d.bc>,verify' %t/self.ll -S -o - | FileCheck %s
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t/d.bc>,verify' %t/kernel.ll -S -o - | FileCheck %s
; RUN: sed -e 's/ptx_kernel //' %t/self.ll | %cordon-opt -passes='cordon-quarantine<device-out=%t/d.bc>,verify' -S -o - | FileCheck %s
; CHECK-LABEL: define void @_ZN3ns222__device_stub__kernelXEPi(
; CHECK: call i32 @cudaLaunchKernel(
; CHECK: !cordon.entries = !{![[A:[0-9]+]], ![[B:[0-9]+]]}
; CHECK: ![[A]] = !{!"kernel", ptr @_ZN3ns27kernelXEPi, !"_ZN3ns27kernelXEPi", !"_ZN3ns27kernelXEPi"}
; CHECK: ![[B]] = !{!"kernel", ptr @_ZN3ns222__device_stub__kernelXEPi, !"_ZN3ns27kernelXEPi", !"_ZN3ns27kernelXEPi"}

;--- self.ll
target triple = "x86_64-unknown-linux-gnu"
declare i32 @__cudaPopCallConfiguration(ptr, ptr, ptr, ptr)
declare i32 @cudaLaunchKernel(ptr, i64, i32, i64, i32, ptr, i64, ptr)
declare i32 @cudaLaunchCooperativeKernel(ptr, i64, i32, i64, i32, ptr, i64, ptr)
define ptx_kernel void @_ZN3ns27kernelXEPi(ptr %p) {
  store i32 1, ptr %p
  ret void
}
define void @_ZN3ns222__device_stub__kernelXEPi(ptr %p) noinline {
  %grid = alloca { i64, i32 }
  %args = alloca ptr
  store ptr %p, ptr %args
  %r = call i32 @__cudaPopCallConfiguration(ptr %grid, ptr %grid, ptr %grid, ptr %grid)
  %l = call i32 @cudaLaunchKernel(ptr @_ZN3ns222__device_stub__kernelXEPi, i64 1, i32 1, i64 1, i32 1, ptr %args, i64 0, ptr null)
  ret void
}
define void @host(ptr %args) {
  %l = call i32 @cudaLaunchCooperativeKernel(ptr @_ZN3ns222__device_stub__kernelXEPi, i64 1, i32 1, i64 1, i32 1, ptr %args, i64 0, ptr null)
  ret void
}

;--- kernel.ll
target triple = "x86_64-unknown-linux-gnu"
declare i32 @__cudaPopCallConfiguration(ptr, ptr, ptr, ptr)
declare i32 @cudaLaunchKernel(ptr, i64, i32, i64, i32, ptr, i64, ptr)
declare i32 @cudaLaunchCooperativeKernel(ptr, i64, i32, i64, i32, ptr, i64, ptr)
define ptx_kernel void @_ZN3ns27kernelXEPi(ptr %p) {
  store i32 1, ptr %p
  ret void
}
define void @_ZN3ns222__device_stub__kernelXEPi(ptr %p) noinline {
  %grid = alloca { i64, i32 }
  %args = alloca ptr
  store ptr %p, ptr %args
  %r = call i32 @__cudaPopCallConfiguration(ptr %grid, ptr %grid, ptr %grid, ptr %grid)
  %l = call i32 @cudaLaunchKernel(ptr @_ZN3ns27kernelXEPi, i64 1, i32 1, i64 1, i32 1, ptr %args, i64 0, ptr null)
  ret void
}
define void @host(ptr %args) {
  %l = call i32 @cudaLaunchCooperativeKernel(ptr @_ZN3ns222__device_stub__kernelXEPi, i64 1, i32 1, i64 1, i32 1, ptr %args, i64 0, ptr null)
  ret void
}
