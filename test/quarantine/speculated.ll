; An optimizer made `if (gpu) r = tid()` an unconditional read, and inlined a guarded barrier into main: the host keeps
; what it does without a GPU, no device call survives, and who arrives at the device's part gets the stub's message.
; REQUIRES: host-x86_64
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S -o %t.h.ll
; RUN: FileCheck %s --implicit-check-not=@llvm.nvvm < %t.h.ll
; RUN: clang -O2 %t.h.ll -o %t
; RUN: %t
; RUN: not --crash %t 1 2>&1 | FileCheck %s --check-prefix=SPECULATED
; RUN: not --crash %t 1 2 2>&1 | FileCheck %s --check-prefix=INLINED
; RUN: not --crash %t 1 2 3 2>&1 | FileCheck %s --check-prefix=LOOP
; RUN: not --crash %t 1 2 3 4 2>&1 | FileCheck %s --check-prefix=LOGIC
; RUN: not --crash %t 1 2 3 4 5 2>&1 | FileCheck %s --check-prefix=LANES
; LANES: cordon: device function 'lanes' was called on the host
; LOGIC: cordon: device function 'logic' was called on the host
; SPECULATED: cordon: device function 'speculated' was called on the host
; INLINED: cordon: device function 'llvm.nvvm.barrier.cta.sync.aligned.all' was called on the host
; LOOP: cordon: device function 'loop' was called on the host

target triple = "x86_64-unknown-linux-gnu"

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)

@moved = internal global i32 0

define ptx_kernel void @k() {
  store i32 2, ptr @moved
  ret void
}

define i32 @speculated(i1 %gpu, i32 %x) noinline {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %n = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %q = udiv i32 %t, %n
  %u = add i32 %q, %x
  %r = select i1 %gpu, i32 %u, i32 %x
  ret i32 %r
}

; The read was hoisted out of a loop that uses it under a guard.
define i32 @loop(i1 %gpu, i32 %n) noinline {
entry:
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  br label %head
head:
  %i = phi i32 [ 0, %entry ], [ %next, %head ]
  %s = phi i32 [ 0, %entry ], [ %sum, %head ]
  %v = select i1 %gpu, i32 %t, i32 1
  %sum = add i32 %s, %v
  %next = add i32 %i, 1
  %more = icmp slt i32 %next, %n
  br i1 %more, label %head, label %out
out:
  ret i32 %sum
}

; A select that became logic: the guard alone decides where it is false.
define i32 @logic(i1 %gpu) noinline {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %first = icmp eq i32 %t, 0
  %both = and i1 %first, %gpu
  br i1 %both, label %a, label %b
a:
  ret i32 1
b:
  ret i32 0
}

; Vectorized: an element counts where its lane of the mask chooses it.
define <4 x i32> @lanes(<4 x i1> %mask, <4 x i32> %x) noinline {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %i = insertelement <4 x i32> poison, i32 %t, i32 0
  %s = shufflevector <4 x i32> %i, <4 x i32> poison, <4 x i32> zeroinitializer
  %r = select <4 x i1> %mask, <4 x i32> %s, <4 x i32> %x
  ret <4 x i32> %r
}

; Here the value is always used: a device function like any other.
; CHECK: define i32 @index()
; CHECK: call void @cordon.called_on_host
; CHECK-NEXT: unreachable
define i32 @index() {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %u = add i32 %t, 1
  ret i32 %u
}

define i32 @main(i32 %argc, ptr %argv) {
  %1 = icmp eq i32 %argc, 3
  br i1 %1, label %gpu, label %host
gpu:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  store i32 1, ptr @moved ; inlined with the barrier: no use by the host
  br label %host
host:
  %2 = icmp eq i32 %argc, 2
  %a = call i32 @speculated(i1 %2, i32 5)
  %3 = icmp eq i32 %argc, 4
  %b = call i32 @loop(i1 %3, i32 3)
  %5 = icmp eq i32 %argc, 5
  %c = call i32 @logic(i1 %5)
  %6 = icmp eq i32 %argc, 6
  %mask = insertelement <4 x i1> zeroinitializer, i1 %6, i32 2
  %v = call <4 x i32> @lanes(<4 x i1> %mask, <4 x i32> zeroinitializer)
  %e = extractelement <4 x i32> %v, i32 0
  %ae = add i32 %a, %e
  %ab = add i32 %ae, %b
  %s = add i32 %ab, %c
  %bad = icmp ne i32 %s, 8
  %r = zext i1 %bad to i32
  ret i32 %r
}
