; What embedding needs, and says when it is missing.
; RUN: rm -f %t.none && printf '' > %t.empty && printf 'x' > %t.image
; RUN: not %cordon-opt -passes=cordon-embed -disable-output %s 2>&1 | FileCheck %s --check-prefix=NEEDS
; RUN: not %cordon-opt -passes='cordon-embed<image=%t.none>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=NONE
; RUN: not %cordon-opt -passes='cordon-embed<image=%t.empty>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=EMPTY
; RUN: not %cordon-opt -passes='cordon-embed<image=%t.image;as=offload>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=BITCODE
; RUN: not %cordon-opt -passes='cordon-embed<image=%t.image;as=rocm>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=AS
; RUN: not %cordon-opt -mtriple=nvptx64-nvidia-cuda -passes='cordon-embed<image=%t.image>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=DEVICE
; NEEDS: cordon-embed needs image=FILE
; NONE: cannot read '{{.*}}.none'
; EMPTY: is empty
; BITCODE: as=offload embeds device bitcode
; AS: 'rocm' is no value of 'as'; it takes cuda|offload
; DEVICE: is a device module (nvptx64-nvidia-cuda)
target triple = "x86_64-unknown-linux-gnu"
define void @kernel() {
  ret void
}
!cordon.entries = !{!0}
!0 = !{!"kernel", ptr @kernel, !"kernel", !"kernel"}
