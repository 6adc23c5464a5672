; LLVM's own "unroll no more" is dropped for ptxas to unroll further; the program's stays, and so do those of loops of a few
; rounds. Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-free-loops -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll
; RUN: %cordon-opt -passes=cordon-free-loops,cordon-free-loops -S %s | diff %t.ll -
; RUN: %cordon-opt -passes=cordon-keep-unroll-marks -verify-each -S %s -o %t.kept.ll
; RUN: FileCheck %s --check-prefix=KEPT --input-file=%t.kept.ll
; RUN: %cordon-opt -passes=cordon-keep-unroll-marks,cordon-keep-unroll-marks -S %s | diff %t.kept.ll -
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.off.ptx>' -cordon-no-free-loops -disable-output %s
; RUN: FileCheck %s --check-prefix=OFF --input-file=%t.off.ptx
target triple = "nvptx64-nvidia-cuda"
declare i32 @llvm.nvvm.vote.ballot.sync(i32, i1) convergent

; Marked before the pipeline, this is the program's mark.
; CHECK-LABEL: @many
; CHECK: br i1 %more, label %loop, label %done, !llvm.loop [[MANY:![0-9]+]]
; KEPT-LABEL: @many
; KEPT: br i1 %more, label %loop, label %done, !llvm.loop [[MANY:![0-9]+]]
; PTX-LABEL: .entry many(
; PTX: .pragma "nounroll"
; PTX-LABEL: .entry few(
define ptx_kernel void @many(ptr %a, i32 %n) {
entry:
  %some = icmp ne i32 %n, 0
  br i1 %some, label %loop, label %out
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %c = phi i32 [ 0, %entry ], [ %sum, %loop ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %t = icmp sgt i32 %v, 0
  %b = call i32 @llvm.nvvm.vote.ballot.sync(i32 -1, i1 %t) convergent
  %sum = add i32 %c, %b
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, %n
  br i1 %more, label %loop, label %done, !llvm.loop !0
done:
  store i32 %sum, ptr %a
  br label %out
out:
  ret void
}
; CHECK-LABEL: @few
; CHECK: br i1 %more, label %loop, label %done, !llvm.loop [[FEW:![0-9]+]]
define ptx_kernel void @few(ptr %a, i32 %n) {
entry:
  %some = icmp ne i32 %n, 0
  br i1 %some, label %loop, label %out
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %c = phi i32 [ 0, %entry ], [ %sum, %loop ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %t = icmp sgt i32 %v, 0
  %b = call i32 @llvm.nvvm.vote.ballot.sync(i32 -1, i1 %t) convergent
  %sum = add i32 %c, %b
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 6
  br i1 %more, label %loop, label %done, !llvm.loop !2
done:
  store i32 %sum, ptr %a
  br label %out
out:
  ret void
}
; CHECK-LABEL: @kept
; CHECK: br i1 %more, label %loop, label %done, !llvm.loop [[OWN:![0-9]+]]
define ptx_kernel void @kept(ptr %a, i32 %n) {
entry:
  %some = icmp ne i32 %n, 0
  br i1 %some, label %loop, label %out
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %c = phi i32 [ 0, %entry ], [ %sum, %loop ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %t = icmp sgt i32 %v, 0
  %b = call i32 @llvm.nvvm.vote.ballot.sync(i32 -1, i1 %t) convergent
  %sum = add i32 %c, %b
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, %n
  br i1 %more, label %loop, label %done, !llvm.loop !3
done:
  store i32 %sum, ptr %a
  br label %out
out:
  ret void
}
; Nobody has marked this one: unrolled by four here, free for ptxas, but for the remainder.
; PTX-LABEL: .entry plain(
; PTX-NOT: .pragma "nounroll"
; PTX-COUNT-4: vote.sync.ballot
; PTX: .pragma "nounroll"
; OFF-LABEL: .entry plain(
; OFF-COUNT-2: .pragma "nounroll"
; KEPT-LABEL: @plain
; KEPT: br i1 %more, label %loop, label %done{{$}}
define ptx_kernel void @plain(ptr %a, i32 %n) {
entry:
  %some = icmp ne i32 %n, 0
  br i1 %some, label %loop, label %out
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %c = phi i32 [ 0, %entry ], [ %sum, %loop ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %t = icmp sgt i32 %v, 0
  %b = call i32 @llvm.nvvm.vote.ballot.sync(i32 -1, i1 %t) convergent
  %sum = add i32 %c, %b
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, %n
  br i1 %more, label %loop, label %done
done:
  store i32 %sum, ptr %a
  br label %out
out:
  ret void
}
; CHECK-DAG: [[MANY]] = distinct !{[[MANY]], [[PROGRESS:![0-9]+]]}
; CHECK-DAG: [[PROGRESS]] = !{!"llvm.loop.mustprogress"}
; CHECK-DAG: [[FEW]] = distinct !{[[FEW]], [[DISABLE:![0-9]+]]}
; CHECK-DAG: [[OWN]] = distinct !{[[OWN]], [[DISABLE]], [[NOTE:![0-9]+]]}
; CHECK-DAG: [[DISABLE]] = !{!"llvm.loop.unroll.disable"}
; KEPT-DAG: [[MANY]] = distinct !{[[MANY]], {{.*}}, [[NOTE:![0-9]+]]}
; KEPT-DAG: [[NOTE]] = !{!"cordon.loop.unroll"
!0 = distinct !{!0, !4, !1}
!1 = !{!"llvm.loop.unroll.disable"}
!2 = distinct !{!2, !1}
!3 = distinct !{!3, !1, !5}
!4 = !{!"llvm.loop.mustprogress"}
!5 = !{!"cordon.loop.unroll"}
