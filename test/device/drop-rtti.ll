; Typeinfo that only vtables and typeinfo name becomes null; what code asks for stays.
; RUN: %cordon-opt -passes=cordon-drop-rtti -verify-each -S %s | FileCheck %s
; RUN: %cordon-opt -passes=cordon-drop-rtti,cordon-drop-unused -S %s | FileCheck --check-prefix=UNUSED %s
; UNUSED-NOT: _ZTVN10__cxxabiv117__class_type_infoE
; CHECK: @_ZTV1A = global { [3 x ptr] } { [3 x ptr] [ptr null, ptr null, ptr @f] }
@_ZTV1A = global { [3 x ptr] } { [3 x ptr] [ptr null, ptr @_ZTI1A, ptr @f] }
@_ZTS1A = linkonce_odr constant [3 x i8] c"1A\00"
@_ZTI1A = linkonce_odr constant { ptr, ptr } { ptr getelementptr (ptr, ptr @_ZTVN10__cxxabiv117__class_type_infoE, i64 2), ptr @_ZTS1A }
@_ZTVN10__cxxabiv117__class_type_infoE = external global ptr
; CHECK: @_ZTV1B = {{.*}} ptr @_ZTI1B
@_ZTV1B = linkonce_odr constant { [2 x ptr] } { [2 x ptr] [ptr null, ptr @_ZTI1B] }
@_ZTI1B = linkonce_odr constant ptr null
define ptr @f() {
  ret ptr @_ZTI1B
}
