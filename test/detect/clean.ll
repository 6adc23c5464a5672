; Clean code: nothing is printed, the exit code is 0, and the module stays what it was.
; RUN: %cordon-opt -passes=cordon-detect -S %s -o %t.ll 2>&1 | count 0
; RUN: opt -passes=verify -S %s | diff - %t.ll
target triple = "x86_64-unknown-linux-gnu"
declare ptr @malloc(i64)
declare i32 @cudaMalloc(ptr, i64)
define ptr @host() {
  %p = call ptr @malloc(i64 8)
  %r = call i32 @cudaMalloc(ptr %p, i64 8)
  ret ptr %p
}
