; An innermost loop is unrolled as far as nvcc does it: by eight where it is short and the number of rounds is known, by four with
; a remainder where it is not, by two where it is long. Left alone: few rounds, a call, a second exit, known rounds that LLVM unrolls
; as far, and what the program speaks about. Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-unroll-loops -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll
; RUN: %cordon-opt -passes=cordon-unroll-loops -S %t.ll -o %t.again.ll
; RUN: grep -c volatile %t.ll > %t.1 && grep -c volatile %t.again.ll > %t.2 && cmp %t.1 %t.2
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.off.ptx>' -cordon-no-unroll-loops -disable-output %s
; RUN: not cmp %t.ptx %t.off.ptx
target triple = "nvptx64-nvidia-cuda"
declare ptr @malloc(i64)
declare float @llvm.sqrt.f32(float)

; CHECK-LABEL: @known
; CHECK-COUNT-8: load volatile i32
; CHECK-NOT: load volatile i32
; CHECK-LABEL: @divides
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
  %x10 = xor i32 %x9, %v
  %x11 = mul i32 %x10, 13
  %x12 = xor i32 %x11, %v
  %x13 = mul i32 %x12, 17
  %q = getelementptr i32, ptr %b, i32 %i
  store i32 %x13, ptr %q
  br label %latch
latch:
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 64
  br i1 %more, label %loop, label %done
done:
  ret void
}
; A division becomes branches in ptxas; the remainder stands beside the four.
; CHECK-COUNT-5: load volatile float
; CHECK-NOT: load volatile float
; CHECK-LABEL: @step
define ptx_kernel void @divides(ptr %a, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %sum = phi float [ 0.0, %entry ], [ %sum4, %loop ]
  %p = getelementptr float, ptr %a, i32 %i
  %v = load volatile float, ptr %p
  %r = call float @llvm.sqrt.f32(float %v)
  %d = fdiv float %r, %sum
  %e = fdiv float %d, %v
  %f = fdiv float %e, %r
  %sum1 = fadd float %sum, %f
  %sum2 = fmul float %sum1, %r
  %sum3 = fsub float %sum2, %v
  %sum4 = fmul float %sum3, %sum3
  store float %sum4, ptr %p
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}
; The counter's step is not known: the number of rounds is a division.
; CHECK-COUNT-5: load volatile float
; CHECK-NOT: load volatile float
; CHECK-LABEL: @long
define ptx_kernel void @step(ptr %a, i32 %n, i32 range(i32 1, 1000) %step) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %sum = phi float [ 0.0, %entry ], [ %sum4, %loop ]
  %p = getelementptr float, ptr %a, i32 %i
  %v = load volatile float, ptr %p
  %d = fdiv float %v, %sum
  %e = fdiv float %d, %v
  %f = fdiv float %e, %d
  %sum1 = fadd float %sum, %f
  %sum2 = fmul float %sum1, %d
  %sum3 = fsub float %sum2, %v
  %sum4 = fmul float %sum3, %sum3
  store float %sum4, ptr %p
  %next = add nuw nsw i32 %i, %step
  %more = icmp slt i32 %next, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}
; CHECK-COUNT-2: load volatile float
; CHECK-NOT: load volatile float
; CHECK-LABEL: @few
define ptx_kernel void @long(ptr %a) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %sum = phi float [ 0.0, %entry ], [ %d9, %loop ]
  %p = getelementptr float, ptr %a, i32 %i
  %v = load volatile float, ptr %p
  %d1 = fdiv float %v, %sum
  %d2 = fdiv float %d1, %v
  %d3 = fdiv float %d2, %v
  %d4 = fdiv float %d3, %v
  %d5 = fdiv float %d4, %v
  %d6 = fdiv float %d5, %v
  %d7 = fdiv float %d6, %v
  %d8 = fdiv float %d7, %v
  %d9 = fdiv float %d8, %v
  %e1 = fdiv float %d9, %d1
  %e2 = fdiv float %e1, %d2
  %e3 = fdiv float %e2, %d3
  store float %e3, ptr %p
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 64
  br i1 %more, label %loop, label %done
done:
  ret void
}
; CHECK-COUNT-1: load volatile i32
; CHECK-NOT: load volatile i32
; CHECK-LABEL: @calls
define ptx_kernel void @few(ptr %a, ptr %b) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %x1 = sdiv i32 %v, %i
  %q = getelementptr i32, ptr %b, i32 %i
  store i32 %x1, ptr %q
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 3
  br i1 %more, label %loop, label %done
done:
  ret void
}
; CHECK-COUNT-1: load volatile i32
; CHECK-NOT: load volatile i32
; CHECK-LABEL: @leaves
define ptx_kernel void @calls(ptr %a) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %m = call ptr @malloc(i64 8)
  store i32 %v, ptr %m
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 64
  br i1 %more, label %loop, label %done
done:
  ret void
}
; CHECK-COUNT-1: load volatile i32
; CHECK-NOT: load volatile i32
; CHECK-LABEL: @short
define ptx_kernel void @leaves(ptr %a, ptr %b, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %latch ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %leave = icmp eq i32 %v, %n
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
; CHECK-LABEL: @spoken
define ptx_kernel void @short(ptr %a, ptr %b, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %q = getelementptr i32, ptr %b, i32 %i
  store i32 %v, ptr %q
  %next = add nuw nsw i32 %i, 1
  %more = icmp ult i32 %next, 64
  br i1 %more, label %loop, label %done
done:
  ret void
}
; CHECK-COUNT-1: load volatile i32
; CHECK-NOT: load volatile i32
; CHECK-LABEL: @end
define ptx_kernel void @spoken(ptr %a, ptr %b) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %p = getelementptr i32, ptr %a, i32 %i
  %v = load volatile i32, ptr %p
  %q = getelementptr i32, ptr %b, i32 %i
  store i32 %v, ptr %q
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
