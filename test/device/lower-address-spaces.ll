; Julia's address spaces 10 to 13 are plain memory on the GPU: types, signatures, constants, intrinsic names, casts.
; RUN: %cordon-opt -passes=cordon-lower-address-spaces -verify-each -S < %s > %t.ll
; RUN: FileCheck %s < %t.ll
; RUN: %cordon-opt -passes=cordon-lower-address-spaces,cordon-lower-address-spaces -S < %s | diff %t.ll -
; RUN: llc -mcpu=sm_75 %t.ll -o - | FileCheck --check-prefix=PTX %s
target triple = "nvptx64-nvidia-cuda"
; CHECK-NOT: addrspace(1{{[0-3]}})
; CHECK: @g = internal global ptr @h
@g = internal global ptr addrspace(10) addrspacecast (ptr @h to ptr addrspace(10))
@h = internal global i64 0
; CHECK: define ptx_kernel void @k(ptr %p, ptr addrspace(1) %out)
; PTX-LABEL: .entry k(
; PTX: ld.param.b64
; PTX: st.global.b64 [{{.*}}+8], 7;
define ptx_kernel void @k(ptr addrspace(10) %p, ptr addrspace(1) %out) {
  %c = addrspacecast ptr addrspace(10) %p to ptr addrspace(11)
  %e = getelementptr { ptr addrspace(10), i64 }, ptr addrspace(11) %c, i64 0, i32 1
  store i64 7, ptr addrspace(11) %e
  %q = load ptr addrspace(10), ptr @g
  %r = call ptr addrspace(10) @f(ptr addrspace(10) %q)
  call void @llvm.memcpy.p11.p10.i64(ptr addrspace(11) %c, ptr addrspace(10) %r, i64 8, i1 false)
  ret void
}
; CHECK: call ptr @f(ptr %
; CHECK: call void @llvm.memcpy.p0.p0.i64(ptr %
define internal ptr addrspace(10) @f(ptr addrspace(10) %p) {
  %n = icmp eq ptr addrspace(10) %p, null
  %s = select i1 %n, ptr addrspace(10) null, ptr addrspace(10) %p
  ret ptr addrspace(10) %s
}
declare void @llvm.memcpy.p11.p10.i64(ptr addrspace(11), ptr addrspace(10), i64, i1)
