; The ignore file: globs of functions and rules with a reason; entries that match nothing are reported.
; RUN: split-file %s %t
; RUN: %cordon-opt -passes="cordon-detect<ignore=%t/good.txt>" -disable-output %t/a.ll 2>&1 | FileCheck %s --check-prefix=GOOD
; RUN: not %cordon-opt -passes="cordon-detect<ignore=%t/bare.txt>" -disable-output %t/a.ll 2>&1 | FileCheck %s --check-prefix=BARE
; RUN: not %cordon-opt -passes="cordon-detect<ignore=%t/none.txt>" -disable-output %t/a.ll 2>&1 | FileCheck %s --check-prefix=NONE
; GOOD-NOT: error
; GOOD: good.txt:3: warning: the ignore entry 'gone * was fixed' matches nothing; remove it [unused-ignore-entry]
; BARE: bare.txt:1: an entry needs a function, a rule and a reason
; NONE: cannot read the ignore file

;--- good.txt
# Known.
f? nvvm-* overlay that nobody calls
gone * was fixed
;--- bare.txt
f1 nvvm-intrinsic
;--- a.ll
target triple = "x86_64-unknown-linux-gnu"
declare void @llvm.nvvm.membar.sys()
define void @f1() {
  call void @llvm.nvvm.membar.sys()
  ret void
}
