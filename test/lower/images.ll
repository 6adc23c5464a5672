; Cubins for each sm_ and PTX for the newest, in one fat binary; twice the same bytes, in another folder too.
; REQUIRES: ptxas, fatbinary
; RUN: rm -rf %t && mkdir -p %t/a %t/b
; RUN: cd %t/a && %cordon-opt -passes='cordon-lower<arch=sm_75:sm_90:compute_120;output=k.fatbin>' -disable-output %s
; RUN: cd %t/b && %cordon-opt -passes='cordon-lower<arch=sm_75:sm_90:compute_120;output=k2.fatbin>' -disable-output %s
; RUN: cmp %t/a/k.fatbin %t/b/k2.fatbin
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_75;emit=cubin;output=%t/k.cubin>' -disable-output %s
; RUN: llvm-readelf -s %t/k.cubin | FileCheck %s
; CHECK: FUNC {{.*}} work

; Cubins are compressed where it is asked for, and the harness lists both forms.
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;compress=size;output=%t/small.fatbin>' -disable-output %s
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;compress=none;output=%t/plain.fatbin>' -disable-output %s
; RUN: cordon-smoke --list %t/small.fatbin | FileCheck %s --check-prefix=SMALL
; RUN: cordon-smoke --list %t/plain.fatbin | FileCheck %s --check-prefix=PLAIN
; SMALL: cubin, entry 0, sm_90, compressed (zstd)
; SMALL: kernel work
; SMALL: PTX, entry 1, sm_90, {{.*}}compressed
; PLAIN-NOT: compressed
; PLAIN: kernel work

; One cubin or PTX file holds one architecture.
; RUN: not %cordon-opt -passes='cordon-lower<arch=sm_75:sm_90;emit=ptx;output=%t/no.ptx>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=TWO
; RUN: not %cordon-opt -passes='cordon-lower<arch=compute_90;emit=cubin;output=%t/no.cubin>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=VIRTUAL
; RUN: not %cordon-opt -passes='cordon-lower<emit=ptx>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=OUT
; RUN: not %cordon-opt -passes='cordon-lower<output=%t/no.cubin>' -cordon-cuda-path=%t/none -disable-output %s 2>&1 | FileCheck %s --check-prefix=TOOL --implicit-check-not=reproducer
; RUN: not ls %t/no.ptx %t/no.cubin
; TWO: one ptx file holds one architecture, and 2 were given
; VIRTUAL: use arch=sm_90 or emit=ptx
; TOOL: cannot find ptxas (looked in {{.*}}none/bin/ptxas); install the CUDA 13.0 toolkit
; OUT: cordon-lower needs output=FILE

target triple = "nvptx64-nvidia-cuda"

define ptx_kernel void @work(ptr %out) {
  store i32 7, ptr %out
  ret void
}
