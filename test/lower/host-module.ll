; A host module is refused by its triple.
; RUN: not %cordon-opt -passes='cordon-lower<emit=ptx;output=%t>' -disable-output %s 2>&1 | FileCheck %s
; CHECK: is no device module: its triple is 'x86_64-unknown-linux-gnu'
target triple = "x86_64-unknown-linux-gnu"
define void @f() {
  ret void
}
