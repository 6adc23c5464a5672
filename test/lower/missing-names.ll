; What the runtime leaves out on purpose is refused with what does instead.
; RUN: not %cordon-opt -passes='cordon-lower<arch=sm_90;emit=ptx;output=%t>' -disable-output %s 2>&1 | FileCheck %s
; CHECK: error: function 'std::ostream::flush()' is defined nowhere on the device: C++ streams exist on the host alone; use printf or snprintf in 'k'
; CHECK: error: function 'std::chrono::_V2::system_clock::now()' is defined nowhere on the device: the GPU has no time of day; use clock(), clock64() or std::chrono::steady_clock in 'k'
; CHECK: error: function 'my_own' is defined nowhere on the device; define it in device code, or keep it out of kernels in 'k'
; CHECK: error: function 'pthread_mutex_lock' is defined nowhere on the device: it belongs to the host's threads; use atomics and barriers in 'k'
; CHECK: error: function 'rand' is defined nowhere on the device: it has one hidden state for all threads; use rand_r or a generator that each thread owns in 'k'
target triple = "nvptx64-nvidia-cuda"
declare i32 @rand()
declare i64 @_ZNSt6chrono3_V212system_clock3nowEv()
declare i32 @pthread_mutex_lock(ptr)
declare ptr @_ZNSo5flushEv(ptr)
declare void @my_own()
define ptx_kernel void @k(ptr %p) {
  %r = call i32 @rand()
  store i32 %r, ptr %p
  %t = call i64 @_ZNSt6chrono3_V212system_clock3nowEv()
  store i64 %t, ptr %p
  %m = call i32 @pthread_mutex_lock(ptr %p)
  %f = call ptr @_ZNSo5flushEv(ptr %p)
  call void @my_own()
  ret void
}
