; The device module holds the kernels and what they reach, through constants of any depth, and nothing else.
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S -o %t.h.ll
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s --check-prefix=DEVICE --implicit-check-not=define --implicit-check-not=@host
; RUN: FileCheck %s --check-prefix=HOST --implicit-check-not=@local < %t.h.ll
; RUN: llc -filetype=obj %t.h.ll -o %t.o

target triple = "x86_64-unknown-linux-gnu"

; DEVICE: target datalayout = "e-p6:32:32-
; DEVICE: target triple = "nvptx64-nvidia-cuda"
; DEVICE-DAG: @table = internal constant { i32, [2 x ptr] } { i32 1, [2 x ptr] [ptr @leaf, ptr getelementptr (i8, ptr @data, i64 4)] }
; DEVICE-DAG: @data = internal constant [2 x i32] [i32 3, i32 4]
; DEVICE-DAG: @moved = internal global i32 0
; HOST: @table = constant
; HOST-NOT: @moved
@table = constant { i32, [2 x ptr] } { i32 1, [2 x ptr] [ptr @leaf, ptr getelementptr (i8, ptr @data, i64 4)] }
@data = internal constant [2 x i32] [i32 3, i32 4]
@moved = internal global i32 0
@host_only = global i32 0
; A table of positions keeps every slot.
; HOST: @slots = constant [3 x ptr] [ptr @unreached, ptr @host, ptr @kernel]
@slots = constant [3 x ptr] [ptr @unreached, ptr @host, ptr @kernel]

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare void @llvm.nvvm.membar.sys()

; DEVICE: define ptx_kernel void @kernel(ptr %out)
define ptx_kernel void @kernel(ptr %out) {
  %f = load ptr, ptr getelementptr ({ i32, [2 x ptr] }, ptr @table, i64 0, i32 1)
  %r = call i32 %f()
  store i32 %r, ptr %out
  call void @local()
  ret void
}

; Nobody can name it on the host any more.
; DEVICE: define internal void @local()
define internal void @local() {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  store i32 %t, ptr @moved
  ret void
}

; DEVICE: define internal i32 @leaf()
; HOST: define i32 @leaf()
; HOST-NEXT: %r = call i32 @both(
define i32 @leaf() {
  %r = call i32 @both(i32 1)
  ret i32 %r
}

; DEVICE: define internal i32 @both(i32 %x)
define linkonce_odr i32 @both(i32 %x) {
  %r = add i32 %x, 1
  ret i32 %r
}

; HOST: define void @unreached()
; HOST-NOT: llvm.nvvm
define void @unreached() {
  call void @llvm.nvvm.membar.sys()
  ret void
}

define i32 @host() {
  %r = call i32 @both(i32 2)
  ret i32 %r
}

; HOST: !cordon.entries = !{![[E:[0-9]+]]}
; HOST: ![[E]] = !{!"kernel", ptr @kernel, !"kernel", !"kernel"}
