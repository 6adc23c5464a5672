; Guards that stand before a loop and are used behind it are computed again where an index stands for several of them. A single
; one, and those that the loop uses, stay. Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-recompute-guards -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll
; RUN: %cordon-opt -passes='cordon-recompute-guards,cordon-recompute-guards' -S %s -o - | cmp - %t.ll
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
target triple = "nvptx64-nvidia-cuda"
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()

; CHECK-LABEL: @many
; CHECK: done:
; CHECK-NEXT: %[[AGAIN:.*]] = call i32 asm "", "=r,0"(i32 %i)
; CHECK: %[[SUM:.*]] = add i32 %[[AGAIN]], 100
; CHECK-NEXT: %[[C:.*]] = icmp slt i32 %[[SUM]], %n
; CHECK-NEXT: br i1 %[[C]]
; CHECK: add i32 %[[AGAIN]], 200
; CHECK: add i32 %[[AGAIN]], 300
; CHECK: add i32 %[[AGAIN]], 400
; CHECK: %[[LAST:.*]] = icmp slt i32 %[[AGAIN]], %n
; CHECK-NEXT: br i1 %[[LAST]]
; PTX-LABEL: .entry many
; PTX-COUNT-5: setp.{{lt|ge}}.s32
; CHECK-LABEL: @few
; CHECK-NOT: asm
define ptx_kernel void @many(ptr %a, i32 %n, i32 %m) {
entry:
  %i = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %i1 = add i32 %i, 100
  %i2 = add i32 %i, 200
  %i3 = add i32 %i, 300
  %i4 = add i32 %i, 400
  %c1 = icmp slt i32 %i1, %n
  %c2 = icmp slt i32 %i2, %n
  %c3 = icmp slt i32 %i3, %n
  %c4 = icmp slt i32 %i4, %n
  %c5 = icmp slt i32 %i, %n
  %used = icmp slt i32 %i, %m
  br label %loop
loop:
  %k = phi i32 [ 0, %entry ], [ %next, %loop ]
  %s = phi i32 [ 0, %entry ], [ %s2, %loop ]
  %s1 = select i1 %used, i32 %k, i32 %i
  %s2 = mul i32 %s1, %s
  %next = add i32 %k, 1
  %more = icmp ult i32 %next, %m
  br i1 %more, label %loop, label %done
done:
  br i1 %c1, label %t1, label %e1
t1:
  store volatile i32 %s2, ptr %a
  br label %e1
e1:
  br i1 %c2, label %t2, label %e2
t2:
  store volatile i32 %s2, ptr %a
  br label %e2
e2:
  br i1 %c3, label %t3, label %e3
t3:
  store volatile i32 %s2, ptr %a
  br label %e3
e3:
  br i1 %c4, label %t4, label %e4
t4:
  store volatile i32 %s2, ptr %a
  br label %e4
e4:
  br i1 %c5, label %t5, label %e5
t5:
  store volatile i32 %s2, ptr %a
  br label %e5
e5:
  br i1 %used, label %t6, label %e6
t6:
  store volatile i32 %s2, ptr %a
  br label %e6
e6:
  ret void
}
define ptx_kernel void @few(ptr %a, i32 %n, i32 %m) {
entry:
  %i = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %c1 = icmp slt i32 %i, %n
  br label %loop
loop:
  %k = phi i32 [ 0, %entry ], [ %next, %loop ]
  %next = add i32 %k, 1
  %more = icmp ult i32 %next, %m
  br i1 %more, label %loop, label %done
done:
  br i1 %c1, label %t1, label %e1
t1:
  store volatile i32 %m, ptr %a
  br label %e1
e1:
  ret void
}
