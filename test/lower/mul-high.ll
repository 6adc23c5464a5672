; The upper half of a product of two narrow values is mul.hi, also where an extension stands outside the loop (ptxas 13.0
; miscompiles the long form there). A product that is used whole, or of wide operands, is not touched. Twice changes nothing.
; RUN: %cordon-opt -passes=cordon-mul-high -verify-each -S -o %t.ll < %s
; RUN: FileCheck %s --input-file=%t.ll
; RUN: %cordon-opt -passes=cordon-mul-high -S -o %t.again.ll < %t.ll && cmp %t.ll %t.again.ll
; RUN: %cordon-opt -passes='cordon-lower<emit=ptx;output=%t.ptx>' -disable-output %s
; RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
target triple = "nvptx64-nvidia-cuda"

; CHECK-LABEL: @loop
; CHECK: [[HIGH:%.*]] = call i32 @llvm.nvvm.mulhi.ui(i32 %t, i32 %a)
; CHECK-NEXT: zext i32 [[HIGH]] to i64
; CHECK-NOT: lshr
; PTX-LABEL: .entry loop(
; PTX: mul.hi.u32
; PTX-NOT: mul.lo.s64
; PTX-LABEL: .entry kept(
define ptx_kernel void @loop(ptr %out, i32 %a, i32 %b, i32 %n) {
  %wide = zext i32 %a to i64
  br label %body
body:
  %i = phi i32 [ 0, %0 ], [ %next, %body ]
  %x = phi i32 [ %b, %0 ], [ %y, %body ]
  %t = add i32 %x, %i
  %twide = zext i32 %t to i64
  %product = mul nuw i64 %twide, %wide
  %shifted = lshr i64 %product, 32
  %high = trunc nuw i64 %shifted to i32
  %scaled = mul i32 %b, %high
  %y = xor i32 %scaled, %t
  %next = add i32 %i, 1
  %end = icmp eq i32 %next, %n
  br i1 %end, label %exit, label %body
exit:
  store i32 %y, ptr %out
  ret void
}

; CHECK-LABEL: @kept
; CHECK-NOT: mulhi
; CHECK-LABEL: @further
define ptx_kernel void @kept(ptr %out, i64 %a, i32 %b) {
  %wide = zext i32 %b to i64
  %product = mul i64 %a, %wide
  %high = lshr i64 %product, 32
  store i64 %high, ptr %out
  %square = mul i64 %wide, %wide
  %next = getelementptr i64, ptr %out, i64 1
  store i64 %square, ptr %next
  %square.high = lshr i64 %square, 32
  %last = getelementptr i64, ptr %out, i64 2
  store i64 %square.high, ptr %last
  ret void
}

; CHECK: [[HIGH:%.*]] = call i32 @llvm.nvvm.mulhi.ui(i32 %a, i32 7)
; CHECK: [[WIDE:%.*]] = zext i32 [[HIGH]] to i64
; CHECK: lshr i64 [[WIDE]], 3
define ptx_kernel void @further(ptr %out, i32 %a) {
  %wide = zext i32 %a to i64
  %product = mul i64 %wide, 7
  %high = lshr i64 %product, 35
  store i64 %high, ptr %out
  ret void
}
