; A module without device code is left alone, and so is one that was split before; a device module is not a host module.
; RUN: rm -f %t.d.bc %t.again.bc
; RUN: opt -passes=verify %s -o %t.plain.bc
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>' %s -o %t.clean.bc
; RUN: cmp %t.plain.bc %t.clean.bc
; RUN: not ls %t.d.bc
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>' %S/Inputs/split.ll -o %t.once.bc
; RUN: opt -passes=verify %t.once.bc -o %t.plain.bc
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.again.bc>' %t.once.bc -o %t.twice.bc
; RUN: cmp %t.plain.bc %t.twice.bc
; RUN: not ls %t.again.bc
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.again.bc>' %t.d.bc -S -o /dev/null
; RUN: not ls %t.again.bc
; The same input gives the same bytes.
; RUN: cp %t.d.bc %t.first.bc
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>' %S/Inputs/split.ll -o %t.other.bc
; RUN: cmp %t.first.bc %t.d.bc
; RUN: cmp %t.once.bc %t.other.bc

target triple = "x86_64-unknown-linux-gnu"

@table = constant [1 x ptr] [ptr @f]

define double @f(double %x) {
  %y = call double @sin(double %x)
  ret double %y
}
declare double @sin(double)
