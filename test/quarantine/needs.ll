; Needs that are not met are errors that name the fix.
; RUN: not %cordon-opt -passes='cordon-quarantine' %s -o /dev/null 2>&1 | FileCheck %s --check-prefix=OUT
; RUN: not %cordon-opt -passes='cordon-quarantine<device-out=%t/none/d.bc>' %s -o /dev/null 2>&1 | FileCheck %s --check-prefix=FOLDER
; RUN: not %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc;kernels=nosuch>' %s -o /dev/null 2>&1 | FileCheck %s --check-prefix=KERNEL
; RUN: not %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc;roots=nosuch>' %s -o /dev/null 2>&1 | FileCheck %s --check-prefix=ROOT
; RUN: not %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc;stub=call:k>' %s -o /dev/null 2>&1 | FileCheck %s --check-prefix=STUB
; STUB: stub=call:k: this is a device function itself
; OUT: cordon-quarantine<device-out=FILE>
; FOLDER: cannot write the device module
; KERNEL: kernels=nosuch: the module defines no function of that name
; ROOT: roots=nosuch: the module defines no function of that name

target triple = "x86_64-unknown-linux-gnu"

define ptx_kernel void @k() {
  ret void
}
