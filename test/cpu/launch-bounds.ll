; A launch that breaks the kernel's launch bounds fails, as with the driver; attributes and the older metadata.
; RUN: %cpu %s --kernel=bounded --block=64 --arg=buf:i32:64 --expect='0: 1'
; RUN: not %cpu %s --kernel=bounded --block=65 --arg=buf:i32:65 2>&1 | FileCheck --check-prefix=MAX %s
; MAX: launch of 'bounded': invalid argument: a block of 65 threads, but the kernel's launch bounds allow 64
; RUN: not %cpu %s --kernel=old --block=33 --arg=buf:i32:65 2>&1 | FileCheck --check-prefix=OLD %s
; OLD: a block of 33 threads, but the kernel's launch bounds allow 32
; RUN: %cpu %s --kernel=needs --block=8,4 --arg=buf:i32:8 --expect='0: 1'
; RUN: not %cpu %s --kernel=needs --block=4,8 --arg=buf:i32:8 2>&1 | FileCheck --check-prefix=NEEDS %s
; NEEDS: launch of 'needs': invalid argument: the kernel needs blocks of 8x4x1 threads
target triple = "nvptx64-nvidia-cuda"

define ptx_kernel void @bounded(ptr %out) "nvvm.maxntid"="16,4" {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %p = getelementptr i32, ptr %out, i32 %t
  store i32 1, ptr %p
  ret void
}

define ptx_kernel void @needs(ptr %out) "nvvm.reqntid"="8,4" {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %p = getelementptr i32, ptr %out, i32 %t
  store i32 1, ptr %p
  ret void
}

define void @old(ptr %out) {
  ret void
}

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
!nvvm.annotations = !{!0, !1}
!0 = !{ptr @old, !"kernel", i32 1}
!1 = !{ptr @old, !"maxntidx", i32 32}
