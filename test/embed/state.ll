; An image with the runtime's state has it registered, and each launch is preceded by a call of libcordonrt, where that is
; linked; hostrt=needed makes the linker take it.
; RUN: printf 'an image with __cordon_state inside' > %t.image
; RUN: %cordon-opt -passes='cordon-embed<image=%t.image>' -verify-each -S %s | FileCheck %s --check-prefixes=CHECK,WEAK
; RUN: %cordon-opt -passes='cordon-embed<image=%t.image;hostrt=needed>' -verify-each -S %s | FileCheck %s --check-prefixes=CHECK,NEEDED

; CHECK: @[[STATE:.*]] = internal global [64 x i8]
; CHECK: @[[RECORD:.*]] = internal global { i32, i32, ptr, ptr, ptr, i64 } { i32 1, i32 0, ptr @[[STATE]],
target triple = "x86_64-unknown-linux-gnu"

define void @kernel() {
  ret void
}

declare i32 @cudaLaunchKernel(ptr, i64, i32, i64, i32, ptr, i64, ptr)
declare i32 @cudaGraphLaunch_ptsz(ptr, ptr)
declare i32 @__gxx_personality_v0(...)

; CHECK-LABEL: define i32 @launch
; WEAK: icmp ne ptr @__cordon_before_launch, null
; CHECK: call void @__cordon_before_launch()
; CHECK: invoke i32 @cudaLaunchKernel
; CHECK: call void @__cordon_before_launch()
; CHECK: call i32 @cudaGraphLaunch_ptsz
define i32 @launch() personality ptr @__gxx_personality_v0 {
  %r = invoke i32 @cudaLaunchKernel(ptr @kernel, i64 1, i32 1, i64 1, i32 1, ptr null, i64 0, ptr null)
          to label %ok unwind label %bad
ok:
  %s = call i32 @cudaGraphLaunch_ptsz(ptr null, ptr null)
  ret i32 %r
bad:
  %l = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %l
}

; CHECK: call void @__cudaRegisterVar({{.*}} ptr @[[STATE]], {{.*}} i64 64, i32 0, i32 0)
; CHECK: call void @__cudaRegisterFatBinaryEnd
; CHECK: call void @__cordon_register_image(ptr @[[RECORD]])
; WEAK: declare extern_weak void @__cordon_register_image(ptr)
; NEEDED: declare void @__cordon_register_image(ptr)

!cordon.entries = !{!0}
!0 = !{!"kernel", ptr @kernel, !"kernel", !"kernel"}
