; GPUCompiler's pseudo intrinsics: the launch's state, constants of the compilation, stack memory, type tags.
; RUN: %cordon-opt -passes='cordon-link-runtime<arch=sm_90a>' -verify-each -S %s | FileCheck %s
; With several architectures the answer is asked for at lowering.
; RUN: %cordon-opt -passes='cordon-link-runtime<arch=sm_75:sm_90>' -verify-each -S %s | FileCheck %s --check-prefix=MANY
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"

; CHECK-DAG: @sm_major = internal constant i32 9
; CHECK-DAG: @sm_features = internal constant i32 2
; CHECK-DAG: @jl_int64_type = {{.*}} constant i64 64
; CHECK-DAG: @jl_widget_type = internal constant i64 {{[0-9]+}}
@sm_major = external global i32
@sm_features = external global i32
@jl_int64_type = external global ptr
declare ptr @jl_widget_type()

; A kernel that was launched without the state: the device variable has it.
; CHECK-LABEL: define ptx_kernel void @without(
; CHECK: [[S:%.*]] = load ptr, ptr addrspace(1) getelementptr inbounds (i8, ptr addrspace(1) @__cordon_state, i64 24)
; CHECK: load i32, ptr addrspace(1) getelementptr inbounds (i8, ptr addrspace(1) @__cordon_state, i64 32)
; CHECK: call void @inner(ptr %out, { ptr, i32 }
; MANY-LABEL: define ptx_kernel void @without(
; MANY: call i32 @__nvvm_reflect
; MANY: select i1 {{.*}}, i32 9, i32 7
define ptx_kernel void @without(ptr %out) {
  %m = load i32, ptr @sm_major
  store i32 %m, ptr %out
  %f = load i32, ptr @sm_features
  store i32 %f, ptr %out
  call void @inner(ptr %out)
  ret void
}

; One that has it passes it on, through a function that only hands it down.
; CHECK-LABEL: define ptx_kernel void @with(
; CHECK: call void @inner(ptr %out, { ptr, i32 } %state)
define ptx_kernel void @with({ ptr, i32 } %state, ptr %out) {
  call void @inner(ptr %out)
  ret void
}

; CHECK: define internal void @inner(ptr %out, { ptr, i32 } [[STATE:%.*]])
; CHECK: [[SLOT:%.*]] = alloca [24 x i8], align 32
; CHECK: store { ptr, i32 } [[STATE]], ptr %out
; CHECK: store ptr [[SLOT]], ptr %out
; CHECK: store i32 1, ptr %out
; CHECK-NOT: julia.gpu
define internal void @inner(ptr %out) {
  %s = call { ptr, i32 } @julia.gpu.state_getter()
  store { ptr, i32 } %s, ptr %out
  br label %next
next:
  %a = call ptr @julia.gpu.alloca(i64 24, i64 32)
  store ptr %a, ptr %out
  %l = call i32 @julia.gpu.debug_level()
  store i32 %l, ptr %out
  %t = load i64, ptr @jl_int64_type
  store i64 %t, ptr %out
  %w = load i64, ptr @jl_widget_type
  store i64 %w, ptr %out
  ret void
}
declare { ptr, i32 } @julia.gpu.state_getter()
declare ptr @julia.gpu.alloca(i64, i64)
declare i32 @julia.gpu.debug_level()
