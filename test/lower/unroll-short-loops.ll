; A loop of few rounds stands whole: what its counter makes constant does not count. One that is too long, one that waits for other
; threads, and what the program speaks about are left to LLVM. Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-unroll-short-loops -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll
; RUN: %cordon-opt -passes='cordon-unroll-short-loops,cordon-unroll-short-loops' -S %s -o - | cmp - %t.ll
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.off.ptx>' -cordon-no-unroll-short-loops -disable-output %s
; RUN: FileCheck %s --check-prefix=OFF --input-file=%t.off.ptx
target triple = "nvptx64-nvidia-cuda"
declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)

; CHECK: br i1 %more, label %loop, label %done, !llvm.loop ![[FULL:[0-9]+]]
; CHECK-LABEL: @toolong
; CHECK: br i1 %more, label %loop, label %done{{$}}
; CHECK-LABEL: @waits
; CHECK: br i1 %more, label %loop, label %done{{$}}
; CHECK-LABEL: @spoken
; CHECK: br i1 %more, label %loop, label %done, !llvm.loop ![[OWN:[0-9]+]]
; CHECK-DAG: ![[FULL]] = distinct !{![[FULL]], ![[MARK:[0-9]+]]}
; CHECK-DAG: ![[MARK]] = !{!"llvm.loop.unroll.full"
; CHECK-DAG: ![[OWN]] = distinct !{![[OWN]], ![[DISABLE:[0-9]+]]}
; CHECK-DAG: ![[DISABLE]] = !{!"llvm.loop.unroll.disable"}

; PTX-LABEL: .entry bits
; PTX-NOT: bra
; PTX-LABEL: .entry toolong
; OFF-LABEL: .entry bits
; OFF: bra
; OFF-LABEL: .entry toolong
define ptx_kernel void @bits(ptr %a, ptr %b) {
entry:
  %v = load i64, ptr %a
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %x = phi i64 [ %v, %entry ], [ %half, %loop ]
  %sum = phi i64 [ 0, %entry ], [ %sum1, %loop ]
  %j = mul i32 %i, 3
  %k = xor i32 %j, 5
  %m = zext i32 %k to i64
  %bit = and i64 %x, %m
  %sum1 = add i64 %sum, %bit
  %half = lshr i64 %x, 1
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 64
  br i1 %more, label %loop, label %done
done:
  store i64 %sum1, ptr %b
  ret void
}
define ptx_kernel void @toolong(ptr %a, ptr %b) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %p = getelementptr float, ptr %a, i32 %i
  %v = load float, ptr %p
  %d = fdiv float %v, 3.0
  %e = fdiv float %d, %v
  %q = getelementptr float, ptr %b, i32 %i
  store float %e, ptr %q
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 64
  br i1 %more, label %loop, label %done
done:
  ret void
}
define ptx_kernel void @waits(ptr %a) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %p = getelementptr float, ptr %a, i32 %i
  store float 0.0, ptr %p
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 4
  br i1 %more, label %loop, label %done
done:
  ret void
}
define ptx_kernel void @spoken(ptr %a) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %p = getelementptr float, ptr %a, i32 %i
  store volatile float 0.0, ptr %p
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 4
  br i1 %more, label %loop, label %done, !llvm.loop !0
done:
  ret void
}
!0 = distinct !{!0, !1}
!1 = !{!"llvm.loop.unroll.disable"}
