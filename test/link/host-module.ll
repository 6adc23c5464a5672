; The pass works on device modules; on a host module it says which pass comes first.
; RUN: not %cordon-opt -passes=cordon-link-runtime -disable-output %s 2>&1 | FileCheck %s
; CHECK: cordon-link-runtime works on a device module {{.*}} run cordon-quarantine first
target triple = "x86_64-unknown-linux-gnu"
define void @f() {
  ret void
}
