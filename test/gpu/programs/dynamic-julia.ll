; CUDA.jl's dynamic parallelism, as GPUCompiler leaves it: pointers as integers (Julia 1.11), dim3 as an array.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i64 @cudaGetParameterBufferV2(i64, [3 x i32], [3 x i32], i32)
declare i32 @cudaLaunchDeviceV2(i64, i64)
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()

define ptx_kernel void @_Z5child13CuDeviceArrayI5Int64Li1ELi1EES_({ ptr, i32 } %state, { ptr addrspace(1), i64, [1 x i64], i64 } %a, i64 signext %v) {
  %p = extractvalue { ptr addrspace(1), i64, [1 x i64], i64 } %a, 0
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %i = zext i32 %t to i64
  %at = getelementptr i64, ptr addrspace(1) %p, i64 %i
  %s = add i64 %v, %i
  store i64 %s, ptr addrspace(1) %at, align 8
  ret void
}

define ptx_kernel void @_Z6parent13CuDeviceArrayI5Int64Li1ELi1EE({ ptr, i32 } %state, { ptr addrspace(1), i64, [1 x i64], i64 } %a) {
  %buffer = call i64 @cudaGetParameterBufferV2(i64 ptrtoint (ptr @_Z5child13CuDeviceArrayI5Int64Li1ELi1EES_ to i64), [3 x i32] [i32 1, i32 1, i32 1], [3 x i32] [i32 64, i32 1, i32 1], i32 0)
  %p = inttoptr i64 %buffer to ptr
  store { ptr, i32 } %state, ptr %p, align 8
  %q = getelementptr i8, ptr %p, i64 16
  store { ptr addrspace(1), i64, [1 x i64], i64 } %a, ptr %q, align 8
  %r = getelementptr i8, ptr %p, i64 48
  store i64 1000, ptr %r, align 8
  %e = call i32 @cudaLaunchDeviceV2(i64 %buffer, i64 0)
  %wrong = icmp ne i32 %e, 0
  br i1 %wrong, label %failed, label %done
failed:
  %out = extractvalue { ptr addrspace(1), i64, [1 x i64], i64 } %a, 0
  %code = sext i32 %e to i64
  %negative = sub i64 0, %code
  store i64 %negative, ptr addrspace(1) %out, align 8
  br label %done
done:
  ret void
}
