; A module without device code comes out byte for byte as without the plugin, and so does one that went the whole way.
; RUN: opt %s -o %t.plain.bc
; RUN: %cordon-opt -passes=cordon %s -o %t.cordon.bc
; RUN: cmp %t.plain.bc %t.cordon.bc
; RUN: clang -O2 -c %S/Inputs/host.c -o %t.plain.o
; RUN: clang -O2 -c -fpass-plugin=%plugin %S/Inputs/host.c -o %t.cordon.o
; RUN: cmp %t.plain.o %t.cordon.o
target triple = "x86_64-unknown-linux-gnu"
define i32 @main() {
  ret i32 0
}
