; RTTI stays where code reads the word in front of a vtable (typeid); what the host's library defines goes all the same.
; RUN: %cordon-opt -passes=cordon-drop-rtti -verify-each -S %s | FileCheck %s
target triple = "nvptx64-nvidia-cuda"

; CHECK: @_ZTV1A = constant { [3 x ptr] } { [3 x ptr] [ptr null, ptr @_ZTI1A, ptr null] }
; CHECK: @_ZTI1A = constant { ptr, ptr, ptr } { ptr getelementptr inbounds (ptr, ptr @_ZTVN10__cxxabiv120__si_class_type_infoE, i64 2), ptr @_ZTS1A, ptr null }
@_ZTV1A = constant { [3 x ptr] } { [3 x ptr] [ptr null, ptr @_ZTI1A, ptr null] }
@_ZTS1A = constant [3 x i8] c"1A\00"
@_ZTISt9exception = external constant ptr
@_ZTVN10__cxxabiv120__si_class_type_infoE = external global [0 x ptr]
@_ZTI1A = constant { ptr, ptr, ptr } { ptr getelementptr inbounds (ptr, ptr @_ZTVN10__cxxabiv120__si_class_type_infoE, i64 2), ptr @_ZTS1A, ptr @_ZTISt9exception }

define ptr @typeid(ptr %object) {
  %vtable = load ptr, ptr %object
  %at = getelementptr inbounds ptr, ptr %vtable, i64 -1
  %info = load ptr, ptr %at
  ret ptr %info
}
