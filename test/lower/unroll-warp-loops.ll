; A loop around a vote is unrolled by four: with one test where its end is uniform, else with an exit test after each copy.
; A matrix product, of the whole warp, has one test always, also where the number of rounds is known. A loop with a barrier,
; or with assembly that holds more than warp operations, is not touched. Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-unroll-warp-loops -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll
; RUN: %cordon-opt -passes=cordon-unroll-warp-loops -S %t.ll -o %t.again.ll
; RUN: grep -c vote.ballot %t.ll > %t.1 && grep -c vote.ballot %t.again.ll > %t.2 && cmp %t.1 %t.2
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -cordon-no-unroll-warp-loops -disable-output %s
; RUN: FileCheck %s --check-prefix=OFF --input-file=%t.ptx
; OFF-LABEL: .entry uniform(
; OFF: vote.sync.ballot
; OFF-NOT: vote.sync.ballot
; OFF-LABEL: .entry divergent(
target triple = "nvptx64-nvidia-cuda"
declare i32 @llvm.nvvm.vote.ballot.sync(i32, i1) convergent
declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32) convergent
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()

; CHECK-LABEL: @uniform
; CHECK-COUNT-4: call i32 @llvm.nvvm.vote.ballot.sync
define ptx_kernel void @uniform(ptr %a, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %c = phi i32 [ 0, %entry ], [ %sum, %loop ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load i32, ptr %p
  %t = icmp sgt i32 %v, 0
  %b = call i32 @llvm.nvvm.vote.ballot.sync(i32 -1, i1 %t) convergent
  %sum = add i32 %c, %b
  %next = add i32 %i, 1
  %more = icmp ult i32 %next, %n
  br i1 %more, label %loop, label %done
done:
  store i32 %sum, ptr %a
  ret void
}

; CHECK-LABEL: @divergent
; CHECK-COUNT-4: call i32 @llvm.nvvm.vote.ballot.sync
; CHECK-NOT: call i32 @llvm.nvvm.vote.ballot.sync
; CHECK-LABEL: @barrier
define ptx_kernel void @divergent(ptr %a) {
entry:
  %n = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %b = call i32 @llvm.nvvm.vote.ballot.sync(i32 -1, i1 true) convergent
  %next = add i32 %i, 1
  %more = icmp ult i32 %next, %n
  br i1 %more, label %loop, label %done
done:
  store i32 %b, ptr %a
  ret void
}

; CHECK: call void @llvm.nvvm.barrier
; CHECK-NOT: call void @llvm.nvvm.barrier
define ptx_kernel void @barrier(i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0) convergent
  %next = add i32 %i, 1
  %more = icmp ult i32 %next, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}

; CHECK-LABEL: @product
; CHECK-COUNT-4: mma.sync.aligned
; CHECK-LABEL: @known
define ptx_kernel void @product(ptr %a) {
entry:
  %n = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %d = phi i32 [ 0, %entry ], [ %e, %loop ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load i32, ptr %p
  %e = call i32 asm sideeffect "mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {$0,$0}, {$1}, {$1}, {$2,$2};", "=r,r,r"(i32 %v, i32 %d) convergent
  %next = add i32 %i, 1
  %more = icmp ult i32 %next, %n
  br i1 %more, label %loop, label %done
done:
  store i32 %e, ptr %a
  ret void
}
; CHECK-COUNT-4: mma.sync.aligned
; CHECK-NOT: mma.sync.aligned
; CHECK-LABEL: @mixed
define ptx_kernel void @known(ptr %a) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %d = phi i32 [ 0, %entry ], [ %e, %loop ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load i32, ptr %p
  %e = call i32 asm sideeffect "mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {$0,$0}, {$1}, {$1}, {$2,$2};", "=r,r,r"(i32 %v, i32 %d) convergent
  %next = add i32 %i, 1
  %more = icmp ult i32 %next, 64
  br i1 %more, label %loop, label %done
done:
  store i32 %e, ptr %a
  ret void
}
; CHECK: bar.sync
; CHECK-NOT: bar.sync
define ptx_kernel void @mixed(ptr %a, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  call void asm sideeffect "shfl.sync.idx.b32 r, r, 0, 31, -1; bar.sync 0;", ""() convergent
  %next = add i32 %i, 1
  %more = icmp ult i32 %next, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}
