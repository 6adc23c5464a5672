; A counter to which a branch's condition is added counts on the path where it holds, and is what it was on the other. Where it is
; needed on both alike, or the path is entered from elsewhere, it stays. Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-count-on-paths -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll
; RUN: %cordon-opt -passes='cordon-count-on-paths,cordon-count-on-paths' -S %s -o - | cmp - %t.ll
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.off.ptx>' -cordon-no-count-on-paths -disable-output %s
; RUN: not cmp %t.ptx %t.off.ptx
target triple = "nvptx64-nvidia-cuda"

; CHECK-LABEL: @escapes
; CHECK: loop:
; CHECK-NOT: zext
; CHECK: more:
; CHECK-NEXT: %n1 = add nuw nsw i32 %n, 1
; CHECK: done:
; CHECK-NEXT: phi i32 [ %n, %loop ], [ %n1, %more ]
define ptx_kernel void @escapes(ptr %a, ptr %b) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %i1, %more ]
  %n = phi i32 [ 0, %entry ], [ %n1, %more ]
  %p = getelementptr float, ptr %a, i32 %i
  %v = load volatile float, ptr %p
  %inside = fcmp ult float %v, 4.0
  %one = zext i1 %inside to i32
  %n1 = add nuw nsw i32 %n, %one
  br i1 %inside, label %more, label %done
more:
  store volatile float %v, ptr %p
  %i1 = add nuw nsw i32 %i, 1
  %again = icmp ult i32 %i1, 1000
  br i1 %again, label %loop, label %done
done:
  %count = phi i32 [ %n1, %loop ], [ %n1, %more ]
  store i32 %count, ptr %b
  ret void
}
; CHECK-LABEL: @both
; CHECK: zext
; CHECK-LABEL: @elsewhere
; CHECK: zext
define ptx_kernel void @both(ptr %a, i32 %n, i1 %c) {
entry:
  %one = zext i1 %c to i32
  %n1 = add i32 %n, %one
  br i1 %c, label %then, label %done
then:
  store volatile i32 7, ptr %a
  br label %done
done:
  store i32 %n1, ptr %a
  ret void
}
define ptx_kernel void @elsewhere(ptr %a, i32 %n, i1 %c, i1 %d) {
entry:
  br i1 %d, label %test, label %then
test:
  %one = zext i1 %c to i32
  %n1 = add i32 %n, %one
  br i1 %c, label %then, label %done
then:
  %m = phi i32 [ 5, %entry ], [ %n1, %test ]
  store volatile i32 %m, ptr %a
  br label %done
done:
  ret void
}
