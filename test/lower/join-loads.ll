; Members side by side are loaded together where the first is aligned to all of them: two or four, in either order. Left alone:
; what is not so aligned, what a store stands between, a volatile member, and local variables. Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-join-loads -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll
; RUN: %cordon-opt -passes='cordon-join-loads,cordon-join-loads' -S %s -o - | cmp - %t.ll
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.off.ptx>' -cordon-no-join-loads -disable-output %s
; RUN: FileCheck %s --check-prefix=OFF --input-file=%t.off.ptx
target triple = "nvptx64-nvidia-cuda"

; CHECK-LABEL: @pair
; CHECK: load <2 x float>, ptr %a, align 8, !tbaa
; CHECK-NOT: load
; CHECK-LABEL: @four
; The second member is used on one path alone; it does not go there.
; PTX-LABEL: .entry pair
; PTX: ld.global{{.*}}v2
; PTX-NOT: ld.global
; PTX-LABEL: .entry four
; OFF-LABEL: .entry pair
; OFF-NOT: v2
; OFF-LABEL: .entry four
define ptx_kernel void @pair(ptr %a, ptr %b) {
  %y.p = getelementptr i8, ptr %a, i64 4
  %x = load float, ptr %a, align 8, !tbaa !0
  %y = load float, ptr %y.p, align 4, !tbaa !0
  %c = fcmp ogt float %x, 1.0
  br i1 %c, label %then, label %done
then:
  store float %y, ptr %b
  br label %done
done:
  ret void
}
; CHECK: load <4 x i32>, ptr %{{.*}}, align 16
; CHECK-NOT: load i32
; CHECK-LABEL: @backwards
define ptx_kernel void @four(ptr %a, ptr %b, i64 %i) {
  %p0 = getelementptr [4 x i32], ptr %a, i64 %i
  %p1 = getelementptr i8, ptr %p0, i64 4
  %p2 = getelementptr i8, ptr %p0, i64 8
  %p3 = getelementptr i8, ptr %p0, i64 12
  %x = load i32, ptr %p0, align 16
  %y = load i32, ptr %p1, align 4
  %z = load i32, ptr %p2, align 8
  %w = load i32, ptr %p3, align 4
  %s = add i32 %x, %y
  %t = add i32 %z, %w
  %u = mul i32 %s, %t
  store i32 %u, ptr %b
  ret void
}
; CHECK: %[[AT:.*]] = getelementptr i8, ptr %y.p, i64 -8
; CHECK: load <2 x double>, ptr %[[AT]], align 16
; CHECK-NOT: load double
; CHECK-LABEL: @left
define ptx_kernel void @backwards(ptr %a, ptr %b) {
  %y.p = getelementptr i8, ptr %a, i64 24
  %y = load double, ptr %y.p, align 8
  %x.p = getelementptr i8, ptr %a, i64 16
  %x = load double, ptr %x.p, align 16
  %s = fsub double %x, %y
  store double %s, ptr %b
  ret void
}
; CHECK-NOT: load <
define ptx_kernel void @left(ptr %a, ptr %b, ptr %c) {
  %m = alloca [2 x float], align 8
  %m1 = getelementptr i8, ptr %m, i64 4
  %x0 = load float, ptr %m, align 8
  %x1 = load float, ptr %m1, align 4
  %a1 = getelementptr i8, ptr %a, i64 4
  %y0 = load float, ptr %a, align 4
  %y1 = load float, ptr %a1, align 4
  %b1 = getelementptr i8, ptr %b, i64 4
  %z0 = load float, ptr %b, align 8
  store float %z0, ptr %c
  %z1 = load float, ptr %b1, align 4
  %b2 = getelementptr i8, ptr %b, i64 8
  %b3 = getelementptr i8, ptr %b, i64 12
  %v0 = load float, ptr %b2, align 8
  %v1 = load volatile float, ptr %b3, align 4
  ret void
}
!0 = !{!1, !1, i64 0}
!1 = !{!"float", !2}
!2 = !{!"root"}
