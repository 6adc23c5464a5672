; Julia's runtime functions in both eras of types behave as CUDA.jl's: ExceptionInfo at its offsets, the printed texts, boxes
; with their header, the state, exceptions by each path.
; RUN: %cordon-opt -passes='cordon-prepare-device,cordon-link-runtime<exception=exit>' -verify-each %s -o %t.exit.bc
; RUN: %cordon-opt -passes='cordon-prepare-device,cordon-link-runtime<exception=trap>' -verify-each %s -o %t.trap.bc

; One thread of 2 x 8 throws: status 1, lock 2, thread (4,1,1), block (2,1,1); the others go on, and the last one looks.
; RUN: not cordon-smoke %t.exit.bc --backend=cpu --kernel=throws_new --grid=2 --block=8 '--arg={buf:u32:12:zero,u32:7}' --arg=buf:i32:16:zero --arg=i32:11 > %t.new 2>&1
; RUN: FileCheck %s --check-prefix=THROW < %t.new
; RUN: not cordon-smoke %t.exit.bc --backend=cpu --kernel=throws_old --grid=2 --block=8 '--arg={buf:u32:12:zero,u32:7}' --arg=buf:i32:16:zero --arg=i32:11 > %t.old 2>&1
; RUN: FileCheck %s --check-prefix=THROW < %t.old
; THROW-DAG: ERROR: a BoundsError was thrown during kernel execution on thread (4, 1, 1) in block (2, 1, 1).
; THROW-DAG: Stacktrace not available, run Julia on debug level 2
; THROW-DAG: exception in kernel '{{throws_new|throws_old}}', block (1,0,0), thread (3,0,0): BoundsError
; THROW-DAG: info 1 2, thread 4 1 1, block 2 1 1, 15 went on

; Frames, as debug level 2 reports them.
; RUN: not cordon-smoke %t.exit.bc --backend=cpu --kernel=frames '--arg={buf:u32:12:zero,u32:7}' 2>&1 | FileCheck %s --check-prefix=FRAMES
; FRAMES-DAG: ERROR: a DomainError was thrown during kernel execution on thread (1, 1, 1) in block (1, 1, 1).
; FRAMES-DAG: Stacktrace:
; FRAMES-DAG: [1] inner at a.jl:3
; FRAMES-DAG: [2] outer at b.jl:40
; FRAMES-DAG: exception in kernel 'frames', block (0,0,0), thread (0,0,0): DomainError (a.jl:3)

; With a trap the launch fails, and the record says why; without an ExceptionInfo nothing is written through null.
; RUN: not cordon-smoke %t.trap.bc --backend=cpu --kernel=throws_new --grid=2 --block=8 '--arg={u64:0,u32:7}' --arg=buf:i32:16:zero --arg=i32:11 2>&1 | FileCheck %s --check-prefix=TRAP
; RUN: not cordon-smoke %t.exit.bc --backend=cpu --kernel=throws_new --grid=2 --block=8 '--arg={u64:0,u32:7}' --arg=buf:i32:16:zero --arg=i32:11 2>&1 | FileCheck %s --check-prefix=TRAP
; RUN: not cordon-smoke %t.trap.bc --backend=cpu --kernel=assertion 2>&1 | FileCheck %s --check-prefix=ASSERT
; RUN: not cordon-smoke %t.trap.bc --backend=cpu --kernel=thrown 2>&1 | FileCheck %s --check-prefix=THROWN
; RUN: not cordon-smoke %t.trap.bc --backend=cpu --kernel=memory --arg=buf:i64:1:zero --arg=i64:4611686018427387904 2>&1 | FileCheck %s --check-prefix=MEMORY
; TRAP: exception in kernel 'throws_new', block (1,0,0), thread (3,0,0): BoundsError
; ASSERT: exception in kernel 'assertion', {{.*}}: assertion failed: sizes differ
; THROWN: exception in kernel 'thrown', {{.*}}: undefined variable error
; MEMORY: exception in kernel 'memory', {{.*}}: Out of dynamic GPU memory (trying to allocate 4611686018427387904 bytes)

; A box: the type's tag with both bits set in front of the value, another tag for each type; unboxing reads it back.
; RUN: cordon-smoke %t.trap.bc --backend=cpu --kernel=boxes --arg=buf:i64:16:zero --print=0:12 | FileCheck %s --check-prefix=BOX
; BOX: arg0[0..12) = -7 3 -7 3 1 3 200 1 1 1 1 7

target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

@bounds = private unnamed_addr constant [12 x i8] c"BoundsError\00"
@domain = private unnamed_addr constant [12 x i8] c"DomainError\00"
@inner = private unnamed_addr constant [6 x i8] c"inner\00"
@outer = private unnamed_addr constant [6 x i8] c"outer\00"
@a = private unnamed_addr constant [5 x i8] c"a.jl\00"
@b = private unnamed_addr constant [5 x i8] c"b.jl\00"
@sizes = private unnamed_addr constant [13 x i8] c"sizes differ\00"

declare void @gpu_report_exception(ptr)
declare void @gpu_report_exception_name({ ptr, i32 }, ptr)
declare void @gpu_report_exception_frame({ ptr, i32 }, i32 signext, ptr, ptr, i32 signext)
declare void @gpu_signal_exception()
declare void @gpu_static_assert(ptr)
declare void @ijl_undefined_var_error(ptr addrspace(12))
declare { ptr, i32 } @julia.gpu.state_getter()
declare nonnull ptr addrspace(10) @gpu_gc_pool_alloc(i64 zeroext)
declare ptr addrspace(10) @ijl_box_int64(i64 signext)
declare i64 @ijl_unbox_int64(ptr addrspace(10))
declare i64 @jl_box_int64(i64)
declare ptr @ijl_box_bool(i8 zeroext)
declare ptr @ijl_box_uint8(i8 zeroext)
declare i8 @ijl_unbox_uint8(ptr)
declare ptr @ijl_box_float32(float)
declare float @ijl_unbox_float32(ptr)
declare ptr @jl_int64_type()
declare i32 @vprintf(ptr, ptr)
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
declare void @llvm.trap()

@info = private unnamed_addr constant [59 x i8] c"info %d %d, thread %d %d %d, block %d %d %d, %d went on\0A\00\00\00"
define internal void @look(ptr %info, ptr %out) {
  %c = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %base = mul i32 %c, 8
  %i = add i32 %base, %t
  %last = icmp eq i32 %i, 15
  br i1 %last, label %yes, label %done
yes:
  %args = alloca [9 x i32], align 8
  %words = load volatile [8 x i32], ptr %info
  store [8 x i32] %words, ptr %args
  br label %sum
sum:
  %k = phi i32 [ 0, %yes ], [ %k.next, %sum ]
  %n = phi i32 [ 0, %yes ], [ %n.next, %sum ]
  %at = getelementptr i32, ptr %out, i32 %k
  %v = load i32, ptr %at
  %n.next = add i32 %n, %v
  %k.next = add i32 %k, 1
  %more = icmp ult i32 %k.next, 16
  br i1 %more, label %sum, label %print
print:
  %args.n = getelementptr i32, ptr %args, i32 8
  store i32 %n.next, ptr %args.n
  %r = call i32 @vprintf(ptr @info, ptr %args)
  ret void
done:
  ret void
}

define internal i1 @bad(ptr %out, i32 %which) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %c = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %base = mul i32 %c, 8
  %i = add i32 %base, %t
  %is = icmp eq i32 %i, %which
  br i1 %is, label %yes, label %no
yes:
  ret i1 true
no:
  %at = getelementptr i32, ptr %out, i32 %i
  store i32 1, ptr %at
  ret i1 false
}

define ptx_kernel void @throws_new({ ptr, i32 } %state, ptr %out, i32 %which) {
  %b = call i1 @bad(ptr %out, i32 %which)
  br i1 %b, label %fail, label %done
fail:
  call void @gpu_report_exception(ptr @bounds)
  call void @gpu_signal_exception()
  call void @llvm.trap()
  unreachable
done:
  %i = extractvalue { ptr, i32 } %state, 0
  %has = icmp ne ptr %i, null
  br i1 %has, label %there, label %none
there:
  call void @look(ptr %i, ptr %out)
  ret void
none:
  ret void
}

; Julia 1.11 and older.
define ptx_kernel void @throws_old({ i64, i32 } %state, ptr %out, i32 %which) {
  %b = call i1 @bad(ptr %out, i32 %which)
  br i1 %b, label %fail, label %done
fail:
  call void @gpu_report_exception(i64 ptrtoint (ptr @bounds to i64))
  call void @gpu_signal_exception({ i64, i32 } %state)
  call void @llvm.trap()
  unreachable
done:
  %i = extractvalue { i64, i32 } %state, 0
  %p = inttoptr i64 %i to ptr
  call void @look(ptr %p, ptr %out)
  ret void
}

define ptx_kernel void @frames({ ptr, i32 } %state) {
  %s = call { ptr, i32 } @julia.gpu.state_getter()
  call void @gpu_report_exception_name({ ptr, i32 } %s, ptr @domain)
  call void @gpu_report_exception_frame({ ptr, i32 } %s, i32 1, ptr @inner, ptr @a, i32 3)
  call void @gpu_report_exception_frame({ ptr, i32 } %s, i32 2, ptr @outer, ptr @b, i32 40)
  call void @gpu_signal_exception({ ptr, i32 } %s)
  call void @llvm.trap()
  unreachable
}

define ptx_kernel void @assertion() {
  call void @gpu_static_assert(ptr @sizes)
  unreachable
}
define ptx_kernel void @thrown() {
  call void @ijl_undefined_var_error(ptr addrspace(12) null)
  unreachable
}
define ptx_kernel void @memory(ptr %out, i64 %n) {
  %p = call ptr addrspace(10) @gpu_gc_pool_alloc(i64 %n)
  %i = ptrtoint ptr addrspace(10) %p to i64
  store i64 %i, ptr %out
  ret void
}

define ptx_kernel void @boxes(ptr %out) {
  %p = call ptr addrspace(10) @ijl_box_int64(i64 -7)
  %v = call i64 @ijl_unbox_int64(ptr addrspace(10) %p)
  store i64 %v, ptr %out
  %header.at = getelementptr i8, ptr addrspace(10) %p, i64 -8
  %header = load i64, ptr addrspace(10) %header.at
  %bits = and i64 %header, 3
  %o1 = getelementptr i64, ptr %out, i64 1
  store i64 %bits, ptr %o1
  %q = call i64 @jl_box_int64(i64 -7)
  %q.p = inttoptr i64 %q to ptr
  %w = load i64, ptr %q.p
  %o2 = getelementptr i64, ptr %out, i64 2
  store i64 %w, ptr %o2
  %bp = call ptr @ijl_box_bool(i8 3)
  %b.header.at = getelementptr i8, ptr %bp, i64 -8
  %b.header = load i64, ptr %b.header.at
  %b.bits = and i64 %b.header, 3
  %o3 = getelementptr i64, ptr %out, i64 3
  store i64 %b.bits, ptr %o3
  %b = load i8, ptr %bp
  %b.wide = zext i8 %b to i64
  %o4 = getelementptr i64, ptr %out, i64 4
  store i64 %b.wide, ptr %o4
  %o5 = getelementptr i64, ptr %out, i64 5
  store i64 3, ptr %o5
  %u = call ptr @ijl_box_uint8(i8 -56)
  %u.v = call i8 @ijl_unbox_uint8(ptr %u)
  %u.wide = zext i8 %u.v to i64
  %o6 = getelementptr i64, ptr %out, i64 6
  store i64 %u.wide, ptr %o6
  %differ = icmp ne i64 %header, %b.header
  %differ.wide = zext i1 %differ to i64
  %o7 = getelementptr i64, ptr %out, i64 7
  store i64 %differ.wide, ptr %o7
  %same.header.at = getelementptr i8, ptr %q.p, i64 -8
  %same.header = load i64, ptr %same.header.at
  %same = icmp eq i64 %header, %same.header
  %same.wide = zext i1 %same to i64
  %o8 = getelementptr i64, ptr %out, i64 8
  store i64 %same.wide, ptr %o8
  %tag = load i64, ptr @jl_int64_type
  %tagged = or i64 %tag, 3
  %is.tag = icmp eq i64 %tagged, %header
  %is.wide = zext i1 %is.tag to i64
  %o9 = getelementptr i64, ptr %out, i64 9
  store i64 %is.wide, ptr %o9
  %f = call ptr @ijl_box_float32(float 1.5)
  %f.v = call float @ijl_unbox_float32(ptr %f)
  %f.is = fcmp oeq float %f.v, 1.5
  %f.wide = zext i1 %f.is to i64
  %o10 = getelementptr i64, ptr %out, i64 10
  store i64 %f.wide, ptr %o10
  %o11 = getelementptr i64, ptr %out, i64 11
  store i64 7, ptr %o11
  ret void
}
