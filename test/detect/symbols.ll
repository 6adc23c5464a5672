; symbols= adds names and globs to the table of device symbols.
; RUN: split-file %s %t
; RUN: %cordon-opt -passes=cordon-detect -disable-output %t/a.ll 2>&1 | count 0
; RUN: not %cordon-opt -passes="cordon-detect<format=json;symbols=%t/names.txt>" -disable-output %t/a.ll | FileCheck %s
; RUN: not %cordon-opt -passes="cordon-detect<symbols=%t/missing.txt>" -disable-output %t/a.ll 2>&1 | FileCheck %s --check-prefix=MISSING
; CHECK: "deviceOnly": [
; CHECK-NEXT: "f",
; CHECK-NEXT: "g"
; CHECK-NEXT: ],
; CHECK: "unresolved": [
; CHECK-NEXT: "my_runtime_a",
; CHECK-NEXT: "special"
; CHECK-NEXT: ],
; MISSING: cannot read the symbols file

;--- names.txt
# ours
special
my_runtime_*
;--- a.ll
target triple = "x86_64-unknown-linux-gnu"
declare void @special()
declare void @my_runtime_a()
declare void @other()
define void @f() {
  call void @special()
  ret void
}
define void @g() {
  call void @my_runtime_a()
  ret void
}
define void @h() {
  call void @other()
  ret void
}
