; Constructors and Julia's __init__ that can start a process are warned about, with the way there.
; RUN: %cordon-opt -passes=cordon-detect -disable-output %s 2>&1 | FileCheck %s
; CHECK: warning: 'posix_spawn' can be reached from 'ctor', which runs when the program starts: such an image does not relocate in 'helper' [spawns-process-at-startup]
; CHECK-NEXT: note: 'helper' is called by 'ctor'
; CHECK: warning: 'uv_spawn' can be reached from 'julia___init___42'
; CHECK: warning: 'execve' can be reached from 'julia___init___51'{{.*}} in 'julia_run_50'
; CHECK-NEXT: note: 'julia_run_50' is called by 'julia___init___51'
; CHECK-NOT: 'fork'
target triple = "x86_64-unknown-linux-gnu"
@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @ctor, ptr null }]
declare i32 @posix_spawn(ptr, ptr, ptr, ptr, ptr, ptr)
declare i32 @jlplt_uv_spawn_7(ptr)
declare i32 @fork()
define internal void @helper() {
  %r = call i32 @posix_spawn(ptr null, ptr null, ptr null, ptr null, ptr null, ptr null)
  ret void
}
define internal void @ctor() {
  call void @helper()
  ret void
}
define void @julia___init___42() {
  %r = call i32 @jlplt_uv_spawn_7(ptr null)
  ret void
}
define i32 @main() {
  %r = call i32 @fork()
  ret i32 %r
}
; Julia binds C functions lazily: a stub with a body, and a variable that calls are made through.
@jlplt_execve_9_got = internal global ptr @jlplt_execve_9
declare void @ijl_load_and_lookup()
define internal void @jlplt_execve_9() {
  call void @ijl_load_and_lookup()
  ret void
}
define internal void @julia_run_50() {
  %f = load atomic ptr, ptr @jlplt_execve_9_got unordered, align 8
  call void %f()
  ret void
}
define void @julia___init___51() {
  call void @julia_run_50()
  ret void
}
