; A host function that guarded device code was inlined into keeps its body, in any function, not only in main: the host's
; path does what it did, and the device's path ends at the stub's message. What a kernel reaches is a device function.
; REQUIRES: host-x86_64
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.d.bc>,verify' %s -S -o %t.h.ll
; RUN: FileCheck %s --implicit-check-not=@llvm.nvvm --implicit-check-not='addrspace(3)' < %t.h.ll
; RUN: llvm-dis %t.d.bc -o - | FileCheck %s --check-prefix=DEVICE
; RUN: clang -O2 %t.h.ll -o %t
; RUN: %t
; RUN: not --crash %t 1 2>&1 | FileCheck %s --check-prefix=WORK
; RUN: not --crash %t 1 2 2>&1 | FileCheck %s --check-prefix=THREADS
; WORK: cordon: device function 'work' was called on the host
; THREADS: cordon: device function 'inlined' was called on the host
; RUN: %cordon-opt -passes='cordon-quarantine<device-out=%t.2.bc>' %t.h.ll -S -o %t.h2.ll
; RUN: opt -S %t.h.ll -o %t.h1.ll
; RUN: cmp %t.h1.ll %t.h2.ll

; DEVICE-NOT: @work
; DEVICE-NOT: @threads
; DEVICE: define ptx_kernel void @k(
; DEVICE: define internal void @maybe(
; DEVICE-NOT: @work

target triple = "x86_64-unknown-linux-gnu"

@tile = internal addrspace(3) global [4 x i32] undef
@counter = internal global i32 0

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)

define ptx_kernel void @k(i1 %c) {
  store i32 2, ptr @counter
  call void @maybe(i1 %c)
  ret void
}

; CHECK: define void @maybe(i1 %c) #[[STUB:[0-9]+]]
define void @maybe(i1 %c) {
  br i1 %c, label %a, label %b
a:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  br label %b
b:
  ret void
}

; The counter is the device's: whoever writes it here arrives at the barrier.
; CHECK: define i32 @work(i1 %gpu, i32 %x) #[[BODY:[0-9]+]]
; CHECK: %r = phi i32 [ %m, %host ]
define i32 @work(i1 %gpu, i32 %x) noinline willreturn memory(none) {
  br i1 %gpu, label %device, label %host
device:
  store i32 1, ptr @counter
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  store i32 %x, ptr addrspace(3) @tile
  %l = load i32, ptr addrspace(3) @tile
  br label %end
host:
  %m = mul i32 %x, 3
  %late = icmp eq i32 %x, 77
  br i1 %late, label %shared, label %end
shared:
  %pointer = phi ptr addrspace(3) [ @tile, %host ]
  store i32 %x, ptr addrspace(3) %pointer
  br label %end
end:
  %r = phi i32 [ %l, %device ], [ %m, %host ], [ 0, %shared ]
  ret i32 %r
}

; Nobody here calls it; another file may. It reads a register on the device's path only.
define void @threads(i1 %gpu, ptr %p) !dbg !3 {
  br i1 %gpu, label %device, label %end
device:
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x(), !dbg !6
  store i32 %t, ptr %p, !dbg !6
  br label %end
end:
  ret void
}

define i32 @main(i32 %argc, ptr %argv) {
  %1 = icmp eq i32 %argc, 2
  %a = call i32 @work(i1 %1, i32 5)
  %2 = icmp eq i32 %argc, 3
  %slot = load volatile ptr, ptr @table
  %p = alloca i32
  store i32 6, ptr %p
  call void %slot(i1 %2, ptr %p)
  %b = load i32, ptr %p
  %s = add i32 %a, %b
  %bad = icmp ne i32 %s, 21
  %r = zext i1 %bad to i32
  ret i32 %r
}

@table = global ptr @threads

; CHECK: attributes #[[STUB]] = { cold noinline "cordon.stub" }
; CHECK: attributes #[[BODY]] = { noinline }

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C11, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "a.c", directory: "/")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = distinct !DISubprogram(name: "threads", file: !1, line: 1, type: !4, spFlags: DISPFlagDefinition, unit: !0)
!4 = !DISubroutineType(types: !{null})
!5 = distinct !DISubprogram(name: "inlined", file: !1, line: 9, type: !4, spFlags: DISPFlagDefinition, unit: !0)
!6 = !DILocation(line: 10, scope: !5, inlinedAt: !7)
!7 = distinct !DILocation(line: 2, scope: !3)
