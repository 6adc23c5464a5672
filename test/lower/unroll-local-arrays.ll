; A loop whose counter indexes a local array is marked for full unrolling; one whose index comes from elsewhere, or that
; is too long, is not. In the pipeline the array becomes registers.
; RUN: %cordon-opt -passes=cordon-unroll-local-arrays -verify-each -S %s | FileCheck %s
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
; PTX-LABEL: .entry counted(
; PTX-NOT: .local
; PTX: ret;
target triple = "nvptx64-nvidia-cuda"

; CHECK-LABEL: @counted
; CHECK: br i1 %more, label %loop, label %done, !llvm.loop ![[FULL:[0-9]+]]
define ptx_kernel void @counted(ptr %out, float %x) {
entry:
  %r = alloca [100 x float]
  br label %loop
loop:
  %k = phi i32 [ 0, %entry ], [ %next, %loop ]
  %p = getelementptr [100 x float], ptr %r, i32 0, i32 %k
  %f = uitofp i32 %k to float
  %v = fmul float %f, %x
  store float %v, ptr %p
  %next = add i32 %k, 1
  %more = icmp ult i32 %next, 100
  br i1 %more, label %loop, label %done
done:
  %q = getelementptr [100 x float], ptr %r, i32 0, i32 42
  %l = load float, ptr %q
  store float %l, ptr %out
  ret void
}

; A check in the loop, whose outcome nobody knows, makes no difference, nor does a copy of the array.
; PTX-LABEL: .entry checked(
; PTX-NOT: .local
; PTX: ret;
; CHECK-LABEL: @checked
; CHECK: br i1 %more, label %loop, label %done, !llvm.loop !{{[0-9]+}}
define ptx_kernel void @checked(ptr %out, i32 %n) {
entry:
  %r = alloca [32 x float]
  %copy = alloca [32 x float]
  br label %loop
loop:
  %k = phi i32 [ 0, %entry ], [ %next, %rest ]
  %i = add i32 %k, %n
  %bad = icmp eq i32 %i, -2147483648
  br i1 %bad, label %panic, label %rest
rest:
  %p = getelementptr [32 x float], ptr %r, i32 0, i32 %k
  %f = sitofp i32 %i to float
  store float %f, ptr %p
  %next = add i32 %k, 1
  %more = icmp ult i32 %next, 32
  br i1 %more, label %loop, label %done
done:
  call void @llvm.memcpy.p0.p0.i64(ptr %copy, ptr %r, i64 128, i1 false)
  %q = getelementptr [32 x float], ptr %copy, i32 0, i32 7
  %l = load float, ptr %q
  store float %l, ptr %out
  ret void
panic:
  call void @llvm.trap()
  unreachable
}

; CHECK-LABEL: @elsewhere
; CHECK: br i1 %more, label %loop, label %done{{$}}
define ptx_kernel void @elsewhere(ptr %out, ptr %index) {
entry:
  %r = alloca [100 x float]
  br label %loop
loop:
  %k = phi i32 [ 0, %entry ], [ %next, %loop ]
  %i = load i32, ptr %index
  %p = getelementptr [100 x float], ptr %r, i32 0, i32 %i
  store float 1.0, ptr %p
  %next = add i32 %k, 1
  %more = icmp ult i32 %next, 100
  br i1 %more, label %loop, label %done
done:
  %l = load float, ptr %r
  store float %l, ptr %out
  ret void
}

; CHECK: ![[FULL]] = distinct !{![[FULL]], ![[MARK:[0-9]+]]}
; CHECK: ![[MARK]] = !{!"llvm.loop.unroll.full"
