; A kernel that is launched through a pointer: its host address is of something that pops the configuration and launches.
; Where clang's stub is there, that is what host code points to, and it is registered as well.
; RUN: rm -rf %t && split-file %s %t
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t/d.bc>,verify' %t/host.ll -S -o %t/h.ll
; RUN: FileCheck %t/host.ll < %t/h.ll
; RUN: llvm-dis < %t/d.bc | FileCheck %s --check-prefix=DEVICE
; DEVICE: !cordon.cuda = !{}
; RUN: llc -filetype=obj %t/h.ll -o %t/h.o
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t/d2.bc>' %t/h.ll -S -o %t/again.ll
; RUN: opt -S %t/h.ll -o %t/before.ll
; RUN: diff %t/before.ll %t/again.ll
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t/a.bc>,verify' %t/aarch64.ll -S -o - | FileCheck %t/aarch64.ll
; RUN: sed -e s/__cudaPushCallConfiguration/other/ %t/host.ll | %cordon-opt -passes='cordon-quarantine<device-out=%t/n.bc>' -S | FileCheck %s --check-prefix=NONE
; Nothing is pushed: a call is an error.
; NONE-LABEL: define void @bare(
; NONE-NOT: __cudaPop
; NONE: call void @cordon.called_on_host(

;--- host.ll
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK: @table = global [2 x ptr] [ptr @bare, ptr @_Z19__device_stub__joinedPi]
@table = global [2 x ptr] [ptr @bare, ptr @_Z6joinedPi]

declare i32 @__cudaPushCallConfiguration(i64, i32, i64, i32, i64, ptr)
declare i32 @__cudaPopCallConfiguration(ptr, ptr, ptr, ptr)
declare i32 @cudaLaunchKernel(ptr, i64, i32, i64, i32, ptr, i64, ptr)
declare i32 @cudaFuncGetAttributes(ptr, ptr)

; CHECK-LABEL: define void @bare(ptr %p, float %x, ptr byval([40 x i8]) align 8 %s)
; CHECK: %[[EMPTY:.*]] = icmp ne i32 %{{.*}}, 0
; CHECK: br i1 %[[EMPTY]], label %[[CALLED:.*]], label
; CHECK: call i32 @cudaLaunchKernel(ptr @bare, i64 %{{.*}}, i32 %{{.*}}, i64 %{{.*}}, i32 %{{.*}}, ptr %{{.*}}, i64 %{{.*}}, ptr %{{.*}})
; CHECK: ret void
; CHECK: [[CALLED]]:
; CHECK: call void @cordon.called_on_host(
define ptx_kernel void @bare(ptr %p, float %x, ptr byval([40 x i8]) align 8 %s) {
  store float %x, ptr %p
  ret void
}

define ptx_kernel void @_Z6joinedPi(ptr %p) {
  store i32 1, ptr %p
  ret void
}

; CHECK-LABEL: define void @_Z19__device_stub__joinedPi(
; CHECK: call i32 @cudaLaunchKernel(ptr @_Z6joinedPi,
define void @_Z19__device_stub__joinedPi(ptr %p) noinline {
  %grid = alloca { i64, i32 }
  %args = alloca ptr
  store ptr %p, ptr %args
  %r = call i32 @__cudaPopCallConfiguration(ptr %grid, ptr %grid, ptr %grid, ptr %grid)
  %l = call i32 @cudaLaunchKernel(ptr @_Z6joinedPi, i64 1, i32 1, i64 1, i32 1, ptr %args, i64 0, ptr null)
  ret void
}

; CHECK-LABEL: define void @host(
; CHECK: select i1 %which, ptr @bare, ptr @_Z19__device_stub__joinedPi
; CHECK: call i32 @cudaFuncGetAttributes(ptr null, ptr @_Z19__device_stub__joinedPi)
define void @host(i1 %which, ptr %p) {
  %r = call i32 @__cudaPushCallConfiguration(i64 1, i32 1, i64 1, i32 1, i64 0, ptr null)
  %k = select i1 %which, ptr @bare, ptr @_Z6joinedPi
  call void %k(ptr %p)
  %a = call i32 @cudaFuncGetAttributes(ptr null, ptr @_Z6joinedPi)
  ret void
}

; CHECK-DAG: !{!"kernel", ptr @_Z6joinedPi, !"_Z6joinedPi", !"_Z6joinedPi"}
; CHECK-DAG: !{!"kernel", ptr @_Z19__device_stub__joinedPi, !"_Z6joinedPi", !"_Z6joinedPi"}
; CHECK-DAG: !{!"kernel", ptr @bare, !"bare", !"bare"}

;--- aarch64.ll
target triple = "aarch64-unknown-linux-gnu"
declare i32 @__cudaPushCallConfiguration([2 x i64], [2 x i64], i64, ptr)
define void @host(ptr %k) {
  %r = call i32 @__cudaPushCallConfiguration([2 x i64] zeroinitializer, [2 x i64] zeroinitializer, i64 0, ptr null)
  call void %k(i8 1)
  ret void
}
; CHECK: call i32 @cudaLaunchKernel(ptr @kernel, [2 x i64] %{{.*}}, [2 x i64] %{{.*}}, ptr %{{.*}}, i64 %{{.*}}, ptr %{{.*}})
define ptx_kernel void @kernel(i8 %n) {
  ret void
}
