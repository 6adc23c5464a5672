; A loop that takes bits away one by one is a count of bits: its counters, with their steps, are computed before it, and it ends
; after one round. Left alone: another end, a store in it, and another value that it leaves behind. Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-count-bits -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll
; RUN: %cordon-opt -passes='cordon-count-bits,cordon-count-bits' -S %s -o - | cmp - %t.ll
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.off.ptx>' -cordon-no-count-bits -disable-output %s
; RUN: FileCheck %s --check-prefix=OFF --input-file=%t.off.ptx
target triple = "nvptx64-nvidia-cuda"

; CHECK-LABEL: @bits
; CHECK: before:
; CHECK-NEXT: %[[BITS:.*]] = call i64 @llvm.ctpop.i64(i64 %v)
; CHECK-NEXT: %[[ROUNDS:.*]] = call i64 @llvm.umax.i64(i64 %[[BITS]], i64 1)
; CHECK: %[[N:.*]] = trunc i64 %[[ROUNDS]] to i8
; CHECK-NEXT: %[[THREE:.*]] = mul i8 %[[N]], 3
; CHECK-NEXT: %[[SUM:.*]] = add i8 5, %[[THREE]]
; CHECK: br i1 false, label %loop, label %done
; CHECK: phi i8 [ 0, %entry ], [ %[[SUM]], %loop ]
; PTX-LABEL: .entry bits
; PTX: popc.b64
; PTX-LABEL: .entry stores
; OFF-LABEL: .entry bits
; OFF-NOT: popc
; OFF-LABEL: .entry stores
define ptx_kernel void @bits(ptr %a, ptr %b) {
entry:
  %v = load i64, ptr %a
  %none = icmp eq i64 %v, 0
  br i1 %none, label %done, label %before
before:
  br label %loop
loop:
  %x = phi i64 [ %v, %before ], [ %rest, %loop ]
  %n = phi i8 [ 5, %before ], [ %next, %loop ]
  %less = add i64 %x, -1
  %rest = and i64 %less, %x
  %next = add i8 %n, 3
  %more = icmp ne i64 %rest, 0
  br i1 %more, label %loop, label %done
done:
  %count = phi i8 [ 0, %entry ], [ %next, %loop ]
  store i8 %count, ptr %b
  ret void
}
; CHECK-NOT: call{{.*}}ctpop
define ptx_kernel void @stores(ptr %a, ptr %b) {
entry:
  %v = load i64, ptr %a
  br label %loop
loop:
  %x = phi i64 [ %v, %entry ], [ %rest, %loop ]
  %n = phi i32 [ 0, %entry ], [ %next, %loop ]
  %less = add i64 %x, -1
  %rest = and i64 %less, %x
  store volatile i64 %rest, ptr %b
  %next = add i32 %n, 1
  %more = icmp ne i64 %rest, 0
  br i1 %more, label %loop, label %done
done:
  store i32 %next, ptr %b
  ret void
}
define ptx_kernel void @other(ptr %a, ptr %b) {
entry:
  %v = load i64, ptr %a
  br label %loop
loop:
  %x = phi i64 [ %v, %entry ], [ %rest, %loop ]
  %n = phi i64 [ 0, %entry ], [ %next, %loop ]
  %less = add i64 %x, -1
  %rest = and i64 %less, %x
  %next = xor i64 %n, %less
  %more = icmp ne i64 %rest, 0
  br i1 %more, label %loop, label %done
done:
  store i64 %next, ptr %b
  ret void
}
define ptx_kernel void @end(ptr %a, ptr %b) {
entry:
  %v = load i64, ptr %a
  br label %loop
loop:
  %x = phi i64 [ %v, %entry ], [ %rest, %loop ]
  %n = phi i32 [ 0, %entry ], [ %next, %loop ]
  %less = add i64 %x, -1
  %rest = and i64 %less, %x
  %next = add i32 %n, 1
  %more = icmp ne i64 %rest, 1
  br i1 %more, label %loop, label %done
done:
  store i32 %next, ptr %b
  ret void
}
