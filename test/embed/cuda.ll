; A constructor of the module's own registers the module's own entries, and nothing else; twice changes nothing.
; RUN: printf 'an image' > %t.image
; RUN: %cordon-opt -passes='cordon-embed<image=%t.image>' -verify-each -S %s -o %t.ll
; RUN: FileCheck %s --input-file=%t.ll --implicit-check-not=__cordon
; RUN: opt -S %t.ll -o %t.before.ll
; RUN: %cordon-opt -passes='cordon-embed<image=%t.image>' -S %t.ll -o %t.after.ll
; RUN: diff %t.before.ll %t.after.ll
; RUN: llc -relocation-model=pic -filetype=obj %t.ll -o %t.o
; RUN: llc -relocation-model=static -filetype=obj %t.ll -o %t.static.o
; RUN: llvm-readelf -SW %t.o | FileCheck %s --check-prefix=SECTIONS

; CHECK: @[[IMAGE:.*]] = internal constant [8 x i8] c"an image", section ".nv_fatbin"{{.*}}, align 16
; CHECK: @[[WRAPPER:.*]] = internal constant {{.*}} { i32 1180844977, i32 1, ptr @[[IMAGE]], ptr null }, section ".nvFatBinSegment"{{.*}}, align 8
; CHECK: @[[HANDLE:.*handle]] = internal global ptr null
; CHECK: @[[INITIALIZED:.*]] = internal global i8 0
; CHECK: @llvm.global_ctors = {{.*}}@[[CTOR:[a-z.]+]],
; A managed variable has an address from its first use on, and no GPU is started before.
; CHECK-LABEL: define i32 @read_shared(
; CHECK: call void @[[READY:.*]](ptr @shared)
; CHECK-NEXT: load ptr, ptr @shared
; CHECK: define internal void @[[CTOR]]
; CHECK: %[[H:.*]] = call ptr @__cudaRegisterFatBinary(ptr @[[WRAPPER]])
; CHECK: call i32 @__cudaRegisterFunction(ptr %[[H]], ptr @kernel, {{.*}}, i32 -1,
; CHECK: call void @__cudaRegisterVar(ptr %[[H]], ptr @table, {{.*}}, i32 0, i64 64, i32 1, i32 0)
; CHECK: call void @__cudaRegisterVar(ptr %[[H]], ptr addrspacecast (ptr addrspace(1) @counter to ptr), {{.*}}, i32 1, i64 4, i32 0, i32 0)
; CHECK: call void @__cudaRegisterManagedVar(ptr %[[H]], ptr @shared,
; CHECK: call void @__cudaRegisterFatBinaryEnd(ptr %[[H]])
; CHECK: call i32 @atexit(
; CHECK: define internal void @[[READY]](
; CHECK: load i8, ptr @[[INITIALIZED]]
; CHECK: %[[H2:.*]] = load ptr, ptr @[[HANDLE]]
; CHECK: %[[DONE:.*]] = call i8 @__cudaInitModule(ptr %[[H2]])
; CHECK: store i8 %[[DONE]], ptr @[[INITIALIZED]]
; CHECK: call void @__cudaUnregisterFatBinary(
; CHECK-NOT: cordon.entries
; SECTIONS: .nv_fatbin
; SECTIONS: .nvFatBinSegment

target triple = "x86_64-unknown-linux-gnu"

@table = global [16 x i32] zeroinitializer
@counter = addrspace(1) global i32 0
@shared = global ptr null

define void @kernel() {
  ret void
}

define i32 @read_shared() {
  %p = load ptr, ptr @shared
  %v = load i32, ptr %p
  ret i32 %v
}

declare i32 @cudaLaunchKernel(ptr, i64, i32, i64, i32, ptr, i64, ptr)
define i32 @launch() {
  %r = call i32 @cudaLaunchKernel(ptr @kernel, i64 1, i32 1, i64 1, i32 1, ptr null, i64 0, ptr null)
  ret i32 %r
}

!cordon.entries = !{!0, !1, !2, !3}
!0 = !{!"kernel", ptr @kernel, !"kernel", !"kernel"}
!1 = !{!"variable", ptr @table, !"table", !"table", i64 64, i32 1}
!2 = !{!"variable", ptr addrspace(1) @counter, !"counter", !"counter", i64 4, i32 2}
!3 = !{!"variable", ptr @shared, !"shared", !"shared", i64 8, i32 4}
