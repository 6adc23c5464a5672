; A large module's functions go to several back ends side by side: each entry, variable and declaration is written once, what
; names each other stays together, and the bytes are the same each time.
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t.ptx>' -cordon-codegen-part=4 -disable-output %s
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t.again.ptx>' -cordon-codegen-part=4 -disable-output %s
; RUN: cmp %t.ptx %t.again.ptx
; RUN: %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t.one.ptx>' -cordon-codegen-part=0 -disable-output %s
; RUN: not cmp -s %t.ptx %t.one.ptx
; RUN: grep -E '^\.(visible|extern|global|const|shared|func|weak|version|target)|^.shared' %t.ptx | sort > %t.names
; RUN: grep -E '^\.(visible|extern|global|const|shared|func|weak|version|target)|^.shared' %t.one.ptx | sort | diff - %t.names
; RUN: FileCheck %s --input-file=%t.ptx
; RUN: %if ptxas %{ %ptxas -arch=sm_90 %t.ptx -o %t.cubin %}
target triple = "nvptx64-nvidia-cuda"
@table = internal addrspace(4) constant [4 x i32] [i32 1, i32 2, i32 3, i32 4]
@dotted.name = internal addrspace(1) global i32 7
@own = internal addrspace(3) global [64 x i32] undef
@common = internal addrspace(3) global [32 x i32] undef
@dynamic = external addrspace(3) global [0 x i32], align 16
@handlers = internal addrspace(1) global [1 x ptr] [ptr @handler]
declare i32 @vprintf(ptr, ptr)
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
; CHECK-NOT: .extern .entry
; CHECK: .extern .func{{.*}}vprintf

define internal void @handler(ptr %p) noinline {
  store i32 5, ptr %p
  ret void
}
define internal i32 @helper(i32 %i, ptr %p) noinline {
  %q = getelementptr i32, ptr %p, i32 %i
  %v = load volatile i32, ptr %q
  %w = mul i32 %v, %i
  ret i32 %w
}
define ptx_kernel void @calls(ptr %p, i32 %i) {
  %f = load volatile ptr, ptr addrspace(1) @handlers
  call void %f(ptr %p)
  %r = call i32 @helper(i32 %i, ptr %p)
  store i32 %r, ptr %p
  ret void
}
define ptx_kernel void @alsoCalls(ptr %p, i32 %i) {
  %r = call i32 @helper(i32 %i, ptr %p)
  store i32 %r, ptr %p
  ret void
}
define ptx_kernel void @constants(ptr %p, i32 %i) {
  %a = getelementptr i32, ptr addrspace(4) @table, i32 %i
  %v = load volatile i32, ptr addrspace(4) %a
  %w = load volatile i32, ptr addrspace(1) @dotted.name
  %s = add i32 %v, %w
  store i32 %s, ptr %p
  ret void
}
define ptx_kernel void @constantsToo(ptr %p, i32 %i) {
  %a = getelementptr i32, ptr addrspace(4) @table, i32 %i
  %v = load volatile i32, ptr addrspace(4) %a
  store i32 %v, ptr addrspace(1) @dotted.name
  store i32 %v, ptr %p
  ret void
}
define ptx_kernel void @ownShared(ptr %p, i32 %i) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %a = getelementptr i32, ptr addrspace(3) @own, i32 %t
  store volatile i32 %i, ptr addrspace(3) %a
  %d = getelementptr i32, ptr addrspace(3) @dynamic, i32 %t
  store volatile i32 %i, ptr addrspace(3) %d
  ret void
}
define ptx_kernel void @sharesOne(ptr %p, i32 %i) {
  %a = getelementptr i32, ptr addrspace(3) @common, i32 %i
  store volatile i32 %i, ptr addrspace(3) %a
  ret void
}
define ptx_kernel void @sharesTwo(ptr %p, i32 %i) {
  %a = getelementptr i32, ptr addrspace(3) @common, i32 %i
  %d = getelementptr i32, ptr addrspace(3) @dynamic, i32 %i
  store volatile i32 %i, ptr addrspace(3) %d
  store volatile i32 %i, ptr addrspace(3) %a
  ret void
}
define ptx_kernel void @prints(ptr %p) {
  %r = call i32 @vprintf(ptr %p, ptr null)
  ret void
}
define ptx_kernel void @printsToo(ptr %p) {
  %r = call i32 @vprintf(ptr %p, ptr %p)
  ret void
}
