; The widening of an index is repeated in the blocks where it scales an address, once in each. Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-sink-extensions -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll
; RUN: %cordon-opt -passes='cordon-sink-extensions,cordon-sink-extensions' -S %s -o - | cmp - %t.ll
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.off.ptx>' -cordon-no-sink-extensions -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
; RUN: FileCheck %s --check-prefix=OFF --input-file=%t.off.ptx
target triple = "nvptx64-nvidia-cuda"

; CHECK-LABEL: @f
; CHECK: entry:
; CHECK-NEXT: %wide = sext i32 %i to i64
; CHECK: then:
; CHECK-NEXT: %[[COPY:.*]] = sext i32 %i to i64
; CHECK-NEXT: getelementptr float, ptr %a, i64 %[[COPY]]
; CHECK-NEXT: getelementptr float, ptr %b, i64 %[[COPY]]
; CHECK: done:
; CHECK-NEXT: store i64 %wide
define ptx_kernel void @f(ptr %a, ptr %b, i32 %i) {
entry:
  %wide = sext i32 %i to i64
  %c = icmp sgt i32 %i, 7
  br i1 %c, label %then, label %done
then:
  %p = getelementptr float, ptr %a, i64 %wide
  %q = getelementptr float, ptr %b, i64 %wide
  %v = load float, ptr %p
  store float %v, ptr %q
  br label %done
done:
  store i64 %wide, ptr %a
  ret void
}
; Selection finds the widening and the scaling together.
; PTX-LABEL: .entry loop
; PTX-NOT: shl.b64
; PTX: mul.wide.s32
; PTX-NOT: shl.b64
; PTX: ret
; OFF-LABEL: .entry loop
; OFF: shl.b64
define ptx_kernel void @loop(ptr %a, ptr %b, i32 %i, i32 %n) {
entry:
  %wide = sext i32 %i to i64
  br label %again
again:
  %k = phi i32 [ 0, %entry ], [ %next, %again ]
  %p = getelementptr float, ptr %a, i32 %k
  %q = getelementptr float, ptr %p, i64 %wide
  %r = getelementptr float, ptr %q, i64 %wide
  %v = load volatile float, ptr %r
  store volatile float %v, ptr %p
  %next = add i32 %k, %n
  %more = icmp slt i32 %next, 1000
  br i1 %more, label %again, label %done
done:
  ret void
}
; Phis, and uses in the block itself, stay.
; CHECK-LABEL: @g
; CHECK-COUNT-1: zext i32
; CHECK-NOT: zext i32
define ptx_kernel void @g(ptr %a, i32 %i) {
entry:
  %wide = zext i32 %i to i64
  %p = getelementptr float, ptr %a, i64 %wide
  store float 0.0, ptr %p
  %c = icmp sgt i32 %i, 7
  br i1 %c, label %then, label %done
then:
  br label %done
done:
  %at = phi i64 [ %wide, %entry ], [ 0, %then ]
  store i64 %at, ptr %a
  ret void
}
