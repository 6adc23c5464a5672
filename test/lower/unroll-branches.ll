; A small loop with branches is unrolled by four: with a known number of rounds, and with a remainder. One of a few rounds,
; with a call, of one block, with a second exit, or that the program speaks about, is left alone. Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-unroll-branches -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll
; RUN: %cordon-opt -passes=cordon-unroll-branches -S %t.ll -o %t.again.ll
; RUN: grep -c volatile %t.ll > %t.1 && grep -c volatile %t.again.ll > %t.2 && cmp %t.1 %t.2
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.off.ptx>' -cordon-no-unroll-branches -disable-output %s
; RUN: not cmp %t.ptx %t.off.ptx
target triple = "nvptx64-nvidia-cuda"
declare ptr @malloc(i64)

; CHECK-LABEL: @known
; CHECK-COUNT-4: load volatile i32
; CHECK-NOT: load volatile i32
; CHECK-LABEL: @unknown
define ptx_kernel void @known(ptr %a, ptr %b) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %latch ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %c = icmp sgt i32 %v, 7
  br i1 %c, label %then, label %latch
then:
  %x1 = mul i32 %v, 3
  %x2 = xor i32 %x1, %i
  %x3 = mul i32 %x2, 5
  %x4 = xor i32 %x3, %v
  %x5 = mul i32 %x4, 7
  %x6 = xor i32 %x5, %i
  %x7 = mul i32 %x6, 9
  %x8 = xor i32 %x7, %v
  %x9 = mul i32 %x8, 11
  %y1 = mul i32 %x9, 13
  %y2 = xor i32 %y1, %v
  %y3 = mul i32 %y2, 17
  %y4 = xor i32 %y3, %v
  %y5 = mul i32 %y4, 21
  %y6 = xor i32 %y5, %v
  %y7 = mul i32 %y6, 25
  %y8 = xor i32 %y7, %v
  %y9 = mul i32 %y8, 29
  %y10 = xor i32 %y9, %v
  %y11 = mul i32 %y10, 33
  %y12 = xor i32 %y11, %v
  %q = getelementptr i32, ptr %b, i32 %i
  store i32 %y12, ptr %q
  br label %latch
latch:
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 64
  br i1 %more, label %loop, label %done
done:
  ret void
}
; CHECK-COUNT-5: load volatile i32
; CHECK-NOT: load volatile i32
; CHECK-LABEL: @few
define ptx_kernel void @unknown(ptr %a, ptr %b, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %latch ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %c = icmp sgt i32 %v, 7
  br i1 %c, label %then, label %latch
then:
  %x1 = mul i32 %v, 3
  %x2 = xor i32 %x1, %i
  %x3 = mul i32 %x2, 5
  %x4 = xor i32 %x3, %v
  %x5 = mul i32 %x4, 7
  %x6 = xor i32 %x5, %i
  %x7 = mul i32 %x6, 9
  %x8 = xor i32 %x7, %v
  %x9 = mul i32 %x8, 11
  %y1 = mul i32 %x9, 13
  %y2 = xor i32 %y1, %v
  %y3 = mul i32 %y2, 17
  %y4 = xor i32 %y3, %v
  %y5 = mul i32 %y4, 21
  %y6 = xor i32 %y5, %v
  %y7 = mul i32 %y6, 25
  %y8 = xor i32 %y7, %v
  %y9 = mul i32 %y8, 29
  %y10 = xor i32 %y9, %v
  %y11 = mul i32 %y10, 33
  %y12 = xor i32 %y11, %v
  %q = getelementptr i32, ptr %b, i32 %i
  store i32 %y12, ptr %q
  br label %latch
latch:
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}
; CHECK-COUNT-1: load volatile i32
; CHECK-NOT: load volatile i32
; CHECK-LABEL: @calls
define ptx_kernel void @few(ptr %a, ptr %b, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %latch ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %c = icmp sgt i32 %v, 7
  br i1 %c, label %then, label %latch
then:
  %x1 = mul i32 %v, 3
  %x2 = xor i32 %x1, %i
  %x3 = mul i32 %x2, 5
  %x4 = xor i32 %x3, %v
  %x5 = mul i32 %x4, 7
  %x6 = xor i32 %x5, %i
  %x7 = mul i32 %x6, 9
  %x8 = xor i32 %x7, %v
  %x9 = mul i32 %x8, 11
  %y1 = mul i32 %x9, 13
  %y2 = xor i32 %y1, %v
  %y3 = mul i32 %y2, 17
  %y4 = xor i32 %y3, %v
  %y5 = mul i32 %y4, 21
  %y6 = xor i32 %y5, %v
  %y7 = mul i32 %y6, 25
  %y8 = xor i32 %y7, %v
  %y9 = mul i32 %y8, 29
  %y10 = xor i32 %y9, %v
  %y11 = mul i32 %y10, 33
  %y12 = xor i32 %y11, %v
  %q = getelementptr i32, ptr %b, i32 %i
  store i32 %y12, ptr %q
  br label %latch
latch:
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 8
  br i1 %more, label %loop, label %done
done:
  ret void
}
; CHECK-COUNT-1: load volatile i32
; CHECK-NOT: load volatile i32
; CHECK-LABEL: @leaves
define ptx_kernel void @calls(ptr %a, ptr %b, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %latch ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %c = icmp sgt i32 %v, 7
  br i1 %c, label %then, label %latch
then:
  %x1 = mul i32 %v, 3
  %x2 = xor i32 %x1, %i
  %x3 = mul i32 %x2, 5
  %x4 = xor i32 %x3, %v
  %x5 = mul i32 %x4, 7
  %x6 = xor i32 %x5, %i
  %x7 = mul i32 %x6, 9
  %x8 = xor i32 %x7, %v
  %x9 = mul i32 %x8, 11
  %y1 = mul i32 %x9, 13
  %y2 = xor i32 %y1, %v
  %y3 = mul i32 %y2, 17
  %y4 = xor i32 %y3, %v
  %y5 = mul i32 %y4, 21
  %y6 = xor i32 %y5, %v
  %y7 = mul i32 %y6, 25
  %y8 = xor i32 %y7, %v
  %y9 = mul i32 %y8, 29
  %y10 = xor i32 %y9, %v
  %y11 = mul i32 %y10, 33
  %y12 = xor i32 %y11, %v
  %q = getelementptr i32, ptr %b, i32 %i
  store i32 %y12, ptr %q
  %m = call ptr @malloc(i64 8)
  store volatile i32 %x9, ptr %m
  br label %latch
latch:
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 64
  br i1 %more, label %loop, label %done
done:
  ret void
}
; CHECK-COUNT-1: load volatile i32
; CHECK-NOT: load volatile i32
; CHECK-LABEL: @spoken
define ptx_kernel void @leaves(ptr %a, ptr %b, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %latch ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %c = icmp sgt i32 %v, 7
  br i1 %c, label %then, label %latch
then:
  %x1 = mul i32 %v, 3
  %x2 = xor i32 %x1, %i
  %x3 = mul i32 %x2, 5
  %x4 = xor i32 %x3, %v
  %x5 = mul i32 %x4, 7
  %x6 = xor i32 %x5, %i
  %x7 = mul i32 %x6, 9
  %x8 = xor i32 %x7, %v
  %x9 = mul i32 %x8, 11
  %y1 = mul i32 %x9, 13
  %y2 = xor i32 %y1, %v
  %y3 = mul i32 %y2, 17
  %y4 = xor i32 %y3, %v
  %y5 = mul i32 %y4, 21
  %y6 = xor i32 %y5, %v
  %y7 = mul i32 %y6, 25
  %y8 = xor i32 %y7, %v
  %y9 = mul i32 %y8, 29
  %y10 = xor i32 %y9, %v
  %y11 = mul i32 %y10, 33
  %y12 = xor i32 %y11, %v
  %q = getelementptr i32, ptr %b, i32 %i
  store i32 %y12, ptr %q
  %leave = icmp eq i32 %x9, %n
  br i1 %leave, label %done, label %latch
latch:
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 64
  br i1 %more, label %loop, label %done
done:
  ret void
}
; CHECK-COUNT-1: load volatile i32
; CHECK-NOT: load volatile i32
; CHECK-LABEL: @end
define ptx_kernel void @spoken(ptr %a, ptr %b, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %latch ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %c = icmp sgt i32 %v, 7
  br i1 %c, label %then, label %latch
then:
  %x1 = mul i32 %v, 3
  %x2 = xor i32 %x1, %i
  %x3 = mul i32 %x2, 5
  %x4 = xor i32 %x3, %v
  %x5 = mul i32 %x4, 7
  %x6 = xor i32 %x5, %i
  %x7 = mul i32 %x6, 9
  %x8 = xor i32 %x7, %v
  %x9 = mul i32 %x8, 11
  %y1 = mul i32 %x9, 13
  %y2 = xor i32 %y1, %v
  %y3 = mul i32 %y2, 17
  %y4 = xor i32 %y3, %v
  %y5 = mul i32 %y4, 21
  %y6 = xor i32 %y5, %v
  %y7 = mul i32 %y6, 25
  %y8 = xor i32 %y7, %v
  %y9 = mul i32 %y8, 29
  %y10 = xor i32 %y9, %v
  %y11 = mul i32 %y10, 33
  %y12 = xor i32 %y11, %v
  %q = getelementptr i32, ptr %b, i32 %i
  store i32 %y12, ptr %q
  br label %latch
latch:
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 64
  br i1 %more, label %loop, label %done, !llvm.loop !0
done:
  ret void
}
define void @end() {
  ret void
}
!0 = distinct !{!0, !1}
!1 = !{!"llvm.loop.unroll.disable"}
