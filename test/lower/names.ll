; Unknown architectures, PTX versions and pairs of them are errors that list what is known.
; RUN: not %cordon-opt -passes='cordon-lower<arch=sm90;output=%t>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=SM
; RUN: not %cordon-opt -passes='cordon-lower<arch=sm_75a;output=%t>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=SUFFIX
; RUN: not %cordon-opt -passes='cordon-lower<ptx=7.0;output=%t>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=PTX
; RUN: not %cordon-opt -passes='cordon-lower<ptx=8.0;arch=sm_120;output=%t>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=PAIR
; RUN: not %cordon-opt -passes='cordon-lower<emit=elf;output=%t>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=EMIT
; SM: unknown GPU architecture 'sm90'; known are sm_75
; SUFFIX: unknown GPU architecture 'sm_75a'
; PTX: unknown PTX version '7.0'; known are 8.0
; PAIR: PTX 8.0 does not know sm_120; it needs 8.7 or newer
; EMIT: 'elf' is no value of 'emit'; it takes fatbin|cubin|ptx

target triple = "nvptx64-nvidia-cuda"
define ptx_kernel void @work() {
  ret void
}
