; Addresses that reach a launch are kernels: through arguments, allocas, fields, tables and results of functions. The
; other field of a table and what is only passed beside a kernel are none.
; RUN: not %cordon-opt -passes="cordon-detect<format=json>" -disable-output %s | FileCheck %s
; CHECK: "reachesDevice": {},
; CHECK-NEXT: "kernels": [
; CHECK-NEXT: "k.argument",
; CHECK-NEXT: "k.cooperative",
; CHECK-NEXT: "k.direct",
; CHECK-NEXT: "k.ex",
; CHECK-NEXT: "k.field",
; CHECK-NEXT: "k.phi",
; CHECK-NEXT: "k.result",
; CHECK-NEXT: "k.slot",
; CHECK-NEXT: "k.table0",
; CHECK-NEXT: "k.table1"
; CHECK-NEXT: ],
target triple = "x86_64-unknown-linux-gnu"
%entry = type { ptr, ptr }
@table = internal constant [2 x %entry] [%entry { ptr @k.table0, ptr @host.callback }, %entry { ptr @k.table1, ptr @host.callback }]
declare i32 @cudaLaunchKernel(ptr, i64, i32, i64, i32, ptr, i64, ptr)
declare i32 @cudaLaunchCooperativeKernel(ptr, i64, i32, i64, i32, ptr, i64, ptr)
declare i32 @cudaLaunchKernelExC_ptsz(ptr, ptr, ptr)
define void @k.direct() { ret void }
define void @k.cooperative() { ret void }
define void @k.ex() { ret void }
define void @k.argument() { ret void }
define void @k.slot() { ret void }
define void @k.field() { ret void }
define void @k.phi() { ret void }
define void @k.result() { ret void }
define void @k.table0() { ret void }
define void @k.table1() { ret void }
define void @host.callback() { ret void }
define void @host.other() { ret void }

define internal void @launch(ptr %f, ptr %done) {
  %f.addr = alloca ptr
  store ptr %f, ptr %f.addr
  %g = load ptr, ptr %f.addr
  %r = call i32 @cudaLaunchKernel(ptr %g, i64 1, i32 1, i64 1, i32 1, ptr null, i64 0, ptr null)
  call void %done()
  ret void
}
define internal void @init(ptr %s) {
  %s.addr = alloca ptr
  store ptr %s, ptr %s.addr
  %t = load ptr, ptr %s.addr
  %first = getelementptr %entry, ptr %t, i32 0, i32 1
  store ptr @host.callback, ptr %first
  store ptr @k.field, ptr %t
  ret void
}
define internal ptr @identity(ptr %p) {
  ret ptr %p
}
define void @host(i1 %c, i64 %i) {
  %e = alloca %entry
  %slot = alloca ptr
  %r0 = call i32 @cudaLaunchKernel(ptr @k.direct, i64 1, i32 1, i64 1, i32 1, ptr null, i64 0, ptr null)
  %r1 = call i32 @cudaLaunchCooperativeKernel(ptr @k.cooperative, i64 1, i32 1, i64 1, i32 1, ptr null, i64 0, ptr null)
  %r2 = call i32 @cudaLaunchKernelExC_ptsz(ptr @host.other, ptr @k.ex, ptr null)
  call void @launch(ptr @k.argument, ptr @host.callback)
  store ptr @k.slot, ptr %slot
  %s = load ptr, ptr %slot
  call void @launch(ptr %s, ptr @host.callback)
  call void @init(ptr %e)
  %f = load ptr, ptr %e
  call void @launch(ptr %f, ptr @host.callback)
  %p = select i1 %c, ptr @k.phi, ptr @k.direct
  call void @launch(ptr %p, ptr @host.callback)
  %t = getelementptr [2 x %entry], ptr @table, i64 0, i64 %i
  %u = load ptr, ptr %t
  call void @launch(ptr %u, ptr @host.callback)
  %x = call ptr @identity(ptr @host.other)
  %y = call ptr @identity(ptr @k.result)
  call void @launch(ptr %y, ptr %x)
  ret void
}
