; The address of a shared variable in an initialiser differs from block to block: kernels that read it are refused by name,
; through tables of tables, and the others of the module run.
; RUN: %cpu %s --kernel=fine --block=2 --arg=buf:i32:2 --expect='0: 7'
; RUN: not %cpu %s --kernel=direct --arg=buf:i32:1 2>&1 | FileCheck %s
; RUN: not %cpu %s --kernel=deep --arg=buf:i32:1 2>&1 | FileCheck %s
; CHECK: skipped: the address of shared variable 's' in an initialiser
target triple = "nvptx64-nvidia-cuda"
@s = internal addrspace(3) global i32 poison
@table = internal addrspace(1) global ptr addrspacecast (ptr addrspace(3) @s to ptr)
@tables = internal addrspace(1) global [2 x ptr] [ptr null, ptr addrspacecast (ptr addrspace(1) @table to ptr)]

define ptx_kernel void @fine(ptr %out) {
  store i32 7, ptr addrspace(3) @s
  %v = load i32, ptr addrspace(3) @s
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %p = getelementptr i32, ptr %out, i32 %t
  store i32 %v, ptr %p
  ret void
}

define ptx_kernel void @direct(ptr %out) {
  %p = load ptr, ptr addrspace(1) @table
  store i32 1, ptr %p
  ret void
}

define ptx_kernel void @deep(ptr %out) {
  call void @reads(ptr %out)
  ret void
}

define internal void @reads(ptr %out) {
  %e = load ptr, ptr addrspace(1) getelementptr ([2 x ptr], ptr addrspace(1) @tables, i32 0, i32 1)
  store ptr %e, ptr %out
  ret void
}

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
