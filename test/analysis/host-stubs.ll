; Host stubs launch themselves, pop the configuration, are registered, or have an offload entry: the module is clean.
; RUN: %cordon-opt -passes="cordon-detect<format=json>" -disable-output %s | FileCheck %s
; RUN: %cordon-opt -passes=cordon-detect -disable-output %s 2>&1 | count 0
; CHECK: "deviceOnly": [],
; CHECK-NEXT: "reachesDevice": {},
; CHECK-NEXT: "kernels": [],
; CHECK-NEXT: "unresolved": [],
; CHECK-NEXT: "findings": []
target triple = "x86_64-unknown-linux-gnu"
@name = private constant [2 x i8] c"k\00"
@entry = weak constant { i64, i16, i16, i32, ptr, ptr, i64, i64, ptr } { i64 0, i16 1, i16 2, i32 0, ptr @offloaded, ptr @name, i64 0, i64 0, ptr null }, section "llvm_offload_entries"
declare i32 @cudaLaunchKernel(ptr, i64, i32, i64, i32, ptr, i64, ptr)
declare i32 @__cudaRegisterFunction(ptr, ptr, ptr, ptr, i32, ptr, ptr, ptr, ptr, ptr)
define void @self(i32 %n) {
  %args = alloca [1 x ptr]
  %r = call i32 @cudaLaunchKernel(ptr @self, i64 1, i32 1, i64 1, i32 1, ptr %args, i64 0, ptr null)
  ret void
}
define void @popping(i32 %n) {
  %r = call i32 @__cudaPopCallConfiguration(ptr null, ptr null, ptr null, ptr null)
  ret void
}
declare i32 @__cudaPopCallConfiguration(ptr, ptr, ptr, ptr)
define void @registered() { ret void }
define void @offloaded() { ret void }
define void @split() #0 { ret void }
define internal void @register(ptr %h) {
  %r = call i32 @__cudaRegisterFunction(ptr %h, ptr @registered, ptr @name, ptr @name, i32 -1, ptr null, ptr null, ptr null, ptr null, ptr null)
  ret void
}
define void @host() {
  %r = call i32 @cudaLaunchKernel(ptr @registered, i64 1, i32 1, i64 1, i32 1, ptr null, i64 0, ptr null)
  %s = call i32 @cudaLaunchKernel(ptr @offloaded, i64 1, i32 1, i64 1, i32 1, ptr null, i64 0, ptr null)
  %t = call i32 @cudaLaunchKernel(ptr @split, i64 1, i32 1, i64 1, i32 1, ptr null, i64 0, ptr null)
  %u = call i32 @cudaLaunchKernel(ptr @popping, i64 1, i32 1, i64 1, i32 1, ptr null, i64 0, ptr null)
  call void @self(i32 1)
  ret void
}
attributes #0 = { "cordon.stub" }
