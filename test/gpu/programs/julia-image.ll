; A host module shaped like what `julia --output-bc` emits when a package with GPU code is compiled ahead of time: every
; method with a concrete signature is in it, called or not, and the kernels with them. Julia 1.12's types (pointers are
; `ptr`), GPUCompiler's placeholders as plain externs. Nothing here came from a Julia process; shapes and names did.
source_filename = "julia-image"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128-ni:10:11:12:13"
target triple = "x86_64-unknown-linux-gnu"

@exception = private unnamed_addr constant [12 x i8] c"BoundsError\00"
@exception.1 = private unnamed_addr constant [17 x i8] c"OutOfMemoryError\00"

; The image's table of functions: positional, filled for every method, read by the loader.
@jl_fvar_ptrs = hidden global [6 x ptr] [ptr @julia_fib_101, ptr @jfptr_fib_102, ptr @julia_threadfence_system_103,
                                         ptr @julia_threadIdx_x_104, ptr @julia_gc_pool_alloc_105, ptr @julia_hypot_106]
@jl_fvar_count = hidden constant i64 6

; --- Host methods.
define swiftcc i64 @julia_fib_101(ptr nonnull swiftself %pgcstack, i64 signext %n) #0 {
top:
  %small = icmp slt i64 %n, 2
  br i1 %small, label %done, label %more

more:
  %a = sub i64 %n, 1
  %b = sub i64 %n, 2
  %x = call swiftcc i64 @julia_fib_101(ptr nonnull swiftself %pgcstack, i64 signext %a)
  %y = call swiftcc i64 @julia_fib_101(ptr nonnull swiftself %pgcstack, i64 signext %b)
  %s = add i64 %x, %y
  ret i64 %s

done:
  ret i64 %n
}

define nonnull ptr @jfptr_fib_102(ptr %f, ptr noalias readonly %args, i32 %nargs) #0 {
top:
  %boxed = load ptr, ptr %args, align 8
  %n = load i64, ptr %boxed, align 8
  %pgc = call ptr @jl_get_pgcstack()
  %r = call swiftcc i64 @julia_fib_101(ptr nonnull swiftself %pgc, i64 signext %n)
  %b = call nonnull ptr @ijl_box_int64(i64 signext %r)
  ret ptr %b
}

; An overlay leaked into a host specialisation: it is host code that must go on working.
define swiftcc double @julia_hypot_106(ptr nonnull swiftself %pgcstack, double %x, double %y) #0 {
top:
  %r = call double @__nv_hypot(double %x, double %y)
  ret double %r
}

; --- Concrete device methods that nobody calls.
define swiftcc void @julia_threadfence_system_103(ptr nonnull swiftself %pgcstack) #0 !dbg !5 {
top:
  call void @llvm.nvvm.membar.sys(), !dbg !8
  ret void, !dbg !8
}

define swiftcc i32 @julia_threadIdx_x_104(ptr nonnull swiftself %pgcstack) #0 {
top:
  %t = call range(i32 0, 1024) i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %r = add nuw nsw i32 %t, 1
  ret i32 %r
}

; --- GPUCompiler's allocation, which nobody on the host defines.
define nonnull ptr @julia_gc_pool_alloc_105(i64 zeroext %size) #0 {
top:
  %p = call ptr @gpu_malloc(i64 zeroext %size)
  %failed = icmp eq ptr %p, null
  br i1 %failed, label %oom, label %ok

oom:
  call void @gpu_report_oom(i64 zeroext %size)
  call void @gpu_report_exception(ptr @exception.1)
  call void @gpu_signal_exception()
  call void @llvm.trap()
  unreachable

ok:
  ret ptr %p
}

define internal fastcc void @julia_throw_boundserror_107() noinline noreturn #0 {
top:
  call void @gpu_report_exception(ptr @exception)
  call void @gpu_signal_exception()
  call void @llvm.trap()
  unreachable
}

; --- function box_square(out, in): boxes each element on the device's heap, squares it through the box.
;     CuDeviceArray{Float32, 1, 1} = { data, maxsize, dims, len }
define ptx_kernel void @_Z10box_square13CuDeviceArrayI7Float32Li1ELi1EE2_S0_(
    { ptr addrspace(1), i64, [1 x i64], i64 } %out, { ptr addrspace(1), i64, [1 x i64], i64 } %in) #0 {
top:
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %ctaid = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %ntid = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %base = mul i32 %ctaid, %ntid
  %index = add i32 %base, %tid
  %i = zext i32 %index to i64
  %n = extractvalue { ptr addrspace(1), i64, [1 x i64], i64 } %in, 3
  %inside = icmp ult i64 %i, %n
  br i1 %inside, label %body, label %exit

body:
  %len = extractvalue { ptr addrspace(1), i64, [1 x i64], i64 } %out, 3
  %legal = icmp ult i64 %i, %len
  br i1 %legal, label %work, label %throw

throw:
  call fastcc void @julia_throw_boundserror_107()
  unreachable

work:
  %src = extractvalue { ptr addrspace(1), i64, [1 x i64], i64 } %in, 0
  %dst = extractvalue { ptr addrspace(1), i64, [1 x i64], i64 } %out, 0
  %pa = getelementptr inbounds float, ptr addrspace(1) %src, i64 %i
  %a = load float, ptr addrspace(1) %pa, align 4
  %box = call ptr @julia_gc_pool_alloc_105(i64 zeroext 16)
  %payload = getelementptr inbounds i8, ptr %box, i64 8
  store volatile float %a, ptr %payload, align 4
  %v = load volatile float, ptr %payload, align 4
  %sq = fmul float %v, %v
  %pb = getelementptr inbounds float, ptr addrspace(1) %dst, i64 %i
  store float %sq, ptr addrspace(1) %pb, align 4
  br label %exit

exit:
  ret void
}

declare void @llvm.nvvm.membar.sys()
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare void @llvm.trap()
declare ptr @gpu_malloc(i64 zeroext)
declare void @gpu_report_oom(i64 zeroext)
declare void @gpu_report_exception(ptr)
declare void @gpu_signal_exception()
declare double @__nv_hypot(double, double)
declare ptr @jl_get_pgcstack()
declare nonnull ptr @ijl_box_int64(i64 signext)

attributes #0 = { uwtable "frame-pointer"="all" "probe-stack"="inline-asm" }

!llvm.module.flags = !{!0, !1}
!llvm.dbg.cu = !{!2}
!0 = !{i32 2, !"Dwarf Version", i32 4}
!1 = !{i32 2, !"Debug Info Version", i32 3}
!2 = distinct !DICompileUnit(language: DW_LANG_Julia, file: !3, producer: "julia", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug, nameTableKind: GNU)
!3 = !DIFile(filename: "julia", directory: ".")
!4 = !DIFile(filename: "synchronization.jl", directory: ".")
!5 = distinct !DISubprogram(name: "threadfence_system;", linkageName: "julia_threadfence_system_103", scope: null, file: !4, line: 168, type: !6, scopeLine: 168, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2)
!6 = !DISubroutineType(types: !7)
!7 = !{null}
!8 = !DILocation(line: 168, column: 5, scope: !5)
