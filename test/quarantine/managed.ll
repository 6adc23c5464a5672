; A managed variable leaves the host, which reaches it through a pointer that is registered; on the device it is marked
; managed. By annotate(), by attribute, and by !nvvm.annotations as other front ends write it.
; RUN: rm -rf %t && split-file %s %t
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t/d.bc>,verify' %t/managed.ll -S -o %t/h.ll
; RUN: FileCheck %t/managed.ll --check-prefix=HOST < %t/h.ll
; RUN: llvm-dis %t/d.bc -o - | FileCheck %t/managed.ll --check-prefix=DEVICE
; RUN: llc -filetype=obj %t/h.ll -o %t/h.o
; RUN: %cordon-opt -passes='cordon<arch=sm_90;save-temps=%t/temps>,default<O2>' %t/managed.ll -o %t/whole.bc
; RUN: FileCheck %t/managed.ll --check-prefix=PTX < %t/temps/managed.sm_90.ptx
; RUN: llvm-dis %t/whole.bc -o - | FileCheck %t/managed.ll --check-prefix=WHOLE
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t/e.bc>,verify' %t/initializer.ll -S | FileCheck %t/initializer.ll --check-prefix=INIT
; RUN: not %cordon-opt -passes='cordon-quarantine<device-out=%t/e.bc>' %t/alias.ll -disable-output 2>&1 | FileCheck %s --check-prefix=ALIAS
; ALIAS: error: 'own' is an alias or a thread's own variable and holds the address of managed variable 'x', which is known when the program runs; assign it in code

;--- managed.ll
target triple = "x86_64-unknown-linux-gnu"

; HOST-DAG: @count.managed = externally_initialized global ptr null #{{[0-9]+}}
; HOST-DAG: @local.managed = internal externally_initialized global ptr null
; HOST-DAG: @spaced.managed = externally_initialized global ptr null
; HOST-NOT: @count =
; HOST-NOT: @spaced =
; DEVICE-DAG: @count = addrspace(1) externally_initialized global i32 5
; DEVICE-DAG: @local = addrspace(1) externally_initialized global [4 x i64] zeroinitializer
; DEVICE-DAG: @spaced = addrspace(1) externally_initialized global i32 7
; DEVICE-DAG: !{ptr addrspace(1) @count, !"managed", i32 1}
; DEVICE-DAG: !{ptr addrspace(1) @local, !"managed", i32 1}
; DEVICE-DAG: !{ptr addrspace(1) @spaced, !"managed", i32 1}
; PTX-DAG: .global .attribute(.managed) .align 4 .u32 count = 5;
; PTX-DAG: .global .attribute(.managed) .align 8 .b8 local[32];
; PTX-DAG: .global .attribute(.managed) .align 4 .u32 spaced = 7;
; WHOLE-COUNT-3: call void @__cudaRegisterManagedVar(
@count = global i32 5
@local = internal global [4 x i64] zeroinitializer, align 8 #0
@spaced = addrspace(1) global i32 7
@mark = private constant [15 x i8] c"cordon.managed\00", section "llvm.metadata"
@file = private constant [4 x i8] c"a.c\00", section "llvm.metadata"
@llvm.global.annotations = appending global [1 x { ptr, ptr, ptr, i32, ptr }] [{ ptr, ptr, ptr, i32, ptr } { ptr @count, ptr @mark, ptr @file, i32 1, ptr null }], section "llvm.metadata"

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()

define ptx_kernel void @kernel() {
  %old = load i32, ptr @count
  %x = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %new = add i32 %old, %x
  store i32 %new, ptr @count
  store i64 1, ptr getelementptr (i8, ptr @local, i64 8)
  store i32 %new, ptr addrspacecast (ptr addrspace(1) @spaced to ptr)
  ret void
}

; HOST-LABEL: define i32 @both(
; HOST: %[[P:.*]] = load ptr, ptr @count.managed
; HOST: load i32, ptr %[[P]]
define i32 @both() {
  %v = load i32, ptr @count
  ret i32 %v
}

; HOST-LABEL: define ptr @element(
; HOST: %[[P:.*]] = load ptr, ptr @local.managed
; HOST: getelementptr inbounds {{.*}}ptr %[[P]], i64 16
define ptr @element() {
  ret ptr getelementptr inbounds (i8, ptr @local, i64 16)
}

; HOST-LABEL: define ptr @choice(
; HOST: entry:
; HOST: %[[P:.*]] = load ptr, ptr @count.managed
; HOST-NEXT: switch
; HOST: [ %[[P]], %entry ], [ %[[P]], %entry ]
define ptr @choice(i32 %n) {
entry:
  switch i32 %n, label %other [i32 1, label %join
                               i32 2, label %join]
other:
  br label %join
join:
  %p = phi ptr [ @count, %entry ], [ @count, %entry ], [ null, %other ]
  ret ptr %p
}

; HOST-LABEL: define void @write(
; HOST: %[[P:.*]] = load ptr, ptr @spaced.managed
; HOST: store i32 1, ptr
define void @write() {
  store i32 1, ptr addrspacecast (ptr addrspace(1) @spaced to ptr)
  ret void
}

attributes #0 = { "cordon.managed" }
!nvvm.annotations = !{!0}
!0 = !{ptr addrspace(1) @spaced, !"managed", i32 1}

;--- initializer.ll
target triple = "x86_64-unknown-linux-gnu"
; Addresses in initializers are stored when the program starts, after the registration.
; INIT-DAG: @table = global [3 x ptr] [ptr null, ptr null, ptr @other]
; INIT-DAG: @nested = internal global { i32, { ptr, i64 } } { i32 7, { ptr, i64 } zeroinitializer }
; INIT-DAG: @llvm.global_ctors = appending global {{.*}} { i32 102, ptr @[[INIT:.*]], ptr null }
; INIT: define internal void @[[INIT]]()
; INIT: load ptr, ptr @x.managed
; INIT: ret void
@x = global [4 x i32] zeroinitializer #0
@other = global i32 1
@table = global [3 x ptr] [ptr null, ptr getelementptr (i8, ptr @x, i64 8), ptr @other]
@nested = internal constant { i32, { ptr, i64 } } { i32 7, { ptr, i64 } { ptr @x, i64 ptrtoint (ptr @x to i64) } }
define ptr @reads() {
  %p = load ptr, ptr getelementptr (i8, ptr @nested, i64 8)
  ret ptr %p
}
define ptx_kernel void @kernel() {
  store i32 1, ptr @x
  ret void
}
attributes #0 = { "cordon.managed" }
;--- alias.ll
target triple = "x86_64-unknown-linux-gnu"
@x = global i32 5 #0
@own = thread_local global ptr @x
define ptx_kernel void @kernel() {
  store i32 1, ptr @x
  ret void
}
attributes #0 = { "cordon.managed" }
