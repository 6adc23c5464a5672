; The block behind a loop is laid behind it, blocks of a loop together, so that loops end in a branch backwards. A function
; without a loop keeps its order; what nothing reaches stays.
; RUN: %cordon-opt -passes=cordon-order-blocks -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-order-blocks,cordon-order-blocks -S < %s | diff %t.ll -
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.off.ptx>' -cordon-no-order-blocks -disable-output %s
; RUN: FileCheck %s --check-prefix=OFF --input-file=%t.off.ptx
target triple = "nvptx64-nvidia-cuda"
declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32) convergent

; CHECK-LABEL: @exitFirst
; CHECK: loop:
; CHECK: done:
; PTX-LABEL: .entry exitFirst(
; PTX: bar{{.*}}sync
; PTX-NOT: bra.uni
; PTX: @{{.*}} bra
; PTX-NOT: bra.uni
; PTX: ret;
; OFF-LABEL: .entry exitFirst(
; OFF: bra.uni
; OFF: ret;
define ptx_kernel void @exitFirst(ptr %a, i32 %n) {
entry:
  br label %loop
done:
  store i32 %next, ptr %a
  ret void
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0) convergent
  %next = add i32 %i, 1
  %last = icmp eq i32 %next, %n
  br i1 %last, label %done, label %loop
}
; CHECK-LABEL: @nested
; CHECK: outer:
; CHECK: inner:
; CHECK: latch:
; CHECK: early:
; CHECK: late:
; CHECK: lost:
; PTX-LABEL: .entry nested(
define ptx_kernel void @nested(ptr %a, i32 %n) {
entry:
  br label %outer
lost:
  br label %late
early:
  store i32 %i, ptr %a
  br label %late
late:
  ret void
latch:
  %again = icmp eq i32 %next, %n
  br i1 %again, label %late, label %outer
inner:
  %j = phi i32 [ %up, %inner ], [ 0, %outer ]
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0) convergent
  %up = add i32 %j, 1
  %stop = icmp eq i32 %up, %n
  br i1 %stop, label %latch, label %inner
outer:
  %i = phi i32 [ 0, %entry ], [ %next, %latch ]
  %next = add i32 %i, 1
  %v = load volatile i32, ptr %a
  %leave = icmp eq i32 %v, 7
  br i1 %leave, label %early, label %inner
}
; CHECK-LABEL: @straight
; CHECK: b:
; CHECK: a:
define ptx_kernel void @straight(ptr %p, i1 %c) {
  br i1 %c, label %a, label %b
b:
  store i32 2, ptr %p
  ret void
a:
  store i32 1, ptr %p
  ret void
}
